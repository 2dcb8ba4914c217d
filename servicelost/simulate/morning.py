"""This morning in the simulation: the appointments before and after now, and cars in the house at each stage.

Each car stands for something a page shows: a line that waits for a part, a quote nobody opened, a workshop
without a slot. All other days are told in `bookings`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice

from servicelost.kernel.actor import Role
from servicelost.simulate import parameters as set_to
from servicelost.simulate.bookings import book, tell_no_show
from servicelost.simulate.desk import tell_missed_call
from servicelost.simulate.dice import about
from servicelost.simulate.feed import hours
from servicelost.simulate.menu import FOUND, SCARCE_PART, Service
from servicelost.simulate.selling import Sale, recommend, send_quote
from servicelost.simulate.visits import keep_visit, open_visit, tell_arrived
from servicelost.simulate.world import Arrival, World, even
from servicelost.taxonomy.causes import Cause

_OPENS, _ENDS = 7.5, 16.5
_PAST = 0.64
_AWAY = 3  # of the cars that should be here by now: one is overdue, one at the counter, one did not come
_OVERDUE_MINUTES, _ARRIVED_MINUTES, _MISSED_MINUTES = 18, 14, 37


@dataclass(frozen=True)
class Here:
    """A car in the workshop: its visit, and moments between its coming and now."""

    world: World
    arrival: Arrival
    visit: str
    technician: str

    def at(self, share: float) -> datetime:
        """So much of the time since the car came has passed; 1 is now."""
        return self.arrival.when + (self.world.now - self.arrival.when) * share

    @property
    def sale(self) -> Sale:
        """The selling of this visit."""
        return Sale(self.world, self.arrival, self.visit, self.technician)


def tell_morning(world: World, visits: float) -> None:
    """The appointments of today as they stand now; small dealerships have a busy day, or nothing is seen."""
    fewest = set_to.FEWEST_TODAY * world.dealership.share
    count = max(about(world.rng, visits / set_to.COMING), round(fewest))
    gone_by = max(round(count * _PAST), _AWAY + 1)
    here = gone_by - _AWAY
    advisors = cycle(world.dealership.staff(Role.SERVICE_ADVISOR))  # each has something to do
    for place, tell in enumerate(islice(cycle(_STAGES), here)):
        when = world.at(world.today, _OPENS + (world.clock - 0.75 - _OPENS) * place / here)
        _bring_in(world, book(world, even(when), advisor=next(advisors)), tell)
    missed = book(world, even(world.at(world.today, world.clock - 1.1)), missed=True)
    tell_no_show(world, missed, max(world.now - timedelta(minutes=5), missed.when), Cause.FORGOT)
    tell_missed_call(world, world.roster.anybody(), world.now - timedelta(minutes=_MISSED_MINUTES))
    _at_the_counter(world)
    book(world, even(world.now - timedelta(minutes=_OVERDUE_MINUTES)))
    _expect_more(world, count - gone_by)


def _bring_in(world: World, arrival: Arrival, tell: Callable[[Here], None]) -> None:
    """A car that came, was taken in and brought to where it is now."""
    tell_arrived(world, arrival, arrival.when)
    technician = world.one_of(Role.TECHNICIAN)
    soon = min(timedelta(minutes=4), (world.now - arrival.when) / 10)  # just after midnight all is hurried
    visit = open_visit(world, arrival, arrival.when + soon)
    here = Here(world, arrival, visit, technician)
    world.feed.tell(
        "visit.stage_changed", here.at(0.25), technician, visit_id=visit, stage="WORK",
        inspected=tell is not _under_inspection,
    )  # fmt: skip
    tell(here)


def _at_the_counter(world: World) -> None:
    arrival = book(world, even(world.now - timedelta(minutes=_ARRIVED_MINUTES)))
    tell_arrived(world, arrival, arrival.when + timedelta(minutes=2))
    open_visit(world, arrival, arrival.when + timedelta(minutes=6))


def _expect_more(world: World, count: int) -> None:
    latest = max(world.clock + 1.5, _ENDS)
    for place in range(count):
        hour = world.clock + 0.3 + (latest - world.clock - 0.3) * place / max(count - 1, 1)
        # Before midnight there is little room: rounded down they would all be overdue.
        keep_visit(world, book(world, even(world.at(world.today, hour)) + timedelta(minutes=5)))


def _waits_for_a_part(here: Here) -> None:
    """A quote with a part on back-order, seen and not answered."""
    _offer(here, [_named(SCARCE_PART), *_others(here, 1)], "SMS", opened=True)


def _quote_never_opened(here: Here) -> None:
    """A quote sent long ago that nobody has looked at."""
    _offer(here, _others(here, 2), "EMAIL", opened=False)


def _no_slot(here: Here) -> None:
    """Long work for which there is no hour left today or in the next days."""
    long = max(FOUND, key=lambda service: service.centihours)
    _offer(here, [long, *_others(here, 1)], "SMS", opened=True)


def _to_be_shown(here: Here) -> None:
    """Findings without a quote: the advisor is to show them."""
    recommend(here.sale, _others(here, 3), here.at(0.7), here.technician)


def _under_inspection(here: Here) -> None:
    """Nothing is known yet."""


def _in_control(here: Here) -> None:
    """The work is done and being checked."""
    _complete(here, 0.75)
    here.world.feed.tell(
        "visit.stage_changed", here.at(0.9), here.technician, visit_id=here.visit, stage="QUALITY_CONTROL"
    )


def _ready(here: Here) -> None:
    """The car waits to be collected."""
    _complete(here, 0.6)
    here.world.feed.tell(
        "quality.passed", here.at(0.85), here.technician, visit_id=here.visit, inspector=here.technician
    )


_STAGES: tuple[Callable[[Here], None], ...] = (
    _ready, _waits_for_a_part, _quote_never_opened, _in_control, _no_slot, _to_be_shown, _under_inspection,
)  # fmt: skip


def _offer(here: Here, found: list[Service], channel: str, *, opened: bool) -> None:
    sale = here.sale
    recommend(sale, found, here.at(0.4), here.technician)
    quote = send_quote(sale, here.at(0.5), channel, opened=False)
    if opened:
        here.world.feed.tell("quote.opened", here.at(0.6), visit_id=here.visit, quote_id=quote)


def _complete(here: Here, share: float) -> None:
    for work in here.arrival.works:
        here.world.feed.tell(
            "line.completed", here.at(share), here.technician, line_id=work.line_id, visit_id=here.visit,
            technician=here.technician, hours=hours(work.service.centihours),
        )  # fmt: skip


def _named(part: str) -> Service:
    return next(service for service in FOUND if service.part_number == part)


def _others(here: Here, count: int) -> list[Service]:
    free = [service for service in FOUND if service.part_number is None]
    return here.world.rng.sample(free, count)
