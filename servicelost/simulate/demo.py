"""Loading the simulated dealership: its directory rows, then its story through the one intake path.

Which tables and rules that touches is not known here; nothing is written past them.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import func, select

from servicelost.administration.preferences import change_setting
from servicelost.administration.settings import AVERAGE_RO
from servicelost.directory.dealerships import upsert_dealership
from servicelost.directory.employees import EmployeeData, upsert_employee
from servicelost.directory.models import DEALERSHIP_BY_CODE, Employee
from servicelost.intake.models import ReceivedEvent
from servicelost.intake.results import Outcome
from servicelost.intake.service import CHUNK, receive
from servicelost.kernel.actor import SYSTEM, Actor
from servicelost.kernel.clock import Clock
from servicelost.kernel.uow import UnitOfWork
from servicelost.simulate.dealership import NORTH, SOURCE, Dealership
from servicelost.simulate.feed import RawEvent
from servicelost.simulate.generate import DEMO, SEED, Size, Story, story_of, tell_story
from servicelost.simulate.parameters import AVERAGE_ORDER

Progress = Callable[[int, int], None]


class Installation(Protocol):
    """What is loaded into: it tells the time and opens units of work."""

    clock: Clock

    def unit(self, actor: Actor) -> UnitOfWork:
        """One transaction in the name of the actor."""
        ...


@dataclass(frozen=True)
class DemoSummary:
    """What loading did; `problems` are the first few refusals in words, and there should be none."""

    dealership: str
    events: int
    outcomes: dict[Outcome, int]
    problems: tuple[str, ...] = ()


def load_demo(
    installation: Installation,
    progress: Progress = lambda _done, _total: None,
    *,
    dealership: Dealership = NORTH,
    size: Size = DEMO,
    seed: int = SEED,
    until: datetime | None = None,
) -> DemoSummary:
    """Load the dealership and its events up to `until`, else now; one that is there already is left as it is.

    One whose loading was broken off is loaded to its end, with the story it began with. `progress` is
    called with the number of events done and their total after each chunk.
    """
    found = _find(installation, dealership)
    if found is not None and not found.ours:
        return DemoSummary(dealership.code, 0, {})
    last = (until or installation.clock.now()).astimezone(UTC).replace(second=0, microsecond=0)
    story = found.story if found is not None and found.story else Story(last, size, seed)
    with _undisturbed():
        events = tell_story(story, dealership)
    if found is not None and found.events >= len(events):
        return DemoSummary(dealership.code, 0, {})
    if found is None:
        _settle_in(installation, add_directory(installation, dealership), dealership)
    with _undisturbed():
        outcomes, problems = _take_in(installation, events, progress)
    return DemoSummary(dealership.code, len(events), dict(outcomes), tuple(problems[:5]))


def _settle_in(installation: Installation, dealership_id: int, dealership: Dealership) -> None:
    """What a dealership sets at the beginning: the worth of an order, where nothing else is known."""
    with installation.unit(SYSTEM) as book:
        average = round(AVERAGE_ORDER * dealership.price_level)
        change_setting(book, dealership_id, AVERAGE_RO.key, str(average))


def _take_in(
    installation: Installation, events: Sequence[RawEvent], progress: Progress
) -> tuple[Counter[Outcome], list[str]]:
    outcomes: Counter[Outcome] = Counter()
    problems: list[str] = []
    for start in range(0, len(events), CHUNK):
        chunk = events[start : start + CHUNK]
        for result in receive(lambda: installation.unit(SYSTEM), chunk):
            outcomes[result.outcome] += 1
            if result.outcome in (Outcome.REJECTED, Outcome.PARKED):
                problems.append(f"{chunk[result.index]['type']} {result.event_id}: {result.message}")
        progress(start + len(chunk), len(events))
    return outcomes, problems


@contextmanager
def _undisturbed() -> Iterator[None]:
    """What is in memory now is not searched for garbage over and over: that costs a third of the time."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@dataclass(frozen=True)
class _Found:
    """A dealership that is there: whether it is our invention, its events and the story they are of."""

    ours: bool
    events: int
    story: Story | None


def _find(installation: Installation, dealership: Dealership) -> _Found | None:
    with installation.unit(SYSTEM) as book:
        row = book.one(DEALERSHIP_BY_CODE, dealership.code)
        if row is None:
            return None
        staff = select(Employee.id).where(Employee.dealership_id == row.id, Employee.source == SOURCE)
        taken_in = select(func.count(), func.min(ReceivedEvent.event_id)).where(
            ReceivedEvent.dealership_id == row.id, ReceivedEvent.source == SOURCE
        )
        events, some_id = book.connection.execute(taken_in).one()
        story = story_of(some_id) if events else None
        return _Found(book.connection.scalar(staff.limit(1)) is not None, events, story)


def add_directory(installation: Installation, dealership: Dealership) -> int:
    """Make the rows of the directory that the dealership's events name; returns its id."""
    with installation.unit(SYSTEM) as book:
        row = upsert_dealership(
            book,
            {
                "code": dealership.code,
                "name": dealership.name,
                "country": dealership.country,
                "timezone": dealership.timezone,
                "currency": dealership.currency,
                "locale": dealership.locale,
            },
        )
        for person in dealership.employees:
            news = EmployeeData(id=person.source_id, name=person.name, roles=list(person.roles))
            upsert_employee(book, row, SOURCE, news, book.now)
        return row.id
