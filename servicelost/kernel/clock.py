"""The one source of "now", always aware UTC; tests put a frozen clock in its place.

No calendar of any dealership lives here: which day it is there, the directory knows.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The present moment as aware UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment as aware UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._at = as_utc(at)

    def now(self) -> datetime:
        """The moment the clock stands at."""
        return self._at

    def move(self, by: timedelta) -> datetime:
        """Move the clock and return the new moment."""
        self._at += by
        return self._at


def as_utc(moment: datetime) -> datetime:
    """An aware datetime in UTC; a naive one is a programming error and raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime {moment.isoformat()}: an offset is required")
    return moment.astimezone(UTC)
