"""Rows that are wrong in every way: each is told why, the good ones are in, all can be mended."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select

from servicelost.workflow.models.appointments import Appointment
from tests.hostile.children import Ended, run_program
from tests.hostile.exports import write_mapping
from tests.hostile.length import only_long
from tests.hostile.malformed import MAPPING, WAYS, mended, way_of, write_malformed

MEMORY = 400_000_000


def take_in(folder: Path, mapping: Path, sources: list[Path], rejects: str) -> Ended:
    where = folder / rejects
    return run_program(
        folder / "instance", "import", "--mapping", mapping, "--rejects", where, *sources, seconds=1500
    )


def stored(folder: Path) -> int:
    engine = create_engine(f"sqlite:///{folder / 'instance' / 'servicelost.db'}")
    with engine.connect() as connection:
        number = connection.scalar(select(func.count()).select_from(Appointment))
    engine.dispose()
    return int(number or 0)


def check_rejects(path: Path, rows: int) -> None:
    """Every bad row is there once, with its number, the column, what stood there and what was expected."""
    wrong = {n + 2: name for n in range(rows) if (name := way_of(n))}
    for row, _ in mended(path):
        way = WAYS[wrong.pop(int(row["!row"]))]
        assert row["!column"] == way.column, row
        assert way.told in row["!reason"], row
        if way.cells and (cell := way.cells[way.column]):
            assert row["!value"][:20] == ascii(cell)[1:-1].replace("\\x", "\\u00")[:20]
    assert not wrong


def check_import(folder: Path, rows: int) -> Ended:
    mapping, sources = write_mapping(folder, MAPPING), write_malformed(folder, rows)
    ended = take_in(folder, mapping, sources, "first")
    bad = sum(1 for n in range(rows) if way_of(n))
    assert ended.code == 1, ended.err[-2000:]
    assert f"{rows:,} rows read" in ended.out
    assert f"{bad:,}   rejected" in ended.out
    assert f"{rows - bad:,}   accepted" in ended.out
    assert stored(folder) == rows - bad
    check_rejects(folder / "first" / "bookings.rejects.csv", rows)
    assert ended.peak < MEMORY
    return ended


def check_mended(folder: Path, rows: int, number: int) -> None:
    """The first rejects, mended as a person would, come in; the others wait in their file."""
    again = folder / "bookings mended.csv"
    with again.open("w", encoding="utf-8", newline="") as stream:
        writer: csv.DictWriter[str] | None = None
        for _, row in mended(folder / "first" / "bookings.rejects.csv", number):
            cells = {name: cell for name, cell in row.items() if name}
            writer = writer or csv.DictWriter(stream, cells)
            if not stream.tell():
                writer.writeheader()
            writer.writerow(cells)
    before = stored(folder)
    ended = take_in(folder, folder / "flood.toml", [again, folder / "staff.csv"], "second")
    assert ended.code == 0, ended.err[-2000:]
    assert stored(folder) == before + number


def test_the_export_is_wrong_in_every_way() -> None:
    assert Counter(way_of(n) for n in range(5 * len(WAYS))).keys() == {*WAYS, None}


@pytest.mark.slow
def test_thousands_of_malformed_rows(tmp_path: Path) -> None:
    check_import(tmp_path, 1200)
    check_mended(tmp_path, 1200, 200)


@pytest.mark.slow
@only_long
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_malformed_rows(tmp_path: Path) -> None:
    refusing = check_import(tmp_path, 125_000)
    check_mended(tmp_path, 125_000, 20_000)
    other = tmp_path / "good"
    other.mkdir()
    accepting = take_in(other, tmp_path / "flood.toml", write_malformed(other, 125_000, good=True), "none")
    assert stored(other) == 125_000
    assert refusing.processor < accepting.processor, "refusing a row must not cost more than taking it in"
