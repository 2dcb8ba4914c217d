"""The catalogue as tables for the documentation, so that what is written there is what is accepted.

A test compares docs/intake.md with these tables. No prose belongs here.
"""

from collections.abc import Iterable, Iterator

from servicelost.intake.catalogue.event_types import ENVELOPE, EVENT_TYPES
from servicelost.intake.catalogue.field_groups import LINE, LOSS
from servicelost.intake.catalogue.fields import Field, Kind

_GROUPS = (("LINE", LINE), ("LOSS", LOSS))
_MOST_CODES = 12


def envelope_table() -> str:
    """The fields every event has."""
    return _table(("field", "kind", "what"), (_field_row(field) for field in ENVELOPE))


def event_table() -> str:
    """Every event type with the names of its fields; required ones carry a star."""
    rows = (
        (f"`{event_type.name}`", event_type.help, _names(event_type.fields, event_type.one_of))
        for event_type in EVENT_TYPES.values()
    )
    return _table(("event type", "what happened", "data"), rows)


def group_table() -> str:
    """The fields behind the names LINE and LOSS."""
    return _table(("group", "fields"), ((name, _list(group)) for name, group in _GROUPS))


def field_table() -> str:
    """Every field of `data`, once for each meaning it has, with its kind and codes."""
    return _table(("field", "kind", "what"), sorted({_field_row(field) for field in _all_fields()}))


def _all_fields() -> Iterator[Field]:
    for event_type in EVENT_TYPES.values():
        for field in event_type.fields:
            yield field
            yield from field.fields


def _field_row(field: Field) -> tuple[str, str, str]:
    kind = f"list of {field.kind.value}" if field.many else field.kind.value
    if field.kind is Kind.OBJECT:
        return f"`{field.name}`", kind, f"{field.help}: {_list(field.fields)}"
    codes = ", ".join(field.codes) if len(field.codes) <= _MOST_CODES else "a code of the taxonomy"
    return f"`{field.name}`", kind, f"{field.help}: {codes}" if codes else field.help


def _names(fields: Iterable[Field], one_of: tuple[tuple[str, ...], ...]) -> str:
    rest = list(fields)
    told: list[str] = []
    for name, group in _GROUPS:
        if all(field in rest for field in group):
            rest = [field for field in rest if field not in group]
            told.append(name)
    names = [_list(rest), *told] if rest else told
    alternatives = [f"one of {', '.join(group)}" for group in one_of]
    return "; ".join([", ".join(names), *alternatives])


def _list(fields: Iterable[Field]) -> str:
    return ", ".join(f"{field.name}{'*' if field.required else ''}" for field in fields)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
