"""Calendar periods of reports: week, month, quarter, year; dates are a dealership's own days.

Only the calendar: which day a moment belongs to was decided when the fact was recorded.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum


class Grain(StrEnum):
    """How long the periods of a series are; weeks begin on Monday."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


def start_of(day: date, grain: Grain) -> date:
    """The first day of the period the day lies in."""
    if grain is Grain.WEEK:
        return day - timedelta(days=day.weekday())
    months = _MONTHS[grain]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def next_start(start: date, grain: Grain) -> date:
    """The first day of the period after the one that begins at `start`."""
    if grain is Grain.WEEK:
        return start + timedelta(days=7)
    months = start.month - 1 + _MONTHS[grain]
    return date(start.year + months // 12, months % 12 + 1, 1)


def end_of(start: date, grain: Grain) -> date:
    """The last day of the period that begins at `start`."""
    return next_start(start, grain) - timedelta(days=1)


def starts_between(first: date, last: date, grain: Grain) -> Iterator[date]:
    """The starts of all periods from that of `first` to that of `last`, none left out."""
    start = start_of(first, grain)
    while start <= last:
        yield start
        start = next_start(start, grain)


def label(start: date, grain: Grain) -> str:
    """The period as text that sorts: 2025-03, 2025-Q1, 2025-W09 (ISO week), 2025."""
    if grain is Grain.WEEK:
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02d}"
    if grain is Grain.QUARTER:
        return f"{start.year}-Q{(start.month - 1) // 3 + 1}"
    return f"{start.year}" if grain is Grain.YEAR else f"{start:%Y-%m}"
