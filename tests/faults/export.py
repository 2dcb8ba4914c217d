"""A generated export in the form of the US dealer's mapping, with some rows that cannot be right.

Only rows are made here; the mapping that reads them is among the examples.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

_ORDERS = (
    "RO#", "RO Date", "Closed Date", "Pay Type", "Customer", "Vehicle", "Model", "Year", "Mileage", "Advisor",
    "Technician", "Tech Hrs Req", "Advisor Hrs Sold", "Tech Lines Req", "Advisor Lines Sold", "Inspected",
    "Quote Sent Email", "Quote Sent SMS", "Quote Viewed",
)  # fmt: skip
_LINES = ("RO#", "Status", "Service", "Amount", "Severity")
_WORK = ("Brake pads", "Oil service", "Battery", "Four Wheel Alignment", "Wiper blades", "Cabin filter")
_FIRST = date(2025, 1, 13)


def write_export(folder: Path, orders: int, seed: int = 7) -> list[Path]:
    """Write so many repair orders with about four lines each; in one of twelve orders something is wrong."""
    random = Random(seed)
    order_rows, line_rows = [], []
    for number in range(1, orders + 1):
        lines = _lines(random, f"RO{number:05}")
        order_rows.append(_order(random, number, lines))
        line_rows.extend(lines)
    return [
        _write(folder / "repair_orders.csv", _ORDERS, order_rows),
        _write(folder / "recommended_lines.csv", _LINES, line_rows),
    ]


def _order(random: Random, number: int, lines: Sequence[Sequence[str]]) -> list[object]:
    day = f"{_FIRST + timedelta(days=number // 12):%m/%d/%Y}"
    stamp = f"Yes - {_FIRST + timedelta(days=number // 12):%m/%d/%y} - 10:15 AM"
    sold = sum(line[1] == "sold" for line in lines)
    quoted = random.random() < 0.7
    return [
        f"RO{number:05}", "02/30/2025" if random.random() < 0.03 else day, day, "C",
        f"C{number % 200:05}", f"V{number % 200:05}", "NIRO", 2021, 20000 + 17 * number, f"A{number % 4:02}",
        f"T{number % 6:02}", "1.0", "0.5", len(lines), sold, "Yes", stamp if quoted else "No", "No",
        stamp if quoted and random.random() < 0.5 else "No",
    ]  # fmt: skip


def _lines(random: Random, order: str) -> list[list[str]]:
    lines = [
        [order, random.choice(["sold", "unsold", "unsold"]), work, f"{random.randrange(20, 900)}.50", "Red"]
        for work in random.sample(_WORK, random.randint(3, 5))
    ]
    if random.random() < 0.05:
        lines[0][3] = "1.2.3"
    if random.random() < 0.02:
        lines.append(["RO99999", "unsold", "Lost order", "10.00", "Red"])
    return lines


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([columns, *rows])
    return path
