"""What a report or a drill looks at: dealerships, days, and chosen values of some dimensions.

Read from texts and written back in one canonical form. How a selection becomes a filter of the
lake or of the database is decided where they are queried.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from servicelost.kernel.actor import Actor
from servicelost.kernel.errors import FieldProblem, Forbidden, InvalidInput
from servicelost.opportunities.ledger.models import CauseBasis
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.codes import read_code
from servicelost.taxonomy.grades import Grade
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.parties import Owner
from servicelost.taxonomy.paytypes import PAY_TYPE_SPELLINGS, PayType
from servicelost.taxonomy.severity import SEVERITY_SPELLINGS, Severity
from servicelost.taxonomy.stages import Stage

Value = int | str | None
NONE = "none"
_MAX_ID = 2**63 - 1
_LONGEST_WORD = 40
WEEKDAYS = range(1, 8)
# Their values are words of the sender's own, in which a comma separates nothing.
_WHOLE = frozenset({"part", "skill"})


def invalid(name: str, value: Any, expected: str) -> InvalidInput:
    """The error for a parameter that cannot be understood."""
    message = f"{name}: {value!r} is not understood, expected {expected}"
    return InvalidInput("BAD_PARAMETER", message, errors=[FieldProblem(name, message, str(value), expected)])


def _read_id(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _MAX_ID):
        raise invalid(name, text, "the id of a row (a whole number), or none")
    return int(text)


def _read_owner(name: str, text: str) -> str:
    folded = text.upper()
    if folded not in {owner.value for owner in Owner}:
        raise invalid(name, text, "D, C or X")
    return folded


def _read_word(name: str, text: str) -> str:
    if len(text) > _LONGEST_WORD:
        raise invalid(name, text, f"at most {_LONGEST_WORD} characters")
    return text.upper()


def _read_weekday(name: str, text: str) -> int:
    if text not in {str(day) for day in WEEKDAYS}:
        raise invalid(name, text, "a day of the week from 1 (Monday) to 7 (Sunday)")
    return int(text)


def _coded(codes: Any, spellings: Mapping[str, Any] | None = None) -> Callable[[str, str], str]:
    return lambda name, text: str(read_code(codes, text, field=name, spellings=spellings).value)


DIMENSIONS: Mapping[str, Callable[[str, str], Value]] = {
    "advisor": _read_id,
    "category": _read_id,
    "pay_type": _coded(PayType, PAY_TYPE_SPELLINGS),
    "severity": _coded(Severity, SEVERITY_SPELLINGS),
    "stage": _coded(Stage),
    "event": _coded(LossEvent),
    "cause": _coded(Cause),
    "grade": _coded(Grade),
    "owner": _read_owner,
    "basis": _coded(CauseBasis),
    "part": _read_word,
    "skill": _read_word,
    "weekday": _read_weekday,
}


@dataclass(frozen=True)
class Selection:
    """Dealerships (None: all there are), first and last day inclusive, and chosen values.

    A value None stands for rows where nothing is recorded in that dimension.
    """

    dealerships: tuple[int, ...] | None = None
    first: date | None = None
    last: date | None = None
    choices: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The canonical form: sorted lists, ISO days, only what is restricted."""
        parts: dict[str, Any] = {}
        if self.dealerships is not None:
            parts["dealership"] = sorted(self.dealerships)
        parts.update({name: _spelled(values) for name, values in sorted(self.choices.items())})
        days = {"from": self.first, "to": self.last}
        return parts | {name: day.isoformat() for name, day in days.items() if day is not None}


def _spelled(values: Iterable[Value]) -> list[str]:
    return sorted({NONE if value is None else str(value) for value in values})


def read_selection(
    values: Mapping[str, Any], allowed: Iterable[str], actor: Actor, codes: Mapping[str, int]
) -> Selection:
    """The selection that texts describe, never wider than what the actor may see.

    `codes` are the ids of dealerships by code. Raises InvalidInput, or Forbidden for a dealership
    outside the actor's sight.
    """
    first, last = _read_day(values, "from"), _read_day(values, "to")
    if first and last and last < first:
        raise invalid("to", last.isoformat(), f"a day not before {first.isoformat()}")
    choices = {
        name: _read_choice(name, values[name])
        for name in allowed
        if name in DIMENSIONS and given(values, name)
    }
    return Selection(_read_dealerships(values, actor, codes), first, last, choices)


def given(values: Mapping[str, Any], name: str) -> bool:
    """Whether the parameter is there and says something."""
    return values.get(name) not in (None, "", [], ())


def texts(value: Any) -> list[str]:
    """One value, a list of them, or several in one text between commas."""
    items = value if isinstance(value, list | tuple) else [value]
    return [text for item in items for part in str(item).split(",") if (text := part.strip())]


def _read_choice(name: str, value: Any) -> tuple[Value, ...]:
    read = DIMENSIONS[name]
    given_texts = _words(value) if name in _WHOLE else texts(value)
    found = {None if text.lower() == NONE else read(name, text) for text in given_texts}
    return tuple(sorted(found, key=lambda item: (item is None, str(item))))


def _words(value: Any) -> list[str]:
    items = value if isinstance(value, list | tuple) else [value]
    return [text for item in items if (text := str(item).strip())]


def _read_day(values: Mapping[str, Any], name: str) -> date | None:
    if not given(values, name):
        return None
    value = values[name]
    try:
        return value if type(value) is date else date.fromisoformat(str(value).strip())
    except ValueError:
        raise invalid(name, value, "a day like 2026-03-31") from None


def _read_dealerships(
    values: Mapping[str, Any], actor: Actor, codes: Mapping[str, int]
) -> tuple[int, ...] | None:
    if not given(values, "dealership"):
        return None if actor.dealership_ids is None else tuple(sorted(actor.dealership_ids))
    found = {_dealership(text, codes) for text in texts(values["dealership"])}
    if not all(actor.may_see(dealership) for dealership in found):
        raise Forbidden("FORBIDDEN", "dealership: at least one of them is not in your sight")
    return tuple(sorted(found))


def _dealership(text: str, codes: Mapping[str, int]) -> int:
    by_folded = {code.upper(): dealership for code, dealership in codes.items()}
    found = by_folded.get(text.upper())
    if found is None and text.isdigit() and int(text) in codes.values():
        found = int(text)
    if found is None:
        raise invalid(
            "dealership", text, "one of " + ", ".join(sorted(codes)) if codes else "a known dealership"
        )
    return found
