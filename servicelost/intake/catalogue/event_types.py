"""The catalogue itself: every event type by its name, and the envelope they all share.

Field lists live in the `*_events` modules; this file only gathers them.
"""

import string
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from servicelost.intake.catalogue.booking_events import APPOINTMENT_EVENTS, VISIT_EVENTS
from servicelost.intake.catalogue.desk_events import CONTACT_EVENTS, CUSTOMER_EVENTS, PART_EVENTS
from servicelost.intake.catalogue.fields import EventType, Field, Kind
from servicelost.intake.catalogue.line_events import LINE_EVENTS, QUALITY_EVENTS, QUOTE_EVENTS

_SOURCE_ALPHABET = string.ascii_letters + string.digits + "_.:-"

ENVELOPE = (
    Field("type", Kind.ID, "event type, a name of this catalogue", required=True),
    Field("event_id", Kind.ID, "unique within the source; sending it again changes nothing", required=True,
          max_length=200),
    Field("source", Kind.ID, "the sending system; letters, digits and _ . : - only", required=True,
          max_length=60, alphabet=_SOURCE_ALPHABET),
    Field("occurred_at", Kind.DATETIME, "when it happened, with offset", required=True),
    Field("dealership", Kind.ID, "dealership code", required=True, max_length=60),
    Field("actor", Kind.ID, "who did or recorded it (employee id)"),
)  # fmt: skip

EVENT_TYPES: Mapping[str, EventType] = MappingProxyType({
    event_type.name: event_type
    for event_type in (
        *APPOINTMENT_EVENTS, *VISIT_EVENTS, *LINE_EVENTS, *QUOTE_EVENTS, *QUALITY_EVENTS,
        *PART_EVENTS, *CONTACT_EVENTS, *CUSTOMER_EVENTS,
    )
})  # fmt: skip


def example_event(name: str) -> dict[str, Any]:
    """A complete event of the type as a source would send it."""
    return {
        "type": name,
        "event_id": f"example-{name}",
        "source": "example-dms",
        "occurred_at": "2026-03-09T10:15:00+01:00",
        "dealership": "D01",
        "data": dict(EVENT_TYPES[name].example),
    }
