"""The typed event catalogue: what a source may tell us, as data, with one strict and fast parser.

Here a raw event becomes an `IntakeEvent` or an InvalidInput that names every wrong field. What an
event does to visits, lines and the ledger belongs to the applying part of intake.
"""

from servicelost.intake.catalogue.event import IntakeEvent
from servicelost.intake.catalogue.event_types import ENVELOPE, EVENT_TYPES, example_event
from servicelost.intake.catalogue.fields import EventType, Field, Kind
from servicelost.intake.catalogue.ndjson import UnreadableLine, read_ndjson
from servicelost.intake.catalogue.parsing import Terms, parse_event
from servicelost.intake.catalogue.schema import event_schema, event_schemas

__all__ = [
    "ENVELOPE",
    "EVENT_TYPES",
    "EventType",
    "Field",
    "IntakeEvent",
    "Kind",
    "Terms",
    "UnreadableLine",
    "event_schema",
    "event_schemas",
    "example_event",
    "parse_event",
    "read_ndjson",
]
