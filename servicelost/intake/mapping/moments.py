"""Reading dates, times and lists of stamps as exports write them, in the dealership's timezone.

A stamp list is a cell such as `Yes - 11/26/25 - 12:31 PM; 12:33 PM; 11/27/25 - 12:25 AM`: a time
without a date has the date of the one before it, and a cell that only says no holds no stamps.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache

from servicelost.intake.mapping.cells import Exact

_CACHED = 20_000

Parser = Callable[[str], datetime | None]


@dataclass(frozen=True)
class StampNotation:
    """How a stamp list is written."""

    yes: str = "Yes"
    no: tuple[str, ...] = ("No",)
    between: str = ";"
    parts: str = " - "
    date: str = "%m/%d/%y"
    time: str = "%I:%M %p"


def format_parser(formats: Sequence[str]) -> Parser:
    """A function that reads a text in the first of the strptime formats that fits, or gives None."""

    @lru_cache(maxsize=_CACHED)
    def parse(text: str) -> datetime | None:
        for form in formats:
            try:
                return _of_our_time(datetime.strptime(text, form))
            except ValueError:
                continue
        return None

    return parse


def exact_moment(text: str) -> datetime | None:
    """A typed cell's date or time, still without a timezone, or None."""
    try:
        return _of_our_time(datetime.fromisoformat(text))
    except ValueError:
        return None


def exact_time(text: str) -> time | None:
    """A typed cell's time of day, or None."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def in_utc(local: datetime, zone: tzinfo) -> Exact:
    """The local time as canonical UTC text, so that earlier texts sort before later ones.

    An hour that a clock change repeats means its first run.
    """
    aware = local if local.tzinfo else local.replace(tzinfo=zone)
    return Exact(aware.astimezone(UTC).isoformat(timespec="seconds"))


def day_text(day: date) -> Exact:
    """The day as YYYY-MM-DD."""
    return Exact(day.isoformat())


def stamps_reader(notation: StampNotation) -> Callable[[str], list[datetime]]:
    """A function from a cell to its stamps in the order written; raises ValueError with the reason."""
    read_date, read_time = format_parser([notation.date]), format_parser([notation.time])
    nothing = {word.casefold() for word in ("", *notation.no)}

    def read(cell: str) -> list[datetime]:
        if cell.strip().casefold() in nothing:
            return []
        stamps: list[datetime] = []
        for entry in cell.split(notation.between):
            tokens = [token.strip() for token in entry.split(notation.parts)]
            if tokens[0].casefold() == notation.yes.casefold() and not stamps:
                del tokens[0]
            stamps.append(_stamp(tokens, stamps[-1].date() if stamps else None, read_date, read_time))
        return stamps

    return read


def _of_our_time(moment: datetime) -> datetime | None:
    """Years outside the calendar's safe middle cannot be moved between timezones."""
    return moment if 1000 <= moment.year <= 9000 else None


def _stamp(tokens: list[str], last_day: date | None, read_date: Parser, read_time: Parser) -> datetime:
    if not tokens:
        raise ValueError("says yes without a date and time")
    if len(tokens) > 2:
        raise ValueError(f"{' - '.join(tokens)!r} is not a date and a time")
    at = read_time(tokens[-1])
    day = read_date(tokens[0]) if len(tokens) == 2 else None
    if at is None:
        raise ValueError(f"{tokens[-1]!r} is not a time")
    if len(tokens) == 2 and day is None:
        raise ValueError(f"{tokens[0]!r} is not a date")
    known_day = day.date() if day else last_day
    if known_day is None:
        raise ValueError(f"{tokens[-1]!r} has no date, nor has a stamp before it")
    return datetime.combine(known_day, at.time())
