"""docs/reports.md says exactly what the registry says.

Run this file as a script to write the tables into the document again after a change of the data.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from servicelost.analytics.line_status import STATUS_LABELS, LineStatus, states_of
from servicelost.analytics.registry import REPORTS
from servicelost.analytics.selection import DIMENSIONS
from servicelost.analytics.spec import Measure, ReportSpec, Section
from servicelost.analytics.specs import bridge

REPORTS_PAGE = Path(__file__).parents[2] / "docs" / "reports.md"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _numbers(measures: Iterable[Measure]) -> str:
    rows = ([item.label, f"`{item.key}`", item.kind.value, item.definition] for item in measures)
    return _table(["Number", "Key", "Kind", "Formula"], rows)


def _report(spec: ReportSpec) -> str:
    parameters = ", ".join(f"`{name}`" for name in spec.parameters)
    groups = f" `group_by`: {', '.join(f'`{group}`' for group in spec.groups)}." if spec.groups else ""
    sections = "\n".join(
        f"* {section.title} (`{section.id}`){_columns(section)}" for section in spec.sections
    )
    return "\n\n".join(
        [
            f"### {spec.title}: `{spec.name}`",
            f"*{spec.question}*",
            f"Parameters: {parameters}.{groups}",
            f"Tables:\n\n{sections}",
            _numbers(spec.every_measure()),
        ]
    )


def _columns(section: Section) -> str:
    if section.id.startswith("by-"):
        return ", if `group_by` asks for it"
    return ": " + ", ".join(f"`{item.key}`" for item in section.measures)


def _statuses() -> str:
    rows = (
        [STATUS_LABELS[status], f"`{status}`", ", ".join(f"`{state}`" for state in states_of(status))]
        for status in LineStatus
    )
    return _table(["Became", "Code", "States of the line"], rows)


BLOCKS = {
    "reports": "\n\n".join(_report(spec) for spec in REPORTS.values()),
    "bridge": _numbers(bridge.STEPS),
    "statuses": _statuses(),
}


def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- table:{name} -->\n\n).*?(?=\n\n<!-- end -->)", re.DOTALL)


@pytest.mark.parametrize("name", BLOCKS)
def test_the_document_says_what_the_registry_says(name: str) -> None:
    found = _block(name).search(REPORTS_PAGE.read_text(encoding="utf-8"))
    assert found, f"docs/reports.md has no block {name}"
    assert found.group() == BLOCKS[name], "run this file as a script to renew the tables"


def test_every_dimension_one_can_choose_is_explained() -> None:
    text = REPORTS_PAGE.read_text(encoding="utf-8")
    offered = {name for spec in REPORTS.values() for name in spec.parameters}
    assert not {name for name in offered | set(DIMENSIONS) - {"basis"} if f"`{name}`" not in text}


def renew() -> None:
    text = REPORTS_PAGE.read_text(encoding="utf-8")
    for name, block in BLOCKS.items():
        text = _block(name).sub(lambda _, block=block: block, text)
    REPORTS_PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
