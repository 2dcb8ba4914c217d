"""Which handler belongs to which event, and what an event brings that others may wait for."""

from collections.abc import Callable, Mapping

from servicelost.intake.apply.appointment_events import APPOINTMENT_HANDLERS
from servicelost.intake.apply.desk_events import DESK_HANDLERS
from servicelost.intake.apply.line_events import LINE_HANDLERS
from servicelost.intake.apply.people_events import PEOPLE_HANDLERS
from servicelost.intake.apply.references import Incoming, incoming
from servicelost.intake.apply.visit_events import VISIT_HANDLERS
from servicelost.intake.catalogue import IntakeEvent
from servicelost.intake.patience import moves_of
from servicelost.kernel.book import Book
from servicelost.workflow.lateness import in_time

HANDLERS: Mapping[str, Callable[[Incoming], object]] = {
    **APPOINTMENT_HANDLERS, **VISIT_HANDLERS, **LINE_HANDLERS, **DESK_HANDLERS, **PEOPLE_HANDLERS,
}  # fmt: skip

# Which event brings the thing that others may be waiting for, and in which field its id stands.
_PROVIDES = {
    "appointment.booked": (("appointment", "appointment_id"),),
    "visit.opened": (("visit", "visit_id"),),
    "visit.walk_in": (("visit", "visit_id"),),
    "line.booked": (("line", "line_id"),),
    "line.recommended": (("line", "line_id"),),
    "quote.sent": (("quote", "quote_id"), ("quote", "visit_id")),
    "complaint.recorded": (("complaint", "complaint_id"),),
}

# What these tell may have happened before an end of the visit that has come first.
_ABOUT_LINES = ("line.", "quote.sent", "quality.failed")


def apply_event(book: Book, event: IntakeEvent) -> None:
    """Let the event do what it means; raises ServiceLostError, NotYet when it comes too early."""
    taken = incoming(book, event)
    if not event.type.startswith(_ABOUT_LINES):
        HANDLERS[event.type](taken)
        return
    visit = taken.visit_of_line()
    with in_time(book, visit, event.occurred_at, lambda: taken.named_lines(visit)):
        HANDLERS[event.type](taken)


def provides(event: IntakeEvent) -> list[str]:
    """The keys under which other events may have waited for this one: for what it brings, or moves."""
    brought = [
        f"{thing}:{event.data[field]}"
        for thing, field in _PROVIDES.get(event.type, ())
        if event.data.get(field)
    ]
    return [f"{event.dealership}/{event.source}/{thing}"[:300] for thing in (*brought, *moves_of(event))]
