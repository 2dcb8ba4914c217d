"""How large a demonstration is: visits of the whole group, shared out between its dealerships.

Three years where there are enough visits for them, else so many weeks that each still has some.
"""

from collections.abc import Mapping
from datetime import date, datetime, time

from servicelost.kernel.clock import as_utc
from servicelost.simulate.dealership import NORTH, Dealership
from servicelost.simulate.generate import Size
from servicelost.simulate.parameters import WEEKDAYS

SIZES: Mapping[str, int] = {"small": 3_000, "normal": 15_000, "large": 60_000}
FEWEST, MOST = 50, 200_000
_WEEKS, _FEWEST_WEEKS, _VISITS_A_WEEK = 156, 8, 19
_MORNING = time(10, 30)


def size_of(visits: int, dealership: Dealership) -> Size:
    """The dealership's part of so many visits of the group."""
    weeks = min(_WEEKS, max(_FEWEST_WEEKS, visits // _VISITS_A_WEEK))
    return Size(weeks, round(visits * dealership.share / (weeks * sum(WEEKDAYS)), 3))


def morning_of(day: date, now: datetime) -> datetime:
    """Half past ten on that day at the first dealership, but nothing later than now."""
    return min(as_utc(datetime.combine(day, _MORNING, NORTH.zone)), now)
