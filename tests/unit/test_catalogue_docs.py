"""docs/intake.md says exactly what the catalogue's data says, and its example mappings are valid.

Run this file as a script to write the tables into the document again after a change of the data.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from servicelost.intake.catalogue import ENVELOPE, EVENT_TYPES, Field, Kind, parse_event
from servicelost.intake.catalogue.field_groups import LINE, LOSS
from servicelost.intake.mapping import parse_mapping

INTAKE = Path(__file__).parents[2] / "docs" / "intake.md"
GROUPS = (("LINE", LINE), ("LOSS", LOSS))
MOST_CODES = 12


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _list(fields: Iterable[Field]) -> str:
    return ", ".join(f"{field.name}{'*' if field.required else ''}" for field in fields)


def _data(fields: tuple[Field, ...], one_of: tuple[tuple[str, ...], ...]) -> str:
    rest, groups = list(fields), []
    for name, group in GROUPS:
        if all(field in rest for field in group):
            rest = [field for field in rest if field not in group]
            groups.append(name)
    names = ", ".join([*([_list(rest)] if rest else []), *groups])
    return "; ".join([names, *(f"at least one of {', '.join(group)}" for group in one_of)])


def _field_row(field: Field) -> tuple[str, str, str]:
    kind = f"list of {field.kind.value}" if field.many else field.kind.value
    if field.kind is Kind.OBJECT:
        return f"`{field.name}`", kind, f"{field.help}: {_list(field.fields)}"
    codes = ", ".join(field.codes) if len(field.codes) <= MOST_CODES else "see concepts.md"
    return f"`{field.name}`", kind, f"{field.help}: {codes}" if codes else field.help


def _all_fields() -> Iterator[Field]:
    for event_type in EVENT_TYPES.values():
        for field in event_type.fields:
            yield field
            yield from field.fields


CONTENT = {
    "envelope": _table(("Field", "Kind", "What"), map(_field_row, ENVELOPE)),
    "event-types": _table(
        ("Event type", "What happened", "Data"),
        ((f"`{one.name}`", one.help, _data(one.fields, one.one_of)) for one in EVENT_TYPES.values()),
    ),
    "field-groups": _table(("Group", "Fields"), ((name, _list(group)) for name, group in GROUPS)),
    "fields": _table(("Field", "Kind", "What"), sorted({_field_row(field) for field in _all_fields()})),
}
TABLES = {name: f"<!-- table:{name} -->\n\n{table}\n\n<!-- end -->" for name, table in CONTENT.items()}


def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"<!-- table:{name} -->.*?<!-- end -->", re.DOTALL)


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", INTAKE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("name", TABLES)
def test_the_document_says_what_the_data_says(name: str) -> None:
    found = _block(name).search(INTAKE.read_text(encoding="utf-8"))
    assert found, f"docs/intake.md has no table {name}"
    assert found.group() == TABLES[name], "run this file as a script to renew the tables"


def test_the_events_in_the_document_are_valid() -> None:
    examples = [json.loads(example) for example in _blocks("json")]
    events = [example for example in examples if "type" in example]
    assert events
    assert [parse_event(event).event_id for event in events] == [event["event_id"] for event in events]


def test_the_mapping_in_the_document_is_valid() -> None:
    whole = [block for block in _blocks("toml") if block.startswith("mapping = 1")]
    assert whole
    for block in whole:
        assert parse_mapping(block.encode()).events


def renew() -> None:
    text = INTAKE.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        text = _block(name).sub(table.replace("\\", r"\\"), text)
    INTAKE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
