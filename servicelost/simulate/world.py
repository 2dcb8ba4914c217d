"""What the simulation knows while it runs: the dice, the notebook, the customers, the parts and the workload.

No story is told here; bookings, visits and the desk each have a file.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from servicelost.kernel.actor import Role
from servicelost.simulate import parameters as set_to
from servicelost.simulate import seasons
from servicelost.simulate.dealership import Dealership
from servicelost.simulate.dice import spread
from servicelost.simulate.feed import Feed
from servicelost.simulate.menu import Service
from servicelost.simulate.people import Car, Customer
from servicelost.simulate.roster import Roster
from servicelost.taxonomy.causes import Cause

_FIRST_NUMBER = 20_001
_STEP = 5
_OPENS, _MID_MORNING, _CLOSES, _EVENING, _MIDNIGHT = 8.75, 10.5, 15.5, 21.0, 23.9


@dataclass
class Work:
    """A line of a visit and what became of it."""

    line_id: str
    service: Service
    labour: int
    parts: int
    urgent: bool = False

    @property
    def total(self) -> int:
        """The price in cents."""
        return self.labour + self.parts


@dataclass
class Arrival:
    """A car that comes or should come; `appointment` is empty for a walk-in."""

    customer: Customer
    car: Car
    advisor: str
    when: datetime
    works: list[Work]
    appointment: str | None = None
    comeback: bool = False
    in_rhythm: bool = True


@dataclass(frozen=True)
class Return:
    """Somebody who comes on that day or soon after for one thing, outside his usual rhythm."""

    due: date
    customer: Customer
    car: Car
    service: Service
    comeback: bool = False


@dataclass
class World:
    """One dealership while its story is told."""

    dealership: Dealership
    rng: Random
    feed: Feed
    roster: Roster
    now: datetime
    today: date
    returns: list[Return] = field(default_factory=list)
    back_orders: dict[str, list[tuple[date, date]]] = field(default_factory=dict)
    load: dict[date, float] = field(default_factory=dict)
    agenda: defaultdict[date, list[Callable[[], None]]] = field(default_factory=lambda: defaultdict(list))
    _serials: defaultdict[str, Iterator[int]] = field(
        default_factory=lambda: defaultdict(lambda: count(_FIRST_NUMBER))
    )

    def new_id(self, prefix: str = "") -> str:
        """A fresh number of its kind, such as A20017; repair orders have no letter."""
        return f"{prefix}{next(self._serials[prefix])}"

    @property
    def clock(self) -> float:
        """The hour it is now on the day of the story."""
        there = self.now.astimezone(self.dealership.zone)
        hour = there.hour + there.minute / 60
        return hour if _OPENS <= hour <= _CLOSES else _MID_MORNING

    def at(self, day: date, hour: float) -> datetime:
        """A moment of the dealership's own day; 9.5 is half past nine.

        Told outside working hours, today is moved so that it is mid-morning now.
        """
        if day == self.today:
            hour = self._moved(hour)
        return datetime.combine(day, time(), self.dealership.zone) + timedelta(minutes=round(hour * 60))

    def _moved(self, hour: float) -> float:
        there = self.now.astimezone(self.dealership.zone)
        now = there.hour + there.minute / 60
        if _OPENS <= now <= _CLOSES:
            return hour
        room = now / _MID_MORNING if hour < _MID_MORNING else (_MIDNIGHT - now) / (_EVENING - _MID_MORNING)
        return now + (hour - _MID_MORNING) * min(1.0, room)

    def next_working_day(self, day: date) -> date:
        """The next day on which people answer the telephone."""
        return seasons.next_working_day(self.dealership.country, day)

    def one_of(self, role: Role) -> str:
        """Somebody of the staff with this role."""
        return self.rng.choice(self.dealership.staff(role))

    def strength(self, person: str) -> float:
        """How well this person does the work; 1 is usual."""
        return self.dealership.people[person].strength

    def is_full(self, day: date) -> bool:
        """Whether the workshop has no slot left on that day."""
        return self.load.get(day, 0.0) > set_to.FULL

    def price(self, service: Service, day: date, *, urgent: bool = False) -> Work:
        """A line for the service at the dealership's prices of that day."""
        level = self.dealership.price_level * seasons.prices_at(day, self.today)
        labour, parts = spread(self.rng, service.labour * level), spread(self.rng, service.parts * level)
        return Work(self.new_id("L"), service, labour, parts, urgent)

    def due_return(self, day: date) -> Return | None:
        """Somebody who comes back for one thing by now; he is not named twice."""
        due = next((wish for wish in self.returns if wish.due <= day and not wish.car.gone), None)
        if due is not None:
            self.returns.remove(due)
        return due

    def back_ordered_until(self, part: str | None, day: date) -> date | None:
        """When the part comes in again, or None while it is in stock."""
        spells = self.back_orders.get(part, ()) if part else ()
        return next((end for start, end in spells if start <= day < end), None)


def even(moment: datetime) -> datetime:
    """The moment as appointment books have it, at five minutes past or to."""
    return moment.replace(second=0, microsecond=0) - timedelta(minutes=moment.minute % _STEP)


def stated(cause: Cause | None, **more: Any) -> dict[str, Any]:
    """The fields of a stated reason; all empty when nobody stated one."""
    return {"cause": None} if cause is None else {"cause": cause.value, **more}
