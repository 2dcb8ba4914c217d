"""Filling a book for a chunk of events with a handful of set queries.

Only speed depends on this: what is not preloaded is read when a rule asks for it.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from servicelost.directory.models import (
    CUSTOMER_BY_SOURCE,
    DEALERSHIP_BY_CODE,
    READINGS_OF_VEHICLE,
    VEHICLE_BY_SOURCE,
)
from servicelost.intake.apply import provides
from servicelost.intake.catalogue import IntakeEvent
from servicelost.intake.models import PARKED_FOR, RECEIVED_BY_EVENT
from servicelost.kernel.book import Book
from servicelost.kernel.db import Base
from servicelost.kernel.lookup import Lookup
from servicelost.opportunities.pipeline.models import OPPORTUNITIES_OF_VEHICLE, PRESENTATION_OF_LINE
from servicelost.workflow.models.appointments import APPOINTMENT_BY_SOURCE, APPOINTMENTS_OF_VISIT
from servicelost.workflow.models.lines import LINES_OF_VISIT
from servicelost.workflow.models.log import STAGES_OF_VISIT
from servicelost.workflow.models.quotes import QUOTES_OF_VISIT
from servicelost.workflow.models.visits import ORDER_BY_SOURCE, Visit

R = TypeVar("R", bound=Base)

_SMALL = 5


def preload(book: Book, events: Sequence[IntakeEvent]) -> None:
    """Read what the events will ask for; a few events read for themselves."""
    if len(events) < _SMALL:
        return
    book.preload(RECEIVED_BY_EVENT, ((event.source, event.event_id) for event in events))
    book.preload(PARKED_FOR, ((key,) for event in events for key in provides(event)))
    book.preload(DEALERSHIP_BY_CODE, ((event.dealership,) for event in events))
    _by_source(book, CUSTOMER_BY_SOURCE, _ids(events, "customer"))
    vehicles = _by_source(book, VEHICLE_BY_SOURCE, _ids(events, "vehicle"))
    appointments = _by_source(book, APPOINTMENT_BY_SOURCE, _values(events, "appointment_id"))
    orders = _by_source(book, ORDER_BY_SOURCE, _values(events, "visit_id"))
    visit_ids = {row.visit_id for row in (*appointments, *orders)}
    book.preload_ids(Visit, visit_ids)
    _preload_visits(book, visit_ids)
    visits = [book.get(Visit, row_id) for row_id in visit_ids]
    cars = {row.id for row in vehicles} | {row.vehicle_id for row in visits if row.vehicle_id is not None}
    for lookup in (OPPORTUNITIES_OF_VEHICLE, READINGS_OF_VEHICLE):
        book.preload(lookup, ((row_id,) for row_id in cars))


def _preload_visits(book: Book, visit_ids: set[int]) -> None:
    for lookup in (LINES_OF_VISIT, QUOTES_OF_VISIT, STAGES_OF_VISIT, APPOINTMENTS_OF_VISIT):
        book.preload(lookup, ((row_id,) for row_id in visit_ids))
    lines = [line.id for visit_id in visit_ids for line in book.many(LINES_OF_VISIT, visit_id)]
    book.preload(PRESENTATION_OF_LINE, ((row_id,) for row_id in lines))


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
