"""Events about customers and cars, their complaints and contacts."""

from collections.abc import Callable, Mapping

from servicelost.directory.consents import record_consent
from servicelost.directory.customers import record_deceased, record_moved
from servicelost.directory.models import Customer, Vehicle
from servicelost.directory.vehicles import DistanceUnit, record_odometer, record_sold, record_totalled
from servicelost.intake.apply.references import Incoming
from servicelost.kernel.actor import Role
from servicelost.opportunities.followup.contacts import ContactKind, log_contact
from servicelost.opportunities.followup.problems import record_problem, resolve_problem
from servicelost.taxonomy.channels import ConsentPurpose, ConsentStatus, ContactChannel


def contact_attempted(event: Incoming) -> None:
    """Somebody tried to reach the customer."""
    _contact(event, ContactKind.ATTEMPT)


def contact_two_way(event: Incoming) -> None:
    """A conversation took place."""
    _contact(event, ContactKind.TWO_WAY)


def complaint_recorded(event: Incoming) -> None:
    """The customer told of a problem."""
    customer = event.customer()
    vehicle = event.vehicle(customer)
    visit = event.visit() if event.data.get("visit_id") else None
    service = event.service()
    record_problem(
        event.book, dealership_id=event.dealership.id, source=event.event.source,
        source_id=event.data["complaint_id"], at=event.at, text=event.data["text"],
        visit_id=visit.id if visit else None, severity=event.data.get("severity"),
        customer_id=customer.id if customer else (visit.customer_id if visit else None),
        vehicle_id=vehicle.id if vehicle else (visit.vehicle_id if visit else None),
        category_id=service.id if service else None,
    )  # fmt: skip


def complaint_resolved(event: Incoming) -> None:
    """The problem is solved."""
    resolve_problem(
        event.book, dealership_id=event.dealership.id, source=event.event.source,
        source_id=event.data["complaint_id"], at=event.at, resolution=event.data.get("resolution"),
    )  # fmt: skip


def vehicle_sold(event: Incoming) -> None:
    """The customer no longer has the car."""
    record_sold(event.book, _car(event), event.at)


def vehicle_totalled(event: Incoming) -> None:
    """The car is a total loss."""
    record_totalled(event.book, _car(event), event.at)


def vehicle_odometer(event: Incoming) -> None:
    """The odometer was read."""
    unit = DistanceUnit(event.data.get("unit") or DistanceUnit.KM)
    record_odometer(event.book, _car(event), event.data["odometer"], unit, event.at, event.event.source)


def customer_consent(event: Incoming) -> None:
    """The customer said how he may be contacted."""
    data = event.data
    record_consent(
        event.book, _person(event), ContactChannel(data["channel"]), ConsentPurpose(data["purpose"]),
        ConsentStatus(data["status"]), event.at, event.event.source, data.get("evidence"),
    )  # fmt: skip


def customer_moved(event: Incoming) -> None:
    """The customer moved away."""
    record_moved(event.book, _person(event), event.at)


def customer_deceased(event: Incoming) -> None:
    """The customer died."""
    record_deceased(event.book, _person(event), event.at)


def _contact(event: Incoming, kind: ContactKind) -> None:
    data, customer = event.data, event.customer()
    vehicle = event.vehicle(customer)
    visit = event.visit() if data.get("visit_id") else None
    log_contact(
        event.book,
        kind,
        dealership_id=event.dealership.id,
        source=event.event.source,
        source_id=data["contact_id"],
        channel=data["channel"],
        at=event.at,
        direction=data.get("direction"),
        automatic=bool(data.get("automatic")),
        visit_id=visit.id if visit else None,
        customer_id=customer.id if customer else (visit.customer_id if visit else None),
        vehicle_id=vehicle.id if vehicle else (visit.vehicle_id if visit else None),
        employee_id=event.employee("employee", Role.BDC_AGENT),
        outcome=data.get("outcome"),
        note=data.get("note"),
    )


def _car(event: Incoming) -> Vehicle:
    vehicle = event.vehicle()
    assert vehicle is not None  # the catalogue demands it
    return vehicle


def _person(event: Incoming) -> Customer:
    customer = event.customer()
    assert customer is not None  # the catalogue demands it
    return customer


PEOPLE_HANDLERS: Mapping[str, Callable[[Incoming], object]] = {
    "contact.attempted": contact_attempted,
    "contact.two_way": contact_two_way,
    "complaint.recorded": complaint_recorded,
    "complaint.resolved": complaint_resolved,
    "vehicle.sold": vehicle_sold,
    "vehicle.totalled": vehicle_totalled,
    "vehicle.odometer": vehicle_odometer,
    "customer.consent": customer_consent,
    "customer.moved": customer_moved,
    "customer.deceased": customer_deceased,
}
