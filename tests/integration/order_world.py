"""Stories told in any order: the simulated dealership's and one of the rarer events, and how they end.

An end is looked at car by car, in the sender's own ids, without surrogate keys and times of recording.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import text

from servicelost.intake.results import EventResult, Outcome
from servicelost.simulate.dealership import NORTH, SOURCE
from servicelost.simulate.demo import add_directory
from servicelost.simulate.generate import Size, simulate
from tests.desk import Desk

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
WEEKS = 1
Raw = dict[str, Any]

_CAR = "coalesce(ve.source_id, '-')"
_ENTRIES = f"""
    SELECT {_CAR}, kind, stage, event, cause, business_day, amount_minor, coalesce(revenue_minor, 0)
    FROM servicelost_ledger_entry AS e LEFT JOIN servicelost_vehicle AS ve ON ve.id = e.vehicle_id"""
_OPPORTUNITIES = f"""
    SELECT {_CAR}, c.name, o.position, o.source, o.state, o.live, o.outstanding_minor, o.won_minor,
           o.lost_event, o.first_lost_at, o.deferred_until
    FROM servicelost_opportunity AS o LEFT JOIN servicelost_vehicle AS ve ON ve.id = o.vehicle_id
    LEFT JOIN servicelost_service_category AS c ON c.id = o.category_id
    WHERE NOT (o.need_key LIKE 'v%/%' AND o.presentations = 0 AND o.state = 'CLOSED')"""
_LINES = f"""
    SELECT {_CAR}, l.source_id, l.state, l.amount_minor, l.authorized_minor, l.invoiced_minor, l.decided_at,
           l.deferred_until
    FROM servicelost_line AS l JOIN servicelost_visit AS v ON v.id = l.visit_id
    LEFT JOIN servicelost_vehicle AS ve ON ve.id = v.vehicle_id"""
_VISITS = f"""
    SELECT {_CAR}, v.source_id, v.state, v.stage, v.opened_at, v.delivered_at, v.closed_at, a.source_id,
           a.state, a.scheduled_at
    FROM servicelost_visit AS v LEFT JOIN servicelost_vehicle AS ve ON ve.id = v.vehicle_id
    LEFT JOIN servicelost_appointment AS a ON a.visit_id = v.id"""
_REST = {
    name: f"SELECT {columns} FROM servicelost_{name}"
    for name, columns in {
        "call": "source_id, missed, occurred_at", "contact": "source_id, kind, occurred_at",
        "problem": "source_id, state, resolved_at", "part_request": "source_id, state, quantity_milli",
        "capacity_day": "day, skill, available_centihours, booked_centihours",
        "consent": "channel, purpose, status, stated_at", "competitor_offer": "price_minor, occurred_at",
        "invoice_line": "posted_at, amount_minor", "part_stock": "part_number, on_hand_milli, occurred_at",
    }.items()
}  # fmt: skip


class End(NamedTuple):
    """How everything ended: money, needs, lines and visits by car, other rows by their table."""

    money: dict[str, dict[tuple[Any, ...], int]]
    needs: dict[str, Counter[tuple[Any, ...]]]
    work: dict[str, Counter[tuple[Any, ...]]]
    rest: dict[str, Counter[tuple[Any, ...]]]


class Told(NamedTuple):
    """A desk after a story was told, and every answer the sender got."""

    made: Desk
    results: list[EventResult]

    def end(self) -> End:
        """How it ended."""
        return End(_money(self.made), _by_car(self.made, opportunity=_OPPORTUNITIES),
                   _by_car(self.made, line=_LINES, visit=_VISITS),
                   {name: Counter(_ask(self.made, query)) for name, query in _REST.items()})  # fmt: skip

    def unsettled(self) -> list[tuple[Any, ...]]:
        """What was not accepted in the end, with its reason."""
        refused = [
            (result.code, result.message) for result in self.results if result.outcome is Outcome.REJECTED
        ]
        parked = _ask(self.made, "SELECT type, why FROM servicelost_received_event WHERE status = 'PARKED'")
        return [*refused, *parked]


@cache
def story(seed: int) -> tuple[Raw, ...]:
    """A week of the simulated dealership and the rarer events, in the order in which they happened."""
    raws = simulate(NOW, size=Size(weeks=WEEKS, visits_a_day=2.0), seed=seed) + rarer(seed)
    return tuple(sorted(raws, key=lambda raw: datetime.fromisoformat(raw["occurred_at"])))


def rarer(seed: int) -> list[Raw]:
    """What the simulated dealership never tells: prices by line, a car written off, a part not there."""
    start = NOW - timedelta(days=9)
    car, person = {"id": "V-rare"}, {"id": "C-rare"}
    visit, line = {"visit_id": "RO-rare"}, {"visit_id": "RO-rare", "line_id": "L-rare"}
    sold = {"visit_id": "RO-rare", "line_id": "L-sold"}
    ask = {"request_id": "P-rare", "part_number": "X-1", "quantity": "2"}
    told: list[tuple[str, float, dict[str, Any]]] = [
        ("visit.opened", 0, {**visit, "vehicle": car, "customer": person}),
        ("line.booked", 0.1, {**sold, "service": "Rare check", "amount": "90.00"}),
        ("visit.stage_changed", 0.5, {**visit, "stage": "WORK"}),
        ("line.recommended", 1, {**line, "service": "Rare belt", "amount": "100.00"}),
        ("line.quoted", 2 + seed % 2, {**line, "amount": "120.00", "quote_id": "Q-rare"}),
        ("quote.sent", 4, {**visit, "quote_id": "Q-rare", "lines": ["L-rare"]}),
        ("line.started", 4.5, sold),
        ("competitor.offer", 5, {**line, "competitor": "Rival", "price": "80.00"}),
        ("line.declined" if seed % 3 else "quote.expired", 6,
         {**line, "cause": "PRICE_TOO_HIGH", "decided_by": "CUSTOMER"} if seed % 3 else
         {**visit, "quote_id": "Q-rare"}),
        ("line.completed", 7, sold),
        ("visit.closed", 8, visit),
        ("part.requested", 1, ask),
        ("part.not_supplied", 3, {**ask, "on_hand": "0", "unit_price": "9.50", "cause": "MISSING_PARTS"}),
        ("vehicle.odometer", 1, {"vehicle": car, "odometer": 42_000}),
        ("customer.moved", 30, {"customer": person}),
        ("vehicle.totalled", 31, {"vehicle": car}),
        ("customer.deceased", 60, {"customer": {"id": "C-rarer"}}),
    ]  # fmt: skip
    return [
        {"type": kind, "event_id": f"rare-{number}", "source": SOURCE, "dealership": NORTH.code,
         "occurred_at": (start + timedelta(hours=hours)).isoformat(), "data": data}
        for number, (kind, hours, data) in enumerate(told)
    ]  # fmt: skip


def tell(*batches: list[Raw]) -> Told:
    """Send the batches one after the other to a dealership of their own."""
    made = Desk()
    made.clock.move(NOW - made.clock.now())
    add_directory(_Hall(made), NORTH)
    return Told(made, [result for batch in batches for result in made.receive(*batch)])


class _Hall:
    """The desk as the simulation wants to see it."""

    def __init__(self, made: Desk) -> None:
        self.clock, self.unit = made.clock, made.unit


def _money(made: Desk) -> dict[str, dict[tuple[Any, ...], int]]:
    """Net loss, release and revenue by car, stage, event, cause and day, without what comes to nothing."""
    sums: dict[str, Counter[tuple[Any, ...]]] = {}
    for car, kind, stage, event, cause, day, amount, revenue in _ask(made, _ENTRIES):
        of_car = sums.setdefault(car, Counter())
        if kind == "RECOVERY":
            of_car["released", stage, event, cause, day] += amount
            of_car["revenue", stage, event, cause, day] += revenue
        else:
            of_car["lost", stage, event, cause, day] += amount if kind == "LOSS" else -amount
    return {car: {key: amount for key, amount in rows.items() if amount} for car, rows in sums.items()}


def _by_car(made: Desk, **queries: str) -> dict[str, Counter[tuple[Any, ...]]]:
    found: dict[str, Counter[tuple[Any, ...]]] = {}
    for name, query in queries.items():
        for car, *rest in _ask(made, query):
            found.setdefault(car, Counter())[name, *rest] += 1
    return found


def _ask(made: Desk, query: str) -> list[tuple[Any, ...]]:
    with made.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]
