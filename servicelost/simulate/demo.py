"""Loading the simulated dealership: its directory rows, then its story through the one intake path.

Which tables and rules that touches is not known here; nothing is written past them.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import func, select

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
from servicelost.simulate.generate import DEMO, Size, simulate

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
    seed: int = 2026,
) -> DemoSummary:
    """Load the dealership and its events; one that is there already is left as it is.

    One whose loading was broken off is loaded to its end, with the story it began with. `progress` is
    called with the number of events done and their total after each chunk.
    """
    found = _find(installation, dealership)
    if found is not None and not found.ours:
        return DemoSummary(dealership.code, 0, {})
    began = found.began if found is not None and found.began else installation.clock.now()
    events = simulate(began, dealership, size=size, seed=seed)
    if found is not None and found.events >= len(events):
        return DemoSummary(dealership.code, 0, {})
    if found is None:
        add_directory(installation, dealership)
    outcomes: Counter[Outcome] = Counter()
    problems: list[str] = []
    for start in range(0, len(events), CHUNK):
        chunk = events[start : start + CHUNK]
        for result in receive(lambda: installation.unit(SYSTEM), chunk):
            outcomes[result.outcome] += 1
            if result.outcome in (Outcome.REJECTED, Outcome.PARKED):
                problems.append(f"{chunk[result.index]['type']} {result.event_id}: {result.message}")
        progress(start + len(chunk), len(events))
    return DemoSummary(dealership.code, len(events), dict(outcomes), tuple(problems[:5]))


@dataclass(frozen=True)
class _Found:
    """A dealership that is there: whether it is our invention, its events and when the first one came."""

    ours: bool
    events: int
    began: datetime | None


def _find(installation: Installation, dealership: Dealership) -> _Found | None:
    with installation.unit(SYSTEM) as book:
        row = book.one(DEALERSHIP_BY_CODE, dealership.code)
        if row is None:
            return None
        staff = select(Employee.id).where(Employee.dealership_id == row.id, Employee.source == SOURCE)
        taken_in = select(func.count(), func.min(ReceivedEvent.received_at)).where(
            ReceivedEvent.dealership_id == row.id, ReceivedEvent.source == SOURCE
        )
        events, began = book.connection.execute(taken_in).one()
        return _Found(book.connection.scalar(staff.limit(1)) is not None, events, began)


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
