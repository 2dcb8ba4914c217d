"""No sequence of events, however wild, breaks the arithmetic of the ledger."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from servicelost.directory.dealerships import upsert_dealership
from servicelost.intake.results import EventResult, Outcome
from servicelost.kernel.db import Base
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.models import Decision, Opportunity, Presentation
from tests.desk import Desk, desk
from tests.factories import MONDAY
from tests.ledger_check import check_ledger

SERVICES = ("Brake pads", "Tyres", "Other")
AMOUNTS = ("0.00", "80.00", "100.00", "120.50")
CAUSES = (None, "NO_TIME", "PRICE_TOO_HIGH", "NO_CONTACT", "MISSING_PARTS", "NO_SHOW", "DUPLICATE", "UNKNOWN")
# Mostly the next hour, at times the same one, past the windows for rebooking, or past the life of a need.
GAPS = (0, 1, 1, 1, 2, 24, 24 * 3, 24 * 9, 24 * 400)
_worlds = count(1)


@dataclass(frozen=True)
class Move:
    """One thing said; the numbers choose among what the moves before have named."""

    kind: str
    car: int
    service: int
    visit: int
    amount: int
    cause: int
    gap: int
    late: bool = False


MOVES: dict[str, list[str]] = {
    "appointment": ["booked", "cancelled", "rescheduled", "no_show", "arrived"],
    "visit": ["opened", "walk_in", "closed", "cancelled", "turned_away"],
    "line": ["booked", "recommended", "quoted", "authorized", "declined", "deferred", "removed", "reduced",
             "completed", "not_performed"],
    "quote": ["sent", "expired"],
    "invoice": ["posted"],
    "call": ["missed", "received"],
    "lead": ["received"],
}  # fmt: skip
KINDS = [f"{thing}.{deed}" for thing, deeds in MOVES.items() for deed in deeds]
# Where decisions about lines outnumber the rest, needs live long enough to be lost and found again.
OFTEN = [
    *KINDS,
    *["line.recommended", "line.declined", "line.authorized", "visit.opened"] * 3,
    "invoice.posted",
]

small = st.integers(0, 2)
moves = st.builds(
    Move, kind=st.sampled_from(OFTEN), car=st.integers(0, 1), service=small, visit=small,
    amount=st.integers(0, len(AMOUNTS) - 1), cause=st.integers(0, len(CAUSES) - 1), gap=st.sampled_from(GAPS),
    late=st.sampled_from([False, False, False, True]),
)  # fmt: skip
batches = st.lists(st.lists(moves, min_size=1, max_size=6), min_size=1, max_size=9)


@dataclass
class Sender:
    """A system that tells of one dealership, in its own words and at its own pace."""

    made: Desk
    code: str
    dealership_id: int
    hours: int = 0
    told: int = 0
    accepted: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, str]] = field(default_factory=list)

    def raw(self, move: Move) -> dict[str, Any]:
        """The move as an event."""
        self.hours += move.gap
        self.told += 1
        at = MONDAY + timedelta(hours=self.hours - (30 if move.late else 0))
        return {
            "type": move.kind, "event_id": f"{self.code}-{self.told}", "source": "dms",
            "dealership": self.code, "occurred_at": at.isoformat(),
            "data": self.named(move) | self.said(move, (at + timedelta(days=1)).isoformat()),
        }  # fmt: skip

    def named(self, move: Move) -> dict[str, Any]:
        """The thing the move is about."""
        visit, thing = f"RO-{move.car}-{move.visit}", move.kind.split(".")[0]
        if thing == "line":
            return self.line_of(move, visit)
        if thing == "invoice":
            line = self.line_of(move, visit)
            lines = [{"line_id": line["line_id"], "amount": AMOUNTS[move.amount]}]
            return {"invoice_id": f"I-{self.told}", "visit_id": line["visit_id"], "lines": lines}
        return {
            "appointment": {"appointment_id": f"A-{move.car}-{move.visit}"},
            "call": {"call_id": f"T-{self.told}", "phone": f"+3491100000{move.car}", "service": "Tyres"},
            "lead": {"lead_id": f"W-{move.visit}", "channel": "WEB", "service": SERVICES[move.service]},
        }.get(thing, {"visit_id": visit})

    def said(self, move: Move, tomorrow: str) -> dict[str, Any]:
        """What the move says about it."""
        car, customer = {"vehicle": {"id": f"V-{move.car}"}}, {"customer": {"id": f"C-{move.car}"}}
        service, amount = {"service": SERVICES[move.service]}, {"amount": AMOUNTS[move.amount]}
        why = {"cause": CAUSES[move.cause], "decided_by": "CUSTOMER" if move.visit else None}
        booked = {"appointment_id": f"A-{move.car}-{move.visit}"} if move.amount else {}
        canceller = {"cancelled_by": "DEALER" if move.service else "CUSTOMER"}
        told: dict[str, dict[str, Any]] = {
            "appointment.booked": {"scheduled_at": tomorrow, **car, **customer, "expected_amount": "150.00"},
            "appointment.rescheduled": {"scheduled_at": tomorrow}, "appointment.no_show": why,
            "appointment.cancelled": {**why, **canceller}, "visit.opened": {**car, **customer, **booked},
            "visit.walk_in": {**car, **customer}, "visit.cancelled": {**why, **canceller},
            "visit.turned_away": why, "line.booked": {**service, **amount}, "line.quoted": amount,
            "line.recommended": {**service, **amount}, "line.authorized": amount if move.visit else {},
            "line.declined": why, "line.deferred": {**why, "deferred_until": "2027-01-01"},
            "line.removed": why, "line.reduced": {**why, **amount}, "line.not_performed": why,
            "quote.expired": why, "lead.received": {**customer, **(car if move.amount else {})},
        }  # fmt: skip
        return told.get(move.kind, {})

    def line_of(self, move: Move, visit: str) -> dict[str, str]:
        """A line newly named, or one that was named before; two may name one need on one visit."""
        if move.kind in ("line.booked", "line.recommended"):
            self.lines.append({"visit_id": visit, "line_id": f"L-{move.service}-{move.amount % 2}"})
            return self.lines[-1]
        if not self.lines:
            return {"visit_id": visit, "line_id": "L-0-0"}
        newest = self.lines[-8:]
        return newest[(move.car + 2 * move.service + 6 * move.visit) % len(newest)]

    def send(self, raws: list[dict[str, Any]]) -> list[EventResult]:
        """Send them together; remember those that were accepted."""
        results = self.made.receive(*raws)
        for raw, result in zip(raws, results, strict=True):
            if result.outcome is Outcome.ACCEPTED:
                self.accepted.append(raw)
        return results

    def rows(self, model: type[Base]) -> list[Any]:
        """The rows of this world."""
        table = model.__table__
        query = select(table).where(table.c.dealership_id == self.dealership_id).order_by(table.c.id)
        with self.made.engine.connect() as connection:
            return [model(**row) for row in connection.execute(query).mappings()]


@pytest.fixture(scope="module")
def made() -> Iterator[Desk]:
    with desk() as one:
        yield one


def new_sender(made: Desk) -> Sender:
    code = f"W{next(_worlds)}"
    with made.unit() as book:
        world = upsert_dealership(
            book,
            {"code": code, "name": code, "timezone": "Europe/Madrid", "currency": "EUR", "country": "ES"},
        )
    return Sender(made, code, world.id)


def check_world(sender: Sender) -> None:
    check_ledger(sender.rows(LedgerEntry), sender.rows(Opportunity))


def check_sent(results: list[EventResult]) -> None:
    for result in results:
        assert result.outcome in Outcome
        assert result.outcome is not Outcome.REJECTED or (result.code and result.message)
        assert result.code != "NOT_STORABLE"


def play(made: Desk, batches: list[list[Move]]) -> Sender:
    sender = new_sender(made)
    everyday = [Move("visit.opened", car, 0, visit, 0, 0, 0) for car in (0, 1) for visit in (0, 1)]
    sender.send([sender.raw(move) for move in everyday])
    for batch in batches:
        check_sent(sender.send([sender.raw(move) for move in batch]))
        check_world(sender)
    return sender


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(batches=batches)
def test_the_ledger_adds_up_after_every_batch_and_repeating_it_changes_nothing(
    made: Desk, batches: list[list[Move]]
) -> None:
    sender = play(made, batches)
    models = (LedgerEntry, Opportunity, Decision, Presentation)
    before = [[row.__dict__ for row in sender.rows(model)] for model in models]
    accepted = list(sender.accepted)
    assert {result.outcome for result in sender.send(accepted)} == {Outcome.UNCHANGED}
    after = [[row.__dict__ for row in sender.rows(model)] for model in models]
    assert after == before


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(batches=batches, data=st.data())
def test_the_ledger_adds_up_whatever_comes_twice_or_out_of_order(
    made: Desk, batches: list[list[Move]], data: st.DataObject
) -> None:
    sender = new_sender(made)
    raws = [sender.raw(move) for batch in batches for move in batch]
    shuffled = data.draw(st.permutations([*raws, *raws[::3]]))
    size = data.draw(st.integers(1, 20))
    for start in range(0, len(shuffled), size):
        check_sent(sender.send(shuffled[start : start + size]))
        check_world(sender)


def test_the_moves_reach_what_they_are_meant_to(made: Desk) -> None:
    """Guards the tests above: random play that never lost or recovered anything would prove nothing."""
    seen: Counter[str] = Counter()
    for seed in range(15):
        chance = Random(seed)
        batch = [Move(chance.choice(OFTEN), chance.randrange(2), chance.randrange(3), chance.randrange(3),
                      chance.randrange(4), chance.randrange(len(CAUSES)), chance.choice(GAPS[:-1]),
                      chance.random() < 0.2) for _ in range(120)]  # fmt: skip
        sender = play(made, [batch[start : start + 12] for start in range(0, 120, 12)])
        seen.update(entry.kind for entry in sender.rows(LedgerEntry))
        seen.update(row.effect for row in sender.rows(Decision))
    assert {"LOSS", "REVERSAL", "RECOVERY"} <= seen.keys()
    assert {
        "LOST",
        "REPEATED",
        "RESTATED",
        "REVERSED",
        "RECOVERED",
        "WON",
        "DEFERRED",
        "CLOSED",
    } <= seen.keys(), seen
