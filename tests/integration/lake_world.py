"""A small world for the lake's tests: two dealerships far apart and random but repeatable changes."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from servicelost.analytics.engine import Lake, open_lake
from servicelost.analytics.lake.facts import FACTS
from servicelost.analytics.lake.models import LakeMark
from servicelost.directory.models import Dealership
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.book import Book
from servicelost.kernel.changes import ChangeEntry
from servicelost.kernel.clock import FrozenClock
from servicelost.kernel.db import Base, open_engine
from servicelost.kernel.events import EventBus
from servicelost.kernel.ids import IdPool
from servicelost.kernel.uow import UnitOfWork
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.models import Decision, Opportunity, Presentation
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.invoices import InvoiceLine
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import StageEntry
from servicelost.workflow.models.visits import Visit
from tests.integration.lake_desk import ask_or_answer, tell_hours

START = datetime(2026, 1, 30, 20, 0, tzinfo=UTC)
ZONES = {"WEST": "America/Los_Angeles", "EAST": "Pacific/Auckland"}


class World:
    """Writes rows as the house does: through units of work, so that the change log is fed."""

    def __init__(self, database_url: str, lake: Path, seed: int = 1) -> None:
        self.engine: Engine = open_engine(database_url)
        self.lake = str(lake)
        self.clock = FrozenClock(START)
        self.random = random.Random(seed)
        self._pool = None if self.engine.dialect.name == "sqlite" else IdPool(self.engine, block=50)
        self._visits: list[int] = []
        self._lines: list[int] = []
        self._opportunities: list[int] = []
        self._losses: list[int] = []
        self._requests: list[int] = []
        self.dealerships: list[int] = []

    def __enter__(self) -> "World":
        """Make the tables and the dealerships."""
        Base.metadata.create_all(self.engine)
        with self.unit() as book:
            self.dealerships = [book.add(_dealership(code, zone)).id for code, zone in ZONES.items()]
        return self

    def __exit__(self, *error: object) -> None:
        self.engine.dispose()

    def empty(self) -> None:
        """Throw everything away but the tables."""
        with self.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
        for rows in (self._visits, self._lines, self._opportunities, self._losses, self._requests):
            rows.clear()
        with self.unit() as book:
            self.dealerships = [book.add(_dealership(code, zone)).id for code, zone in ZONES.items()]

    def unit(self) -> UnitOfWork:
        """A transaction."""
        return UnitOfWork(self.engine, self._pool, EventBus(), self.clock, SYSTEM)

    def change(self, times: int = 1) -> None:
        """So many random deeds in one transaction."""
        with self.unit() as book:
            for _ in range(times):
                self.deed(book)

    def change_visits(self, times: int) -> None:
        """So many new visits in one transaction."""
        with self.unit() as book:
            for _ in range(times):
                self.visit(book)

    def deed(self, book: Book) -> None:
        """One random deed."""
        deeds: list[Callable[[Book], None]] = [self.visit, self.visit, self.ask, self.plan]
        if self._lines:
            deeds += [self.present, self.lose, self.move, self.reprice, self.sell, self.book_in]
        self.clock.move(timedelta(minutes=self.random.randrange(900)))
        self.random.choice(deeds)(book)

    def visit(self, book: Book) -> None:
        """A car comes with three lines."""
        dealership = self.random.choice(self.dealerships)
        visit = book.add(
            Visit(
                dealership_id=dealership,
                source="T",
                state="RECEPTION",
                stage="RECEPTION",
                vehicle_id=7,
                opened_at=self.clock.now() if self.random.random() < 0.8 else None,
                advisor_id=self.random.choice([None, 5]),
            )
        )
        self._visits.append(visit.id)
        for place in range(3):
            line = Line(
                dealership_id=dealership,
                visit_id=visit.id,
                source="T",
                source_id=str(place),
                state="RECOMMENDED",
                origin="RECOMMENDED",
                amount_minor=self.random.randrange(50_000),
                created_at=self.clock.now(),
            )
            self._lines.append(book.add(line).id)

    def ask(self, book: Book) -> None:
        """Something happens at the parts desk."""
        self._requests = ask_or_answer(
            book, self.random, self.random.choice(self.dealerships), self.clock.now(), self._requests
        )

    def plan(self, book: Book) -> None:
        """The workshop's hours of a day are told."""
        tell_hours(book, self.random, self.random.choice(self.dealerships), self.clock.now())

    def present(self, book: Book) -> None:
        """A line not yet shown is shown, for an old need or a new one, at times with an earlier date."""
        line = book.get(Line, self.random.choice(self._lines))
        if line.presented_at is not None:
            return
        at = self.clock.now() - timedelta(days=self.random.randrange(100))
        if self._opportunities and self.random.random() < 0.7:
            need = book.get(Opportunity, self.random.choice(self._opportunities))
            need.presentations += 1
        else:
            need = book.add(
                Opportunity(
                    dealership_id=line.dealership_id,
                    need_key=f"need {line.id}",
                    live=1,
                    state="OPEN",
                    source="VISIT",
                    opened_at=at,
                )
            )
            self._opportunities.append(need.id)
        line.presented_at = at
        book.add(
            Presentation(
                dealership_id=line.dealership_id,
                opportunity_id=need.id,
                line_id=line.id,
                visit_id=line.visit_id,
                presented_at=at,
            )
        )

    def lose(self, book: Book) -> None:
        """A loss, or what takes an earlier one back."""
        if not self._opportunities:
            return
        need = book.get(Opportunity, self.random.choice(self._opportunities))
        need.state, need.last_decision_at = "LOST", self.clock.now()
        loss = self.random.choice([None, *self._losses])
        entry = book.add(_entry(need, loss, self.random.randrange(90_000), self.clock.now()))
        if loss is None:
            self._losses.append(entry.id)
        book.add(
            Decision(
                dealership_id=need.dealership_id,
                opportunity_id=need.id,
                kind="DECLINED",
                effect="LOST",
                amount_minor=entry.amount_minor,
                occurred_at=self.clock.now(),
                recorded_at=self.clock.now(),
                actor="Ana",
            )
        )

    def move(self, book: Book) -> None:
        """A visit goes on, which its lines show too."""
        visit = book.get(Visit, self.random.choice(self._visits))
        before, visit.state = visit.state, self.random.choice(["WORK", "DELIVERY", "CLOSED"])
        visit.pay_type = self.random.choice(["WARRANTY", "CUSTOMER_PAY"])
        book.add(
            StageEntry(
                dealership_id=visit.dealership_id,
                visit_id=visit.id,
                action="MOVE",
                from_state=before,
                to_state=visit.state,
                occurred_at=self.clock.now(),
                recorded_at=self.clock.now(),
                actor="Ana",
            )
        )

    def reprice(self, book: Book) -> None:
        """Lines get other prices."""
        for row in self.random.sample(self._lines, min(4, len(self._lines))):
            book.get(Line, row).amount_minor = self.random.randrange(70_000)

    def sell(self, book: Book) -> None:
        """An invoice line."""
        line = book.get(Line, self.random.choice(self._lines))
        book.add(
            InvoiceLine(
                dealership_id=line.dealership_id,
                invoice_id=1,
                visit_id=line.visit_id,
                line_id=line.id,
                business_day=self.clock.now().date(),
                posted_at=self.clock.now(),
                amount_minor=line.amount_minor,
            )
        )

    def book_in(self, book: Book) -> None:
        """An appointment."""
        visit = book.get(Visit, self.random.choice(self._visits))
        book.add(
            Appointment(
                dealership_id=visit.dealership_id,
                source="T",
                source_id=str(self.random.random()),
                visit_id=visit.id,
                state="BOOKED",
                booked_at=self.clock.now(),
                scheduled_at=self.clock.now() + timedelta(days=3),
            )
        )

    def contents(self) -> dict[str, list[dict[str, Any]]]:
        """Everything a reader of the lake sees, in order of the ids."""
        return contents(open_lake(self.lake))

    def waiting(self) -> int:
        """Entries in the change log."""
        with self.engine.connect() as connection:
            return len(connection.execute(ChangeEntry.__table__.select()).all())

    def forget_lake(self) -> None:
        """As if the database had never fed a lake."""
        with self.engine.begin() as connection:
            connection.execute(LakeMark.__table__.delete())


def contents(lake: Lake) -> dict[str, list[dict[str, Any]]]:
    """Everything in the lake, in order of the ids."""
    return {name: lake.table(name).order_by("id").to_pyarrow().to_pylist() for name in FACTS}


def _dealership(code: str, zone: str) -> Dealership:
    return Dealership(
        code=code,
        name=code,
        timezone=zone,
        currency="USD",
        locale="en",
        country="US",
        opening_hours={},
        closed_days=[],
    )


def _entry(need: Opportunity, loss: int | None, amount: int, now: datetime) -> LedgerEntry:
    return LedgerEntry(
        dealership_id=need.dealership_id,
        kind="LOSS" if loss is None else "REVERSAL",
        loss_id=loss,
        opportunity_id=need.id,
        stage="WORK",
        origin_stage="WORK",
        event="QUOTE_DECLINED",
        cause="PRICE_TOO_HIGH",
        cause_basis="STATED",
        contributing=["NO_TIME"],
        amount_minor=amount,
        currency="USD",
        grade="A",
        occurred_at=now,
        business_day=date(now.year, now.month, now.day),
        decided_at=now,
        recorded_at=now,
        recorded_by="Ana",
        note="said so",
        document="RO 17",
    )
