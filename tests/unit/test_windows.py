"""What a window is compared with: as many days of the period before, and the same days a year ago."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.analytics.windows import Compared, Window, compared_windows


def _days(first: str, last: str) -> Window:
    return Window(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("window", "before", "year_ago"),
    [
        # A month that has only begun, and a whole one.
        (("2026-11-01", "2026-11-25"), ("2026-10-01", "2026-10-25"), ("2025-11-01", "2025-11-25")),
        (("2026-11-01", "2026-11-30"), ("2026-10-01", "2026-10-31"), ("2025-11-01", "2025-11-30")),
        # No more days than the shorter month has.
        (("2026-03-01", "2026-03-30"), ("2026-02-01", "2026-02-28"), ("2025-03-01", "2025-03-30")),
        (("2026-10-01", "2026-11-25"), ("2026-07-01", "2026-08-25"), ("2025-10-01", "2025-11-25")),
        (("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31"), ("2025-01-01", "2025-12-31")),
        # A week from Monday, a day, and days that are no period.
        (("2026-11-23", "2026-11-25"), ("2026-11-16", "2026-11-18"), ("2025-11-23", "2025-11-25")),
        (("2026-11-25", "2026-11-25"), ("2026-11-24", "2026-11-24"), ("2025-11-25", "2025-11-25")),
        (("2026-02-10", "2026-03-05"), ("2026-01-17", "2026-02-09"), ("2025-02-10", "2025-03-05")),
        (("2028-02-29", "2028-02-29"), ("2028-02-28", "2028-02-28"), ("2027-02-28", "2027-02-28")),
    ],
)
def test_the_windows_beside_a_window(
    window: tuple[str, str], before: tuple[str, str], year_ago: tuple[str, str]
) -> None:
    found = compared_windows(_days(*window))
    assert found[Compared.THIS] == _days(*window)
    assert found[Compared.BEFORE] == _days(*before)
    assert found[Compared.YEAR_AGO] == _days(*year_ago)


@given(st.dates(date(2001, 1, 1), date(2099, 1, 1)), st.integers(0, 800))
def test_the_window_before_ends_before_and_is_no_longer(first: date, days: int) -> None:
    window = Window(first, date.fromordinal(first.toordinal() + days))
    before = compared_windows(window)[Compared.BEFORE]
    assert before.first <= before.last < window.first
    whole_period = (window.last - window.first).days >= 27  # months and quarters differ in length
    assert whole_period or before.last - before.first <= window.last - window.first
