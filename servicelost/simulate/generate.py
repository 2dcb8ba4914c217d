"""The story of a simulated dealership told day by day, as raw events of the intake catalogue.

Only the calendar lives here; each kind of happening has a file of its own.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from servicelost.simulate import desk, seasons
from servicelost.simulate import parameters as set_to
from servicelost.simulate.bookings import tell_appointment, tell_walk_in
from servicelost.simulate.dealership import NORTH, Dealership
from servicelost.simulate.dice import about
from servicelost.simulate.feed import Feed, RawEvent
from servicelost.simulate.morning import tell_morning
from servicelost.simulate.roster import Roster
from servicelost.simulate.world import World

SEED = 2026
_DAYS_AHEAD = 14
_WEEKS_A_YEAR = 52
_WORKING_WEEK = sum(set_to.WEEKDAYS)
_ORDINARY = sum(set_to.WEEKDAYS[:5]) / 5
_NEXT_DAYS_FULL = 3


@dataclass(frozen=True)
class Size:
    """How much is simulated; about 15 events a visit."""

    weeks: int = 26
    visits_a_day: float = 4.0


DEMO = Size()


@dataclass(frozen=True)
class Story:
    """What a story is told from: size, seed and its last minute. The same story has the same events."""

    now: datetime
    size: Size = DEMO
    seed: int = SEED

    @property
    def key(self) -> str:
        """The story as text, part of the id of its events."""
        return f"{self.size.weeks}-{float(self.size.visits_a_day)!r}-{self.seed}-{self.now:%Y%m%dT%H%M%z}"

    @classmethod
    def read(cls, key: str) -> "Story":
        """The story with this key."""
        weeks, visits, seed, now = key.split("-", 3)
        size = Size(int(weeks), float(visits))
        return cls(datetime.strptime(now, "%Y%m%dT%H%M%z"), size, int(seed))


def story_of(event_id: str) -> Story | None:
    """The story that an event of this id belongs to; None when it is of no story."""
    parts = event_id.split("/")
    return Story.read(parts[1]) if len(parts) == len(("dealership", "story", "number")) else None


def simulate(
    now: datetime, dealership: Dealership = NORTH, *, size: Size = DEMO, seed: int = SEED
) -> list[RawEvent]:
    """Raw events of the dealership up to `now`, oldest first; the same arguments give the same events.

    Appointments of the coming days are among them as far as they are booked by now.
    """
    return tell_story(Story(now, size, seed), dealership)


def tell_story(story: Story, dealership: Dealership) -> list[RawEvent]:
    """The events of this dealership in the story, oldest first."""
    size, rng = story.size, Random(f"{story.seed} {dealership.code}")
    today = story.now.astimezone(dealership.zone).date()
    first, last = today - timedelta(weeks=size.weeks), today + timedelta(days=_DAYS_AHEAD)
    roster = Roster(rng, dealership.code)
    world = World(dealership, rng, Feed(dealership.code, story.key), roster, story.now, today)
    roster.open(first, size.visits_a_day * _WORKING_WEEK * _WEEKS_A_YEAR)
    desk.tell_consents(world, first - timedelta(days=14))
    desk.tell_stock(world, first, last)
    plan = _plan(world, size, first, last)
    for day in seasons.days(first, last):
        _tell_day(world, day, plan)
    return world.feed.until(story.now)


@dataclass(frozen=True)
class Plan:
    """The visits of each day, and those of a day with ordinary hours, which the hours there are follow."""

    visits: dict[date, float]
    ordinary: dict[date, float]


def _plan(world: World, size: Size, first: date, last: date) -> Plan:
    """Spread the visits over the days so that their sum is what the size says; note the load they mean."""
    country, today = world.dealership.country, world.today
    weights = {day: seasons.weight_of(country, day, first) for day in seasons.days(first, last)}
    weights[today] = weights[today] or seasons.season_of(today)  # a demonstration is given on any day
    past = sum(weight for day, weight in weights.items() if day < today)
    scale = size.visits_a_day * size.weeks * _WORKING_WEEK / past
    hours = {day: _ORDINARY * seasons.hours_of(day, first) for day in weights}
    for day, weight in weights.items():
        world.load[day] = weight / hours[day] * set_to.BOOKED_HOURS * world.rng.uniform(0.96, 1.04)
    for ahead in range(1, _NEXT_DAYS_FULL + 1):
        world.load[today + timedelta(days=ahead)] = world.rng.uniform(1.02, 1.08)
    return Plan(
        {day: weight * scale for day, weight in weights.items()},
        {day: hour * scale for day, hour in hours.items()},
    )


def _tell_day(world: World, day: date, plan: Plan) -> None:
    for tell in world.agenda.pop(day, ()):
        tell()
    visits = plan.visits[day]
    if not visits:
        return
    if day <= world.today + timedelta(days=set_to.HOURS_AHEAD):
        desk.tell_capacity(world, day, plan.ordinary[day], world.load[day])
    if day == world.today:
        tell_morning(world, visits)
    else:
        for _ in range(about(world.rng, visits * (1 - set_to.WALK_INS) / set_to.COMING)):
            tell_appointment(world, day)
        for _ in range(about(world.rng, visits * set_to.WALK_INS)):
            tell_walk_in(world, day)
    desk.tell_day(world, day, visits)
