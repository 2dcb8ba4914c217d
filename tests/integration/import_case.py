"""A small export and its mapping, and the import of it in a process that is killed half-way."""

import csv
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from servicelost.intake.importing import ImportSummary, import_files
from servicelost.kernel.book import Book
from servicelost.workflow.facts import LineDeclined
from tests.desk import Desk
from tests.integration.intake_stories import dump

MAPPING = """
mapping = 1
title = "A small workshop"
source = "small"
[dealership]
code = "SMALL"
name = "Small"
timezone = "Europe/Madrid"
currency = "EUR"
country = "ES"
[formats]
date = "%d/%m/%Y"
[inputs.orders]
files = "*orders*"
only = { Test = { not = "yes" } }
[inputs.orders.values]
at = { date = "Date", time = "09:00" }
[inputs.lines]
files = "*lines*"
[inputs.lines.belongs_to]
input = "orders"
key = { Order = "No" }
[[events]]
from = "orders"
type = "visit.opened"
id = "{No}"
at = "at"
data = { visit_id = "{No}", odometer = "{Km}", vehicle = { id = "{Car}" }, customer = { id = "{Customer}" } }
[[events]]
from = "lines"
type = "line.recommended"
id = "{Order}/{Line}"
at = "orders.at"
data = { line_id = "{Order}/{Line}", visit_id = "{Order}", service = "{Service}", amount = "{Amount}" }
[[events]]
from = "lines"
type = "line.declined"
id = "{Order}/{Line}"
at = "orders.at"
when = { Answer = "no" }
[events.data]
line_id = "{Order}/{Line}"
visit_id = "{Order}"
cause = "{Cause}"
decided_by = "CUSTOMER"
"""
ORDERS = ("No", "Date", "Car", "Customer", "Km", "Test")
LINES = ("Order", "Line", "Service", "Amount", "Answer", "Cause")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([columns, *rows])
    return path


def write_mapping(folder: Path) -> Path:
    path = folder / "small.toml"
    path.write_text(MAPPING)
    return path


def write_export(folder: Path, orders: int) -> list[Path]:
    """An export of so many orders with three lines each, of which two are declined."""
    order_rows = [
        (f"O{number}", "02/03/2026", f"V{number % 60}", f"C{number % 60}", 1000, "")
        for number in range(orders)
    ]
    line_rows = [
        (f"O{number}", line, f"Service {line}", f"{100 + number % 3}.00", "no" if line else "", "NO_TIME")
        for number in range(orders)
        for line in range(3)
    ]
    return [
        write_csv(folder / "orders.csv", ORDERS, order_rows),
        write_csv(folder / "lines.csv", LINES, line_rows),
    ]


def import_all(
    desk: Desk, mapping: Path, sources: Sequence[Path], rejects: Path, **how: Any
) -> ImportSummary:
    return import_files(desk.unit, mapping, sources, rejects_folder=rejects, **how)


def import_and_hang(url: str, mapping: Path, sources: Sequence[Path], rejects: Path, pipe: Any) -> None:
    """Import until so many lines are declined, then say so and hang in the middle of a transaction."""
    desk, declined = Desk(url), [0]

    def hang(book: Book, fact: LineDeclined) -> None:
        declined[0] += 1
        if declined[0] == 350:
            pipe.send(declined[0])
            time.sleep(600)

    desk.bus.subscribe(LineDeclined, hang)
    import_all(desk, mapping, sources, rejects)


def told(engine: Engine) -> dict[str, list[str]]:
    """Every fact in the database but row ids and what is made of them, so that two runs can be compared."""
    return {
        name: sorted(
            repr({key: value for key, value in row.items() if not _is_made_of_ids(key)}) for row in rows
        )
        for name, rows in dump(engine).items()
        if name != "servicelost_change_log"
    }


def _is_made_of_ids(column: str) -> bool:
    return column in ("id", "need_key") or (
        column.endswith("_id") and column not in ("source_id", "event_id")
    )
