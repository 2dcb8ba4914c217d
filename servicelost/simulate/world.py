"""What the simulation knows while it runs: the dice, the notebook, the people and the parts shelf.

No story is told here; bookings, visits and the desk each have a file.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from servicelost.kernel.actor import Role
from servicelost.simulate.dealership import Dealership
from servicelost.simulate.feed import Feed
from servicelost.simulate.habits import RETURN_SHARE, chance
from servicelost.simulate.menu import Service
from servicelost.simulate.people import Customer
from servicelost.taxonomy.causes import Cause

_REST_DAYS = 25
_FRIDAY = 4
_FIRST_NUMBER = 20_001


@dataclass
class Work:
    """A line of a visit and what became of it."""

    line_id: str
    service: Service
    labour: int
    parts: int
    to_do: bool = False

    @property
    def total(self) -> int:
        """The price in cents."""
        return self.labour + self.parts


@dataclass
class Arrival:
    """A car that comes or should come; `appointment` is empty for a walk-in."""

    customer: Customer
    advisor: str
    when: datetime
    works: list[Work]
    appointment: str | None = None


@dataclass(frozen=True)
class Return:
    """Work turned down earlier that the customer will book after all."""

    due: date
    customer: Customer
    service: Service


@dataclass
class World:
    """One dealership while its story is told."""

    dealership: Dealership
    rng: Random
    feed: Feed
    customers: list[Customer]
    returns: list[Return] = field(default_factory=list)
    back_orders: list[tuple[date, date]] = field(default_factory=list)
    _serials: defaultdict[str, Iterator[int]] = field(
        default_factory=lambda: defaultdict(lambda: count(_FIRST_NUMBER))
    )

    def new_id(self, prefix: str = "") -> str:
        """A fresh number of its kind, such as A20017; repair orders have no letter."""
        return f"{prefix}{next(self._serials[prefix])}"

    def at(self, day: date, hour: float) -> datetime:
        """A moment of the dealership's own day; 9.5 is half past nine."""
        return datetime.combine(day, time(), self.dealership.zone) + timedelta(minutes=round(hour * 60))

    def next_working_day(self, day: date) -> date:
        """The day after, or Monday."""
        return day + timedelta(
            days=3 if day.weekday() == _FRIDAY else 2 if day.weekday() == _FRIDAY + 1 else 1
        )

    def one_of(self, role: Role) -> str:
        """Somebody of the staff with this role."""
        return self.rng.choice(self.dealership.staff(role))

    def somebody(self, day: date) -> Customer:
        """A customer who still has the car and was not here lately."""
        lately = day - timedelta(days=_REST_DAYS)
        while True:
            customer = self.rng.choice(self.customers)
            seen = customer.car.last_visit
            if not customer.car.gone and (seen is None or seen < lately or chance(self.rng, 0.02)):
                customer.car.last_visit = day
                return customer

    def plan_return(self, customer: Customer, service: Service, day: date) -> None:
        """Let the customer, perhaps, book weeks later what was turned down."""
        if chance(self.rng, RETURN_SHARE):
            self.returns.append(Return(day + timedelta(days=self.rng.randint(12, 70)), customer, service))

    def back_ordered_until(self, day: date) -> date | None:
        """When the scarce part comes in again, or None while it is in stock."""
        return next((end for start, end in self.back_orders if start <= day < end), None)


def stated(cause: Cause | None, **more: Any) -> dict[str, Any]:
    """The fields of a stated reason; all empty when nobody stated one."""
    return {"cause": None} if cause is None else {"cause": cause.value, **more}
