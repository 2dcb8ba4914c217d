"""Events about appointments."""

from collections.abc import Callable, Mapping

from servicelost.directory.models import Vehicle
from servicelost.directory.vehicles import DistanceUnit, record_odometer
from servicelost.intake.apply.references import Incoming
from servicelost.kernel.actor import Role
from servicelost.taxonomy.parties import Party
from servicelost.workflow import appointments


def booked(event: Incoming) -> None:
    """An appointment was made."""
    customer = event.customer()
    vehicle = event.vehicle(customer)
    appointments.book_appointment(
        event.book, dealership_id=event.dealership.id, source=event.event.source,
        source_id=event.data["appointment_id"], at=event.at, scheduled_at=event.data["scheduled_at"],
        customer_id=customer.id if customer else None, vehicle_id=vehicle.id if vehicle else None,
        advisor_id=event.employee("advisor", Role.SERVICE_ADVISOR),
        booked_by_id=event.employee("agent", Role.BDC_AGENT), channel=event.data.get("channel"),
        expected_minor=event.minor("expected_amount"), promised_at=event.data.get("promised_at"),
    )  # fmt: skip


def confirmed(event: Incoming) -> None:
    """The customer will come."""
    appointments.confirm_appointment(event.book, event.appointment(), at=event.at)


def rescheduled(event: Incoming) -> None:
    """It has a new time."""
    asked = event.data.get("requested_by")
    appointments.reschedule_appointment(
        event.book, event.appointment(), at=event.at, scheduled_at=event.data["scheduled_at"],
        requested_by=Party(asked) if asked else None, note=event.data.get("reason"),
    )  # fmt: skip


def cancelled(event: Incoming) -> None:
    """It was called off."""
    appointments.cancel_appointment(event.book, event.appointment(), at=event.at, reason=event.reason())


def no_show(event: Incoming) -> None:
    """Nobody came."""
    appointments.mark_no_show(event.book, event.appointment(), at=event.at, reason=event.reason())


def arrived(event: Incoming) -> None:
    """The car is here."""
    appointment, reading = event.appointment(), event.data.get("odometer")
    appointments.arrive(event.book, appointment, at=event.at, odometer_km=reading)
    if reading is not None and appointment.vehicle_id is not None:
        vehicle = event.book.get(Vehicle, appointment.vehicle_id)
        record_odometer(event.book, vehicle, reading, DistanceUnit.KM, event.at, event.event.source)


APPOINTMENT_HANDLERS: Mapping[str, Callable[[Incoming], object]] = {
    "appointment.booked": booked,
    "appointment.confirmed": confirmed,
    "appointment.rescheduled": rescheduled,
    "appointment.cancelled": cancelled,
    "appointment.no_show": no_show,
    "appointment.arrived": arrived,
}
