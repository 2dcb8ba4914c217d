"""A small mapping and its files, written to a folder and read: what the mapping tests share."""

from pathlib import Path
from typing import Any

from servicelost.intake.mapping import MappedRow, MappedSource, Pass, parse_mapping

HEAD = """
mapping = 1
source = "test"
[dealership]
code = "D1"
timezone = "Europe/Madrid"
currency = "EUR"
country = "ES"
[formats]
date = "%d/%m/%Y"
"""

ORDERS = """
[inputs.orders]
files = "*orders*"
[inputs.orders.values]
at = { date = "Date", time = "09:00" }
[[events]]
from = "orders"
type = "visit.opened"
id = "{No}"
at = "at"
data = { visit_id = "{No}", odometer = "{Km}" }
"""

LINES = """
[inputs.lines]
files = "*lines*"
[inputs.lines.belongs_to]
input = "orders"
key = { Order = "No" }
[inputs.lines.values]
n = { nth = ["Service"] }
[[events]]
from = "lines"
type = "line.recommended"
id = "{Order}/{Service}/{n}"
at = "orders.at"
[events.data]
line_id = "{Order}/{Service}/{n}"
visit_id = "{orders.No}"
service = "{Service}"
amount = "{Amount}"
"""


class Case:
    """Files in a folder, and the mapping to read them with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths: list[Path] = []

    def file(self, name: str, text: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        if path not in self.paths:
            self.paths.append(path)
        return path

    def source(self, mapping: str) -> MappedSource:
        return MappedSource.open(parse_mapping((HEAD + mapping).encode(), "test.toml"), self.paths)

    def read(self, mapping: str, skip: int = 0) -> tuple[list[MappedRow], Pass]:
        passing = self.source(mapping).read(skip)
        return list(passing), passing


def raws(groups: list[MappedRow]) -> list[dict[str, Any]]:
    return [mapped.raw for group in groups for mapped in group.events]


def ids(groups: list[MappedRow]) -> list[str]:
    return [raw["event_id"] for raw in raws(groups)]


def rejections(groups: list[MappedRow]) -> list[tuple[str, int, str]]:
    """Every rejected row: input, row number, what is told of it."""
    return [
        (bad.row.input, bad.row.number, "; ".join(str(problem) for problem in bad.problems))
        for group in groups
        for bad in group.rejected
    ]
