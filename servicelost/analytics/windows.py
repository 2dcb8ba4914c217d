"""The windows a window is compared with: the one before it, and the same days a year ago.

Only the calendar. A window that has only begun is compared with as many days of the one before.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from servicelost.analytics.periods import Grain, end_of, start_of

_SHORTEST_FIRST = (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)


class Compared(StrEnum):
    """Which window a row is about."""

    THIS = "THIS"
    BEFORE = "BEFORE"
    YEAR_AGO = "YEAR_AGO"


COMPARED_LABELS = {
    Compared.THIS: "This period",
    Compared.BEFORE: "The one before",
    Compared.YEAR_AGO: "A year ago",
}


@dataclass(frozen=True)
class Window:
    """Days from the first to the last, both included."""

    first: date
    last: date


def compared_windows(window: Window) -> dict[Compared, Window]:
    """The window and those it is compared with."""
    return {
        Compared.THIS: window,
        Compared.BEFORE: _before(window),
        Compared.YEAR_AGO: Window(_year_ago(window.first), _year_ago(window.last)),
    }


def _before(window: Window) -> Window:
    days = window.last - window.first
    for grain in _SHORTEST_FIRST:
        if start_of(window.first, grain) == window.first and window.last <= end_of(window.first, grain):
            first = start_of(window.first - timedelta(days=1), grain)
            whole = window.last == end_of(window.first, grain)
            end = end_of(first, grain)
            return Window(first, end if whole else min(first + days, end))
    last = window.first - timedelta(days=1)
    return Window(last - days, last)


def _year_ago(day: date) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap_day else day.day)
