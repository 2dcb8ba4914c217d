"""Parts in numbers: the formulas by hand, and when a rate says nothing."""

from datetime import date
from typing import Any

import pytest

from servicelost.analytics.params import ReportParams
from servicelost.analytics.reports.part_sums import PartCells, PartSums, why_no_rate
from servicelost.analytics.reports.part_year import year_to
from servicelost.analytics.reports.question import Question
from servicelost.analytics.selection import Selection
from servicelost.analytics.specs.parts_demand import HINTS


def test_fill_rate_by_hand() -> None:
    sums = PartSums(sold=17, emergency=2, lost=3)
    assert (sums.demand, sums.fill_rate.value, sums.fill_rate.n) == (20, 0.75, 20)
    assert PartSums().fill_rate.value is None


def test_lost_sales_at_cost_by_hand() -> None:
    sums = PartSums(lost_cost=7_000, sold_cost=100_000, costed=12)
    assert (sums.lost_sales_pct.value, sums.lost_sales_pct.n) == (0.07, 12)


def test_cells_add_up_by_any_of_their_keys() -> None:
    cells = PartCells(
        ("dealership", "part"),
        {(1, "A"): PartSums(sold=1), (1, "B"): PartSums(lost=2), (2, "A"): PartSums(sold=4, emergency=3)},
    )
    assert cells.by("part") == {("A",): PartSums(sold=5, emergency=3), ("B",): PartSums(lost=2)}
    assert cells.total() == PartSums(sold=5, emergency=3, lost=2)
    assert PartCells(("part",), {}).total() == PartSums()


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, HINTS["no_sales"]),
        ({1: PartSums(lost=1)}, HINTS["no_sales"]),
        ({1: PartSums(sold=1, lost=1), 2: PartSums(lost=1)}, HINTS["some_without"]),
        ({1: PartSums(sold=1), 2: PartSums()}, None),
    ],
)
def test_a_rate_needs_sales_from_everybody_who_lost(members: dict[Any, PartSums], reason: str | None) -> None:
    assert why_no_rate({(member,): part for member, part in members.items()}) == reason


@pytest.mark.parametrize(
    ("last", "first", "end"),
    [
        (date(2026, 10, 31), date(2025, 11, 1), date(2026, 10, 31)),
        (date(2024, 2, 28), date(2023, 3, 1), date(2024, 2, 28)),
        (None, date(2025, 11, 23), date(2026, 11, 22)),
        (date(2027, 1, 1), date(2025, 11, 23), date(2026, 11, 22)),
    ],
)
def test_twelve_months_end_with_the_window_or_today(last: date | None, first: date, end: date) -> None:
    params = ReportParams(Selection(last=last))
    question = Question(lambda name: None, params, "EUR", None, date(2026, 11, 22))  # type: ignore[arg-type, return-value]
    assert year_to(question) == (first, end)
