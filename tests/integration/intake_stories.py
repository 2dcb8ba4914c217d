"""Stories told in events, and the look at a whole database, for the tests of the intake."""

from typing import Any

from sqlalchemy import Engine, func, select

from servicelost.kernel.db import Base
from tests.desk import CAR, PERSON, event

# Ids may have been drawn, and a clock may have gone on: neither is a fact.
_NOT_FACTS = {"servicelost_id_block"}


def dump(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that has any."""
    with engine.connect() as connection:
        tables = {
            table.name: [
                dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()
            ]
            for table in Base.metadata.sorted_tables
            if table.name not in _NOT_FACTS
        }
    return {name: rows for name, rows in tables.items() if rows}


def counts(engine: Engine) -> dict[str, int]:
    """How many rows each table has, if it has any."""
    with engine.connect() as connection:
        found = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
            if table.name not in _NOT_FACTS
        }
    return {name: number for name, number in found.items() if number}


def everyday() -> list[dict[str, Any]]:
    """An appointment, its visit with work sold and declined, invoice and end, in the order it happened."""
    visit, line = {"visit_id": "RO-1"}, {"visit_id": "RO-1", "line_id": "L-1"}
    return [
        event(
            "appointment.booked",
            0,
            appointment_id="A-1",
            scheduled_at="2026-03-03T09:00:00+01:00",
            vehicle=CAR,
            customer=PERSON,
        ),
        event("line.booked", 0.5, appointment_id="A-1", line_id="B-1", service="Service", amount="260.00"),
        event("visit.opened", 24, **visit, appointment_id="A-1", vehicle=CAR, customer=PERSON, advisor="E-1"),
        event("line.recommended", 25, **line, service="Brake pads", amount="240.00", severity="RED"),
        event("quote.sent", 26, **visit, quote_id="Q-1", channel="SMS"),
        event("quote.opened", 27, **visit, quote_id="Q-1"),
        event("line.declined", 28, **line, cause="PRICE_TOO_HIGH", decided_by="CUSTOMER"),
        event("line.completed", 29, visit_id="RO-1", line_id="B-1", technician="E-2"),
        event(
            "invoice.posted", 30, **visit, invoice_id="I-1", lines=[{"line_id": "B-1", "amount": "260.00"}]
        ),
        event("visit.closed", 31, **visit),
        event("complaint.recorded", 40, complaint_id="X-1", **visit, text="Noise"),
        event("complaint.resolved", 50, complaint_id="X-1", resolution="Shim replaced"),
    ]
