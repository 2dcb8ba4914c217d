"""Filling a book for a chunk of events with a handful of set queries.

Only speed depends on this: what is not preloaded is read when a rule asks for it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from servicelost.directory.models import (
    CUSTOMER_BY_SOURCE,
    DEALERSHIP_BY_CODE,
    EMPLOYEE_BY_SOURCE,
    OPERATION_BY_CODE,
    READINGS_OF_VEHICLE,
    SERVICE_BY_KEY,
    VEHICLE_BY_SOURCE,
)
from servicelost.directory.texts import fold
from servicelost.intake.apply import provides
from servicelost.intake.catalogue import IntakeEvent
from servicelost.intake.models import RECEIVED_BY_EVENT, WAITS_FOR, ReceivedEvent
from servicelost.kernel.book import Book
from servicelost.kernel.db import Base
from servicelost.kernel.lookup import Lookup
from servicelost.opportunities.followup.models import CONTACT_BY_SOURCE
from servicelost.opportunities.ledger.models import ENTRIES_OF_LOSS, ENTRIES_OF_OPPORTUNITY, EntryKind
from servicelost.opportunities.pipeline.models import (
    DECISIONS_OF_OPPORTUNITY,
    OPPORTUNITIES_OF_NEED,
    OPPORTUNITIES_OF_VEHICLE,
    PRESENTATION_OF_LINE,
    PRESENTATIONS_OF_OPPORTUNITY,
    Opportunity,
)
from servicelost.opportunities.pipeline.needs import need_of_visit
from servicelost.workflow.models.appointments import APPOINTMENT_BY_SOURCE, APPOINTMENTS_OF_VISIT
from servicelost.workflow.models.invoices import INVOICE_BY_SOURCE
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.log import ENTRIES_OF_LINE, STAGES_OF_VISIT
from servicelost.workflow.models.quotes import QUOTES_OF_VISIT
from servicelost.workflow.models.signals import CALL_BY_SOURCE, CAPACITY_BY_DAY, PART_REQUEST_BY_SOURCE
from servicelost.workflow.models.visits import ORDER_BY_SOURCE, Visit

R = TypeVar("R", bound=Base)

_SMALL = 5
_NAMED_IN: tuple[tuple[Lookup[Any], tuple[str, ...]], ...] = (
    (EMPLOYEE_BY_SOURCE, ("advisor", "technician", "agent", "employee")),
    (INVOICE_BY_SOURCE, ("invoice_id",)),
    (CALL_BY_SOURCE, ("call_id",)),
    (PART_REQUEST_BY_SOURCE, ("request_id",)),
    (CONTACT_BY_SOURCE, ("contact_id",)),
)


def preload(book: Book, events: Sequence[IntakeEvent]) -> None:
    """Read what the events will ask for; a few events read for themselves."""
    if len(events) < _SMALL:
        return
    book.preload(RECEIVED_BY_EVENT, ((event.source, event.event_id) for event in events))
    things = {thing for event in events for thing in provides(event)}
    book.preload(WAITS_FOR, ((thing,) for thing in things))
    waits = [wait for thing in things for wait in book.many(WAITS_FOR, thing)]
    book.preload_ids(ReceivedEvent, (wait.received_event_id for wait in waits))
    book.preload(DEALERSHIP_BY_CODE, ((event.dealership,) for event in events))
    _by_source(book, CUSTOMER_BY_SOURCE, _ids(events, "customer"))
    vehicles = _by_source(book, VEHICLE_BY_SOURCE, _ids(events, "vehicle"))
    for lookup, fields in _NAMED_IN:
        _by_source(book, lookup, [key for field in fields for key in _values(events, field)])
    _preload_services(book, events)
    _preload_capacity(book, events)
    appointments = _by_source(book, APPOINTMENT_BY_SOURCE, _values(events, "appointment_id"))
    orders = _by_source(book, ORDER_BY_SOURCE, _values(events, "visit_id"))
    visit_ids = {row.visit_id for row in appointments} | {row.visit_id for row in orders}
    book.preload_ids(Visit, visit_ids)
    visits = [book.get(Visit, row_id) for row_id in visit_ids]
    _preload_visits(book, visits)
    cars = {row.id for row in vehicles} | {row.vehicle_id for row in visits if row.vehicle_id is not None}
    book.preload(OPPORTUNITIES_OF_VEHICLE, ((row_id,) for row_id in cars))
    book.preload(READINGS_OF_VEHICLE, ((row_id,) for row_id in cars))
    _preload_needs(book, [row for car in cars for row in book.many(OPPORTUNITIES_OF_VEHICLE, car)])


def _preload_services(book: Book, events: Sequence[IntakeEvent]) -> None:
    wanted: tuple[tuple[Lookup[Any], str, Callable[[str], str]], ...] = (
        (SERVICE_BY_KEY, "service", fold),
        (OPERATION_BY_CODE, "op_code", str.upper),
    )
    for lookup, field, key_of in wanted:
        named = {(event.dealership, key_of(event.data[field])) for event in events if event.data.get(field)}
        rows = {code: book.one(DEALERSHIP_BY_CODE, code) for code, _ in named}
        book.preload(lookup, ((row.id, key) for code, key in named if (row := rows[code]) is not None))


def _preload_capacity(book: Book, events: Sequence[IntakeEvent]) -> None:
    days = [event for event in events if event.type == "capacity.day"]
    rows = {event.dealership: book.one(DEALERSHIP_BY_CODE, event.dealership) for event in days}
    book.preload(
        CAPACITY_BY_DAY,
        ((row.id, event.data["date"], event.data["skill"])
         for event in days if (row := rows[event.dealership]) is not None),
    )  # fmt: skip


def _preload_visits(book: Book, visits: Sequence[Visit]) -> None:
    of_visit: tuple[Lookup[Any], ...] = (
        LINES_OF_VISIT,
        QUOTES_OF_VISIT,
        STAGES_OF_VISIT,
        APPOINTMENTS_OF_VISIT,
    )
    for lookup in of_visit:
        book.preload(lookup, ((visit.id,) for visit in visits))
    needs = ((visit.dealership_id, need_of_visit(visit.id)) for visit in visits)
    book.preload(OPPORTUNITIES_OF_NEED, needs)
    lines = [line.id for visit in visits for line in book.many(LINES_OF_VISIT, visit.id)]
    book.preload(PRESENTATION_OF_LINE, ((row_id,) for row_id in lines))


def _preload_needs(book: Book, rows: Iterable[Opportunity]) -> None:
    """All that has been said about the needs of these cars: those that several lines name are told anew."""
    named = [(row.id,) for row in rows if row.presentations]
    book.preload(PRESENTATIONS_OF_OPPORTUNITY, named)
    book.preload(DECISIONS_OF_OPPORTUNITY, named)
    book.preload(ENTRIES_OF_OPPORTUNITY, named)
    presented = [shown for key in named for shown in book.many(PRESENTATIONS_OF_OPPORTUNITY, *key)]
    entries = [entry for key in named for entry in book.many(ENTRIES_OF_OPPORTUNITY, *key)]
    book.preload(ENTRIES_OF_LOSS, ((entry.id,) for entry in entries if entry.kind == EntryKind.LOSS))
    book.preload(PRESENTATION_OF_LINE, ((shown.line_id,) for shown in presented))
    book.preload(ENTRIES_OF_LINE, ((shown.line_id,) for shown in presented))
    book.preload_ids(Line, (shown.line_id for shown in presented))
    book.preload_ids(Visit, (shown.visit_id for shown in presented))


def _by_source(book: Book, lookup: Lookup[R], ids: Iterable[tuple[str, str, str]]) -> list[R]:
    keys = []
    for code, source, source_id in dict.fromkeys(ids):
        dealership = book.one(DEALERSHIP_BY_CODE, code)
        if dealership is not None:
            keys.append((dealership.id, source, source_id))
    book.preload(lookup, keys)
    return [row for key in keys for row in book.many(lookup, *key)]


def _values(events: Sequence[IntakeEvent], field: str) -> list[tuple[str, str, str]]:
    return [(event.dealership, event.source, event.data[field]) for event in events if event.data.get(field)]


def _ids(events: Sequence[IntakeEvent], field: str) -> list[tuple[str, str, str]]:
    return [
        (event.dealership, event.source, event.data[field]["id"]) for event in events if event.data.get(field)
    ]
