"""Small real worlds for tests: an engine with all tables, units of work, and things on a visit.

Everything is made by the house's own verbs, so no test can begin in a state the house cannot reach.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from servicelost.kernel.actor import SYSTEM, Actor
from servicelost.kernel.book import Book
from servicelost.kernel.clock import FrozenClock
from servicelost.kernel.db import Base, open_engine
from servicelost.kernel.events import DomainEvent, EventBus
from servicelost.kernel.ids import IdPool
from servicelost.kernel.uow import UnitOfWork
from servicelost.workflow import appointments, lines, visits
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit

F = TypeVar("F", bound=DomainEvent)

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
AN_HOUR_LATER = MONDAY + timedelta(hours=1)
DEALERSHIP = 1
_numbers = count(1)


def at(hours: float) -> datetime:
    """So many hours after Monday morning, the beginning of every test's world."""
    return MONDAY + timedelta(hours=hours)


class ListeningBus(EventBus):
    """A bus that also remembers what was told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[DomainEvent] = []

    def publish(self, book: Book, event: DomainEvent) -> None:
        """Remember the event, then hand it out."""
        self.told.append(event)
        super().publish(book, event)


class House:
    """An engine with all tables, a frozen clock and a listening bus."""

    def __init__(self, url: str = "sqlite://") -> None:
        self.engine = open_engine(url)
        Base.metadata.create_all(self.engine)
        self.bus = ListeningBus()
        self.clock = FrozenClock(MONDAY)
        embedded = self.engine.dialect.name == "sqlite"
        self.pool = None if embedded else IdPool(self.engine)

    def unit(self, actor: Actor = SYSTEM) -> UnitOfWork:
        """A unit of work of its own."""
        return UnitOfWork(self.engine, self.pool, self.bus, self.clock, actor)

    def told(self, kind: type[F]) -> list[F]:
        """The facts of exactly this kind, in the order they were told."""
        return [fact for fact in self.bus.told if type(fact) is kind]

    def told_names(self) -> list[str]:
        """The names of all facts, in the order they were told."""
        return [type(fact).__name__ for fact in self.bus.told]


@contextmanager
def house(url: str = "sqlite://") -> Iterator[House]:
    """A house that is torn down afterwards."""
    made = House(url)
    try:
        yield made
    finally:
        made.engine.dispose()


def make_appointment(book: Book, **values: Any) -> Appointment:
    """An appointment at noon on Monday, booked the Friday before."""
    defaults: dict[str, Any] = {
        "dealership_id": DEALERSHIP,
        "source": "dms",
        "source_id": f"A-{next(_numbers)}",
        "at": at(-72),
        "scheduled_at": at(4),
        "vehicle_id": 7,
    }
    return appointments.book_appointment(book, **{**defaults, **values})


def make_visit(book: Book, **values: Any) -> Visit:
    """An open repair order at reception, without an appointment unless one is given."""
    defaults: dict[str, Any] = {
        "dealership_id": DEALERSHIP,
        "source": "dms",
        "source_id": f"RO-{next(_numbers)}",
        "at": at(0),
        "vehicle_id": 7,
    }
    return visits.open_visit(book, **{**defaults, **values})


def make_draft(**values: Any) -> lines.LineDraft:
    """Brake work for 240.00, of which 100.00 labour, 1.5 hours."""
    defaults: dict[str, Any] = {
        "source": "dms",
        "source_id": f"L-{next(_numbers)}",
        "description": "Front brake pads",
        "labour_minor": 10000,
        "parts_minor": 14000,
        "centihours": 150,
    }
    return lines.LineDraft(**{**defaults, **values})


def make_recommended(book: Book, visit: Visit, moment: datetime = AN_HOUR_LATER, **values: Any) -> Line:
    """A recommended line."""
    return lines.recommend_line(book, visit, make_draft(**values), at=moment)


def make_booked(book: Book, visit: Visit, moment: datetime = MONDAY, **values: Any) -> Line:
    """A line the customer asked for."""
    return lines.book_line(book, visit, make_draft(**values), at=moment)
