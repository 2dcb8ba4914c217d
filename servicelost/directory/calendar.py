"""The calendar of a dealership: which day it is there, when it is open, which days are worked.

Public holidays come from the `holidays` library; who is on duty is a matter of work schedules.
"""

from collections.abc import Container, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from servicelost.directory.models import Dealership
from servicelost.kernel.clock import as_utc
from servicelost.kernel.errors import RuleViolation

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_DAY = timedelta(days=1)
_LONGEST_CLOSURE = 366


def local_time(dealership: Dealership, moment: datetime) -> datetime:
    """The moment on the dealership's own clock."""
    return moment.astimezone(ZoneInfo(dealership.timezone))


def local_day(dealership: Dealership, moment: datetime) -> date:
    """The day it is at the dealership at this moment."""
    return local_time(dealership, moment).date()


def start_of_day(dealership: Dealership, day: date) -> datetime:
    """The moment the day begins at the dealership, as UTC."""
    return as_utc(datetime.combine(day, time.min, ZoneInfo(dealership.timezone)))


def is_working_day(dealership: Dealership, day: date) -> bool:
    """Whether the dealership opens at all on this day."""
    if not dealership.opening_hours.get(WEEKDAYS[day.weekday()]):
        return False
    return day.isoformat() not in dealership.closed_days and not is_public_holiday(dealership, day)


def is_public_holiday(dealership: Dealership, day: date) -> bool:
    """Whether the day is a public holiday where the dealership is; False where no calendar is known."""
    known = _holidays(dealership.country, dealership.subdivision)
    return known is not None and day in known


def is_open(dealership: Dealership, moment: datetime) -> bool:
    """Whether the dealership is open at this moment."""
    there = local_time(dealership, moment)
    if not is_working_day(dealership, there.date()):
        return False
    clock = there.strftime("%H:%M")
    return any(
        opens <= clock < closes for opens, closes in dealership.opening_hours[WEEKDAYS[there.weekday()]]
    )


def working_days(dealership: Dealership, first: date, last: date) -> list[date]:
    """The days on which the dealership opens, from `first` to `last`, both included."""
    return [day for day in _days(first, (last - first).days + 1) if is_working_day(dealership, day)]


def next_business_day(dealership: Dealership, day: date) -> date:
    """The first day after this one on which the dealership opens; RuleViolation if none for a year."""
    for later in _days(day + _DAY, _LONGEST_CLOSURE):
        if is_working_day(dealership, later):
            return later
    message = f"dealership {dealership.code} does not open within a year after {day}"
    raise RuleViolation("NEVER_OPEN", message, field="opening_hours", expected="opening hours on some day")


def _days(first: date, count: int) -> Iterator[date]:
    return (first + _DAY * number for number in range(count))


@lru_cache(maxsize=256)
def _holidays(country: str, subdivision: str | None) -> Container[date] | None:
    import holidays

    try:
        return holidays.country_holidays(country, subdiv=subdivision)
    except NotImplementedError:
        return None
