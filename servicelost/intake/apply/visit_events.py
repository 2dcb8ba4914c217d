"""Events about visits, quality control and invoices."""

from collections.abc import Callable, Mapping

from servicelost.directory.calendar import local_day
from servicelost.directory.vehicles import odometer_km
from servicelost.intake.apply.references import Incoming, centihours, unit_of
from servicelost.kernel.actor import Role
from servicelost.taxonomy.stages import Stage
from servicelost.workflow import appointments, invoices, visits, work
from servicelost.workflow.models.visits import Visit


def opened(event: Incoming) -> None:
    """A repair order was opened, for an appointment or not."""
    _open(event, walk_in=False)


def walked_in(event: Incoming) -> None:
    """A car came without an appointment."""
    _open(event, walk_in=True)


def turned_away(event: Incoming) -> None:
    """The car could not be taken in."""
    if "appointment_id" in event.data:
        appointments.turn_away(event.book, event.appointment(), at=event.at, reason=event.reason())
    else:
        visits.turn_away_visit(event.book, event.visit(), at=event.at, reason=event.reason())


def stage_changed(event: Incoming) -> None:
    """The visit reached another stage."""
    visits.move_visit(
        event.book,
        event.visit(),
        Stage(event.data["stage"]),
        at=event.at,
        inspected=event.data.get("inspected"),
    )


def cancelled(event: Incoming) -> None:
    """The order was voided."""
    visits.cancel_visit(event.book, event.visit(), at=event.at, reason=event.reason())


def delivered(event: Incoming) -> None:
    """The customer has the car back."""
    visits.deliver_visit(event.book, event.visit(), at=event.at)


def closed(event: Incoming) -> None:
    """The order is closed."""
    visits.close_visit(event.book, event.visit(), at=event.at)


def quality_passed(event: Incoming) -> None:
    """Quality control passed."""
    work.pass_quality(event.book, event.visit(), at=event.at, note=event.data.get("note"))


def quality_failed(event: Incoming) -> None:
    """Quality control failed: rework, unless the customer took the car."""
    lines = [event.line(line_id) for line_id in event.data.get("lines", ())]
    work.fail_quality(
        event.book, event.visit(), at=event.at, lines=lines or None,
        customer_left=bool(event.data.get("customer_left")), note=event.data.get("note"),
    )  # fmt: skip


def invoiced(event: Incoming) -> None:
    """An invoice was posted."""
    visit = event.visit()
    invoices.post_invoice(
        event.book, visit, source=event.event.source, source_id=event.data["invoice_id"], at=event.at,
        lines=[_invoiced_line(event, sent) for sent in event.data.get("lines", ())],
        total_minor=event.minor("total"), business_day=local_day(event.dealership, event.at),
    )  # fmt: skip


def _open(event: Incoming, *, walk_in: bool) -> Visit:
    customer = event.customer()
    vehicle = event.vehicle(customer)
    appointment = event.appointment() if event.data.get("appointment_id") else None
    return visits.open_visit(
        event.book,
        dealership_id=event.dealership.id,
        source=event.event.source,
        source_id=event.data["visit_id"],
        at=event.at,
        appointment=appointment,
        customer_id=customer.id if customer else None,
        vehicle_id=vehicle.id if vehicle else None,
        advisor_id=event.employee("advisor", Role.SERVICE_ADVISOR),
        technician_id=event.employee("technician", Role.TECHNICIAN),
        pay_type=event.pay_type(),
        odometer_km=_reading(event),
        promised_at=event.data.get("promised_at"),
        walk_in=walk_in,
    )


def _reading(event: Incoming) -> int | None:
    """The visit's reading in kilometres; the unit is that of the car sent with it, kilometres by default."""
    car = event.data.get("vehicle") or {}
    reading = event.data.get("odometer", car.get("odometer"))
    return None if reading is None else odometer_km(reading, unit_of(car))


def _invoiced_line(event: Incoming, sent: dict[str, object]) -> invoices.InvoicedLine:
    line = event.line(str(sent["line_id"]))
    hours = sent.get("hours")
    return invoices.InvoicedLine(
        line=line, amount_minor=event.minor("amount", sent), labour_minor=event.minor("labour", sent),
        parts_minor=event.minor("parts", sent), cost_minor=event.minor("cost", sent),
        discount_minor=event.minor("discount", sent), centihours=centihours(hours),
    )  # fmt: skip


VISIT_HANDLERS: Mapping[str, Callable[[Incoming], object]] = {
    "visit.opened": opened,
    "visit.walk_in": walked_in,
    "visit.turned_away": turned_away,
    "visit.stage_changed": stage_changed,
    "visit.cancelled": cancelled,
    "visit.delivered": delivered,
    "visit.closed": closed,
    "quality.passed": quality_passed,
    "quality.failed": quality_failed,
    "invoice.posted": invoiced,
}
