"""Files of any size are read in bounded memory: the peak does not follow the size of what is imported.

Each figure is that of a child process of its own, told by the kernel.
"""

from pathlib import Path

import pytest

from servicelost.intake.mapping import MappedSource, parse_mapping
from servicelost.intake.mapping.joining import MOST_PARTS
from tests.hostile.children import Ended, run_program
from tests.hostile.exports import BOOKINGS, ORDERS, write_bookings, write_mapping, write_orders
from tests.hostile.length import only_long

MEGABYTE = 1_000_000
BOUND = 300 * MEGABYTE
# What two runs of the same program on the same file may differ by.
NOISE = 12 * MEGABYTE


def checked(folder: Path, mapping: str, sources: list[Path], seconds: float = 280) -> Ended:
    ended = run_program(
        folder / "instance", "import", "--dry-run", "--mapping", write_mapping(folder, mapping), *sources,
        seconds=seconds,
    )  # fmt: skip
    for path in sources:
        path.unlink()
    assert ended.code == 0, ended.err[-2000:]
    return ended


@pytest.mark.slow
def test_one_file_streams(tmp_path: Path) -> None:
    small = checked(tmp_path, BOOKINGS, [write_bookings(tmp_path, 20)])
    large = checked(tmp_path, BOOKINGS, [write_bookings(tmp_path, 60)])
    assert large.peak < small.peak + NOISE


@pytest.mark.slow
def test_joined_files_stream(tmp_path: Path) -> None:
    small = checked(tmp_path, ORDERS, write_orders(tmp_path, 8_000))
    large = checked(tmp_path, ORDERS, write_orders(tmp_path, 24_000))
    assert "24,000" not in small.out
    assert "120,000   accepted" in large.out
    # The pages of the scratch file that are kept in memory fill up to their limit, and no further.
    assert large.peak < small.peak + NOISE + 24 * MEGABYTE


@pytest.mark.slow
@only_long
@pytest.mark.timeout(7200)
def test_two_gigabytes(tmp_path: Path) -> None:
    ended = checked(tmp_path, BOOKINGS, [write_bookings(tmp_path, 2000, wide=4)], seconds=7000)
    assert ended.peak < BOUND


@pytest.mark.slow
@only_long
@pytest.mark.timeout(7200)
def test_joins_of_two_million_rows(tmp_path: Path) -> None:
    ended = checked(tmp_path, ORDERS, write_orders(tmp_path, 400_000), seconds=7000)
    assert ended.peak < BOUND


def test_rows_without_a_number_take_no_longer_than_others(tmp_path: Path) -> None:
    """A key that every row has once cost the square of their number."""
    orders = tmp_path / "orders.csv"
    orders.write_text("No,Date,Car\n" + ",02/03/2026,V1\n" * 20_000)
    (tmp_path / "lines.csv").write_text("Order,Line,Service,Amount\n,1,Oil,10.00\n")
    (tmp_path / "cars.csv").write_text("Id,Plate\nV1,1234\n")
    groups = list(opened(tmp_path).read())
    assert len(groups) == 20_001
    problem = groups[-1].rejected[0].problems[0]
    assert "rows 2, 3, 4, 5, 6 of orders" in problem.reason


def test_a_group_too_large_to_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("No,Date,Car\nO1,02/03/2026,V1\nO2,02/03/2026,V1\n")
    lines = "".join(f"O1,{n},Oil,10.00\n" for n in range(MOST_PARTS + 1))
    (tmp_path / "lines.csv").write_text(f"Order,Line,Service,Amount\n{lines}O2,1,Oil,10.00\n")
    (tmp_path / "cars.csv").write_text("Id,Plate\nV1,1234\n")
    groups = list(opened(tmp_path).read())
    rejected = [bad for group in groups for bad in group.rejected]
    assert len(rejected) == MOST_PARTS + 2
    for bad in (rejected[0], rejected[-1]):
        assert "too many rows of lines belong to one row of orders" in str(bad.problems[0])
    assert [event.event.type for event in groups[1].events] == ["visit.opened", "line.recommended"]


def opened(folder: Path) -> MappedSource:
    paths = [folder / name for name in ("orders.csv", "lines.csv", "cars.csv")]
    return MappedSource.open(parse_mapping(ORDERS.encode()), paths)
