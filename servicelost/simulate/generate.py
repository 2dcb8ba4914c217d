"""The story of a simulated dealership told day by day, as raw events of the intake catalogue.

Only the calendar lives here; each kind of happening has a file of its own.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from servicelost.simulate import desk
from servicelost.simulate.bookings import tell_appointment, tell_walk_in
from servicelost.simulate.dealership import NORTH, Dealership
from servicelost.simulate.feed import Feed, RawEvent
from servicelost.simulate.habits import DAY_WEIGHT, chance
from servicelost.simulate.people import invent_customers
from servicelost.simulate.world import World

_DAYS_AHEAD = 14
_CUSTOMERS_A_DAILY_VISIT = 80
_NOW_AND_THEN = (
    (desk.tell_counter, 0.8),
    (desk.tell_lead, 0.3),
    (desk.tell_complaint, 0.06),
    (desk.tell_sold_car, 0.03),
)


@dataclass(frozen=True)
class Size:
    """How much is simulated; about 15 events a visit."""

    weeks: int = 26
    visits_a_day: float = 4.0


DEMO = Size()


def simulate(
    now: datetime, dealership: Dealership = NORTH, *, size: Size = DEMO, seed: int = 2026
) -> list[RawEvent]:
    """Raw events of the dealership up to `now`, oldest first; the same arguments give the same events.

    Appointments of the coming days are among them as far as they are booked by now.
    """
    today = now.astimezone(dealership.zone).date()
    first, last = today - timedelta(weeks=size.weeks), today + timedelta(days=_DAYS_AHEAD)
    rng = Random(f"{seed} {dealership.code}")
    customers = invent_customers(
        rng, dealership.code, round(size.visits_a_day * _CUSTOMERS_A_DAILY_VISIT), first
    )
    world = World(dealership, rng, Feed(dealership.code), customers)
    desk.tell_consents(world, first - timedelta(days=14))
    desk.tell_stock(world, first, last)
    for offset in range((last - first).days):
        _tell_day(world, first + timedelta(days=offset), size.visits_a_day)
    return world.feed.until(now)


def _tell_day(world: World, day: date, visits_a_day: float) -> None:
    visits = visits_a_day * DAY_WEIGHT[day.weekday()]
    if not visits:
        return
    desk.tell_capacity(world, day)
    for _ in range(_about(world.rng, visits * 0.85)):
        tell_appointment(world, day)
    for _ in range(_about(world.rng, visits * 0.2)):
        tell_walk_in(world, day)
    desk.tell_calls(world, day, _about(world.rng, visits * 0.4))
    for tell, share in _NOW_AND_THEN:
        if chance(world.rng, share * visits_a_day / DEMO.visits_a_day):
            tell(world, day)


def _about(rng: Random, mean: float) -> int:
    """A whole number near the mean, whose average is the mean."""
    return int(mean) + (rng.random() < mean % 1)
