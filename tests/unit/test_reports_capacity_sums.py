"""The workshop's hours: whatever is told and lost, the parts of it add up to the whole."""

from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter

from hypothesis import given
from hypothesis import strategies as st

from servicelost.analytics.reports.capacity_sums import CapacitySums
from servicelost.analytics.reports.workshop_days import Cell, together

_HOURS = st.integers(0, 10_000)
_CELLS = st.builds(
    Cell,
    dealership=st.integers(1, 2),
    day=st.integers(0, 9).map(lambda days: date(2026, 3, 2) + timedelta(days=days)),
    skill=st.sampled_from(["ELECTRIC", "GENERAL", None]),
    told=st.booleans(),
    lost=_HOURS,
    count=st.integers(0, 3),
    gross=_HOURS,
    untimed=st.integers(0, 1),
)
_ADDED = ("available", "booked", "free", "over", "lost", "winnable", "count", "gross", "untimed")


def told(cell: Cell, available: int, booked: int) -> Cell:
    if not cell.told:
        return cell
    return Cell(**{**vars(cell), "available": available, "booked": booked})


_TOLD = st.builds(told, _CELLS, _HOURS, _HOURS)


@given(st.lists(_TOLD, max_size=30), st.sampled_from(["dealership", "weekday", "day"]))
def test_the_parts_add_up_to_the_whole(cells: list[Cell], key: str) -> None:
    found = sorted(together(cells), key=attrgetter(key))
    whole = CapacitySums.of(found)
    parts = [CapacitySums.of(part) for _, part in groupby(found, attrgetter(key))]
    for name in _ADDED:
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name), name
    assert sum(part.days for part in parts) == whole.days
    assert whole.available - whole.booked == whole.free - whole.over
    assert whole.winnable <= min(whole.free, whole.lost)
    assert whole.lost_told <= whole.lost


@given(st.lists(_TOLD, max_size=30))
def test_putting_cells_together_loses_nothing(cells: list[Cell]) -> None:
    found = list(together(cells))
    assert len({(cell.dealership, cell.day, cell.skill) for cell in found}) == len(found)
    for name in ("available", "booked", "lost", "count", "gross", "untimed"):
        assert sum(getattr(cell, name) for cell in found) == sum(getattr(cell, name) for cell in cells)


def test_hours_nobody_told_of_are_none_and_not_zero() -> None:
    row = CapacitySums.of([Cell(1, date(2026, 3, 2), None, lost=150, count=1)]).row()
    assert (row["capacity_lost_hours"], row["available_hours"], row["free_hours"]) == (1.5, None, None)
    assert (row["load"].value, row["lost_to_available"].value) == (None, None)
