"""A world for the tests of the reports: a few words write the rows that a small story needs.

Rows go through units of work, so the change log is fed and the lake is refreshed as in real life.
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from servicelost.analytics.engine import Lake, open_lake
from servicelost.analytics.execution import compute_now
from servicelost.analytics.lake.upkeep import rebuild, refresh
from servicelost.analytics.opening import opened
from servicelost.analytics.params import read_params
from servicelost.analytics.registry import get_spec
from servicelost.directory.models import Dealership, Employee, ServiceCategory
from servicelost.kernel.actor import SYSTEM, Actor
from servicelost.kernel.book import Book
from servicelost.kernel.clock import FrozenClock
from servicelost.kernel.db import Base, open_engine
from servicelost.kernel.events import EventBus
from servicelost.kernel.ids import IdPool
from servicelost.kernel.uow import UnitOfWork
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.models import Opportunity, Presentation
from servicelost.workflow.models.invoices import InvoiceLine
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.signals import CapacityDay, PartRequest
from servicelost.workflow.models.visits import Visit

_numbers = count(1)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def moment(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(10), UTC)


class Story:
    """What happens within one unit of work; amounts are in minor units, days ISO texts."""

    def __init__(self, book: Book, dealership_id: int, currency: str) -> None:
        self.book = book
        self.dealership_id = dealership_id
        self.currency = currency

    def advisor(self, name: str) -> int:
        row = Employee(dealership_id=self.dealership_id, source="T", source_id=name, name=name, roles=[])
        return self.book.add(row).id

    def service(self, name: str) -> int:
        row = ServiceCategory(dealership_id=self.dealership_id, key=name.lower(), name=name)
        return self.book.add(row).id

    def visit(self, day: str | None, **traits: Any) -> Visit:
        values: dict[str, Any] = {"state": "CLOSED", "stage": "DELIVERY", "inspected": True} | traits
        opened = moment(day) if day else None
        return self.book.add(
            Visit(
                dealership_id=self.dealership_id,
                source="T",
                source_id=self._next(),
                opened_at=opened,
                **values,
            )
        )

    def need(self, state: str = "LOST", **traits: Any) -> Opportunity:
        return self.book.add(
            Opportunity(
                dealership_id=self.dealership_id,
                need_key=self._next(),
                state=state,
                source="MPI_FINDING",
                opened_at=moment("2025-01-01"),
                **traits,
            )
        )

    def line(
        self,
        visit: Visit,
        amount: int | None,
        need: Opportunity | None,
        state: str = "DECLINED",
        **traits: Any,
    ) -> Line:
        """A recommended line, presented for the need unless there is none."""
        at = visit.opened_at or NOW
        line = self.book.add(
            Line(
                dealership_id=self.dealership_id,
                visit_id=visit.id,
                source="T",
                source_id=self._next(),
                state=state,
                amount_minor=amount,
                created_at=at,
                presented_at=at,
                **{"origin": "RECOMMENDED", **traits},
            )
        )
        if need is not None:
            self.book.add(
                Presentation(
                    dealership_id=self.dealership_id,
                    opportunity_id=need.id,
                    line_id=line.id,
                    visit_id=visit.id,
                    presented_at=at + timedelta(milliseconds=next(_numbers)),
                )
            )
        return line

    def part(
        self, number: str, day: str, state: str = "SOLD", milli: int = 1_000, **traits: Any
    ) -> PartRequest:
        """A part asked for, and what became of it."""
        row = PartRequest(
            dealership_id=self.dealership_id,
            source="T",
            source_id=self._next(),
            state=state,
            part_number=number,
            quantity_milli=milli,
            occurred_at=moment(day),
            **traits,
        )
        return self.book.add(row)

    def capacity(self, day: str, skill: str, available: int, booked: int) -> CapacityDay:
        """The workshop's hours of a skill on a day, times 100."""
        return self.book.add(
            CapacityDay(
                dealership_id=self.dealership_id,
                day=date.fromisoformat(day),
                skill=skill,
                available_centihours=available,
                booked_centihours=booked,
                occurred_at=moment(day),
            )
        )

    def missing(
        self, number: str, day: str, amount: int, cause: str = "MISSING_PARTS", **traits: Any
    ) -> LedgerEntry:
        """A part that was asked for and not supplied, with its loss."""
        asked = self.part(number, day, "NOT_SUPPLIED", **traits)
        need = self.need(part_request_id=asked.id)
        return self.loss(
            need, day, amount, stage="LEAD", event="PART_NOT_SUPPLIED", cause=cause, parts_minor=amount
        )

    def loss(self, need: Opportunity, day: str, amount: int, **traits: Any) -> LedgerEntry:
        return self._entry("LOSS", None, need.id, day, amount, traits)

    def reverse(self, loss: LedgerEntry, **traits: Any) -> LedgerEntry:
        day = loss.business_day.isoformat()
        return self._entry("REVERSAL", loss.id, loss.opportunity_id, day, loss.amount_minor, traits)

    def recover(self, loss: LedgerEntry, day: str, released: int, revenue: int | None = None) -> LedgerEntry:
        sold = {"revenue_minor": released if revenue is None else revenue, "revenue_basis": "INVOICED"}
        return self._entry("RECOVERY", loss.id, loss.opportunity_id, day, released, sold)

    def invoice(self, visit: Visit, day: str, amount: int, **traits: Any) -> InvoiceLine:
        return self.book.add(
            InvoiceLine(
                dealership_id=self.dealership_id,
                invoice_id=1,
                visit_id=visit.id,
                business_day=date.fromisoformat(day),
                posted_at=moment(day),
                amount_minor=amount,
                **traits,
            )
        )

    def _entry(
        self, kind: str, loss_id: int | None, need_id: int, day: str, amount: int, traits: dict[str, Any]
    ) -> LedgerEntry:
        values: dict[str, Any] = {
            "stage": "WORK",
            "event": "QUOTE_DECLINED",
            "cause": "PRICE_TOO_HIGH",
            "cause_basis": "STATED",
            "owner": "D",
            "grade": "A",
            "recorded_at": moment(day),
        } | traits
        return self.book.add(
            LedgerEntry(
                dealership_id=self.dealership_id,
                kind=kind,
                loss_id=loss_id,
                opportunity_id=need_id,
                origin_stage=values["stage"],
                amount_minor=amount,
                currency=self.currency,
                occurred_at=moment(day),
                business_day=date.fromisoformat(day),
                decided_at=moment(day),
                recorded_by="T",
                **values,
            )
        )

    def _next(self) -> str:
        return str(next(_numbers))


class ReportsWorld:
    """A database, its lake, and reports computed from them."""

    def __init__(self, database_url: str, lake: Path) -> None:
        self.engine: Engine = open_engine(database_url)
        self.lake_url = str(lake)
        self.clock = FrozenClock(NOW)
        self.codes: dict[str, int] = {}
        self._currencies: dict[str, str] = {}
        self._pool = None if self.engine.dialect.name == "sqlite" else IdPool(self.engine, block=50)
        Base.metadata.create_all(self.engine)
        self.dealership("NORTH", "USD")

    def unit(self, actor: Actor = SYSTEM) -> UnitOfWork:
        return UnitOfWork(self.engine, self._pool, EventBus(), self.clock, actor)

    def close(self) -> None:
        self.engine.dispose()

    def dealership(self, code: str, currency: str, timezone: str = "UTC") -> None:
        row = Dealership(
            code=code,
            name=f"{code.title()} store",
            timezone=timezone,
            currency=currency,
            locale="en",
            country="US",
            opening_hours={},
            closed_days=[],
        )
        with self.unit() as book:
            self.codes[code] = book.add(row).id
        self._currencies[code] = currency

    def story(self, book: Book, code: str = "NORTH") -> Story:
        return Story(book, self.codes[code], self._currencies[code])

    def fresh_lake(self) -> Lake:
        refresh(self.engine, self.lake_url, self.clock)
        return open_lake(self.lake_url)

    def rebuild(self) -> None:
        """Build the lake anew, for rows that were taken away past the change log."""
        rebuild(self.engine, self.lake_url, self.clock)

    def report(self, name: str, actor: Actor = SYSTEM, **values: Any) -> dict[str, Any]:
        """The document of the report; ``from_`` stands for ``from``."""
        spec = get_spec(name)
        given = {key.rstrip("_"): value for key, value in values.items()}
        params = read_params(spec, given, actor, self.codes)
        return opened(compute_now(self.unit, self.fresh_lake(), spec, params))


def measure(document: dict[str, Any], key: str) -> Any:
    """The value of a headline number."""
    return next(number["value"] for number in document["measures"] if number["key"] == key)


def number(document: dict[str, Any], key: str) -> dict[str, Any]:
    """A headline number with all that belongs to it."""
    return next(number for number in document["measures"] if number["key"] == key)


def rows(document: dict[str, Any], section: str) -> list[dict[str, Any]]:
    """The rows of a section."""
    return next(found["rows"] for found in document["sections"] if found["id"] == section)


def column(document: dict[str, Any], section: str, dimension: str, key: str) -> dict[Any, Any]:
    """One number of a section by its dimension."""
    return {row[dimension]: row[key] for row in rows(document, section)}


def steps(document: dict[str, Any]) -> dict[str, str]:
    """The bridge as text amounts by step."""
    return {step["key"]: step["value"] for step in document["bridge"]}
