"""A dealership for tests that speak in events: send what happened, then look at the money.

Everything goes the way of the intake, so a test sees what a sender's events really do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import func, select

from servicelost.administration import models as _administration  # noqa: F401 - its tables are created too
from servicelost.directory.dealerships import upsert_dealership
from servicelost.intake.results import EventResult, Outcome
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM
from servicelost.opportunities.ledger.models import EntryKind, LedgerEntry
from servicelost.opportunities.pipeline.listeners import subscribe
from servicelost.opportunities.pipeline.models import Decision, Opportunity
from tests.factories import MONDAY, House

CAR = {"id": "V-1"}
PERSON = {"id": "C-1", "phone": "+34 911 000 001"}
_events = count(1)


def event(kind: str, hours: float, /, event_id: str | None = None, **data: Any) -> dict[str, Any]:
    """A raw event so many hours after Monday morning."""
    return {
        "type": kind, "event_id": event_id or f"e{next(_events)}", "source": "dms", "dealership": "NORTH",
        "occurred_at": (MONDAY + timedelta(hours=hours)).isoformat(), "data": data,
    }  # fmt: skip


class Desk(House):
    """A house with one dealership whose opportunities listen."""

    def __init__(self, url: str = "sqlite://") -> None:
        super().__init__(url)
        subscribe(self.bus)
        self.clock.move(timedelta(days=900))
        with self.unit() as book:
            upsert_dealership(
                book, {"code": "NORTH", "name": "North", "timezone": "Europe/Madrid", "currency": "EUR",
                       "country": "ES", "locale": "es-ES"},
            )  # fmt: skip

    def receive(self, *raws: dict[str, Any]) -> list[EventResult]:
        """Send raw events together."""
        return receive(lambda: self.unit(SYSTEM), raws)

    def send(self, kind: str, hours: float, /, **data: Any) -> EventResult:
        """Send one event that has to be accepted."""
        result = self.receive(event(kind, hours, **data))[0]
        assert result.outcome is Outcome.ACCEPTED, result
        return result

    def refused(self, kind: str, hours: float, /, **data: Any) -> EventResult:
        """Send one event that has to be rejected."""
        result = self.receive(event(kind, hours, **data))[0]
        assert result.outcome is Outcome.REJECTED, result
        return result

    def open_visit(self, visit_id: str, hours: float, car: dict[str, Any] | None = None) -> None:
        """Open a repair order with its car and customer."""
        self.send("visit.opened", hours, visit_id=visit_id, vehicle=car or CAR, customer=PERSON)

    def recommend(self, visit_id: str, line_id: str, hours: float, amount: str, **data: Any) -> None:
        """Recommend work on an open visit."""
        fields = {"service": "Brake pads", "amount": amount} | data
        self.send("line.recommended", hours, visit_id=visit_id, line_id=line_id, **fields)

    def entries(self) -> list[LedgerEntry]:
        """The whole ledger, in order of writing."""
        return self._rows(LedgerEntry)

    def opportunities(self) -> list[Opportunity]:
        """All opportunities, oldest first."""
        return self._rows(Opportunity)

    def decisions(self) -> list[Decision]:
        """All decisions, oldest first."""
        return self._rows(Decision)

    def only(self) -> Opportunity:
        """The one opportunity there has to be."""
        [opportunity] = self.opportunities()
        return opportunity

    def effects(self) -> list[str]:
        """What each decision did to the money."""
        return [row.effect for row in self.decisions()]

    def sums(self) -> dict[str, int]:
        """Ledger sums by kind, in minor units."""
        query = select(LedgerEntry.kind, func.sum(LedgerEntry.amount_minor)).group_by(LedgerEntry.kind)
        with self.engine.connect() as connection:
            return {kind: int(amount) for kind, amount in connection.execute(query)}

    def balance(self) -> int:
        """LOSS less REVERSAL less released, in minor units."""
        sums = self.sums()
        return sums.get(EntryKind.LOSS, 0) - sums.get(EntryKind.REVERSAL, 0) - sums.get(EntryKind.RECOVERY, 0)

    def outstanding(self) -> int:
        """What the opportunities say is outstanding, in minor units."""
        return sum(row.outstanding_minor for row in self.opportunities())

    def _rows(self, model: Any) -> list[Any]:
        with self.engine.connect() as connection:
            rows = connection.execute(select(model.__table__).order_by(model.id)).mappings()
            return [model(**row) for row in rows]


@contextmanager
def desk(url: str = "sqlite://") -> Iterator[Desk]:
    """A desk that is torn down afterwards."""
    made = Desk(url)
    try:
        yield made
    finally:
        made.engine.dispose()
