"""Finding or making what an event names: dealership, people, cars, services, visits and lines.

An event that names a visit, appointment or line nobody has told us of waits for it (NotYet).
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from servicelost.directory.causes import resolve_cause
from servicelost.directory.competitors import ensure_competitor
from servicelost.directory.customers import upsert_customer
from servicelost.directory.dealerships import dealership_by_code
from servicelost.directory.employees import note_employee
from servicelost.directory.models import Customer, Dealership, ServiceCategory, Vehicle
from servicelost.directory.services import ensure_operation, ensure_service, service_of_category
from servicelost.directory.vehicles import DistanceUnit, upsert_vehicle
from servicelost.intake.catalogue import IntakeEvent
from servicelost.kernel.actor import Role
from servicelost.kernel.book import Book
from servicelost.kernel.errors import FieldProblem, InvalidInput, NotYet
from servicelost.kernel.money import to_minor
from servicelost.taxonomy.categories import ServiceCategoryCode
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.parties import Owner, Party
from servicelost.taxonomy.paytypes import PayType
from servicelost.workflow.models.appointments import APPOINTMENT_BY_SOURCE, Appointment
from servicelost.workflow.models.lines import LINES_BY_SOURCE, LINES_OF_VISIT, Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason
from servicelost.workflow.visits import find_visit

_NAME = 200


@dataclass(frozen=True)
class Incoming:
    """One event at its dealership, with the questions every handler asks about it."""

    book: Book
    event: IntakeEvent
    dealership: Dealership

    @property
    def data(self) -> dict[str, Any]:
        """The event's own fields."""
        return self.event.data

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.event.occurred_at

    def minor(self, field: str, data: dict[str, Any] | None = None) -> int | None:
        """A money field in minor units of the dealership's currency, if it was sent."""
        amount: Decimal | None = (self.data if data is None else data).get(field)
        return None if amount is None else to_minor(amount, self.dealership.currency)

    def customer(self) -> Customer | None:
        """The customer the event names, made or brought up to date."""
        sent = self.data.get("customer")
        return upsert_customer(self.book, self.dealership, self.event.source, sent, self.at) if sent else None

    def vehicle(self, customer: Customer | None = None) -> Vehicle | None:
        """The car the event names, made or brought up to date."""
        sent = self.data.get("vehicle")
        if not sent:
            return None
        return upsert_vehicle(self.book, self.dealership, self.event.source, sent, self.at, customer)

    def pay_type(self) -> PayType | None:
        """Who pays, if it was sent."""
        code = self.data.get("pay_type")
        return PayType(code) if code else None

    def employee(self, field: str, role: Role) -> int | None:
        """The id of the employee in this field, noted on first sight."""
        sent = self.data.get(field)
        return note_employee(self.book, self.dealership, self.event.source, sent, role).id if sent else None

    def service(self) -> ServiceCategory | None:
        """The named service of the event, else the one that stands for its standard category."""
        name, code = self.data.get("service"), self.data.get("category")
        standard = ServiceCategoryCode(code) if code else None
        if name:
            return ensure_service(self.book, self.dealership, name, standard)
        return service_of_category(self.book, self.dealership, standard) if standard else None

    def operation_id(self) -> int | None:
        """The id of the labour operation, if an op code was sent."""
        code = self.data.get("op_code")
        if not code:
            return None
        words = self.data.get("description") or ""  # a line may say more than the operation's own name
        return ensure_operation(self.book, self.dealership, code, words[:_NAME]).id

    def appointment(self) -> Appointment:
        """The appointment the event names; raises NotYet."""
        source_id = self.data["appointment_id"]
        found = self.book.one(APPOINTMENT_BY_SOURCE, self.dealership.id, self.event.source, source_id)
        if found is None:
            raise NotYet(f"appointment:{source_id}", f"appointment {source_id!r} is not known yet")
        return found

    def visit(self) -> Visit:
        """The visit the event names, by its own id or by its appointment; raises NotYet."""
        source_id = self.data.get("visit_id")
        if source_id is None and "appointment_id" in self.data:
            return self.book.get(Visit, self.appointment().visit_id)
        found = find_visit(self.book, self.dealership.id, self.event.source, str(source_id))
        if found is None:
            raise NotYet(f"visit:{source_id}", f"visit {source_id!r} is not known yet")
        return found

    def line(self, line_id: str | None = None) -> Line:
        """The line the event names, or the one of this id on its visit; raises NotYet."""
        source_id: str = line_id or self.data["line_id"]
        if self.data.get("visit_id") or self.data.get("appointment_id"):
            visit = self.visit()
            found = [line for line in self.book.many(LINES_OF_VISIT, visit.id)
                     if line.source_id == source_id and line.source == self.event.source]  # fmt: skip
        else:
            found = self.book.many(LINES_BY_SOURCE, self.dealership.id, self.event.source, source_id)
        if not found:
            raise NotYet(f"line:{source_id}", f"line {source_id!r} is not known yet")
        if len(found) > 1:
            message = f"line {source_id!r} exists on {len(found)} visits: send its visit_id too"
            raise InvalidInput("LINE_AMBIGUOUS", message, errors=[FieldProblem("visit_id", message)])
        return found[0]

    def visit_of_line(self) -> Visit:
        """The visit an event about lines belongs to; raises NotYet."""
        if self.data.get("visit_id") or self.data.get("appointment_id"):
            return self.visit()
        return self.book.get(Visit, self.line().visit_id)

    def named_lines(self, visit: Visit) -> list[Line]:
        """The lines on the visit that the event names and that are known; all where it names none."""
        wanted = {self.data["line_id"]} if "line_id" in self.data else set(self.data.get("lines") or ())
        return [line for line in self.book.many(LINES_OF_VISIT, visit.id)
                if not wanted or (line.source_id in wanted and line.source == self.event.source)]  # fmt: skip

    def reason(self) -> Reason:
        """What was said about why, with the dealership's own causes resolved to standard ones."""
        data, stated = self.data, self.data.get("cause")
        cause = resolve_cause(self.book, self.dealership, stated) if stated else None
        contributing = tuple(self._standard(code) for code in data.get("contributing", ()))
        name, owner, decided, cancelled = (
            data.get(key) for key in ("competitor", "owner", "decided_by", "cancelled_by")
        )
        own = cause.own if cause else None
        rival = ensure_competitor(self.book, self.dealership, name) if name else None
        return Reason(
            cause=cause.standard if cause else None,
            contributing=contributing,
            custom_cause_id=own.id if own else None,
            custom_cause=own.code if own else None,
            note=data.get("note"),
            competitor_id=rival.id if rival else None,
            competitor=rival.name if rival else None,
            competitor_price=data.get("competitor_price"),
            owner=Owner(owner) if owner else None,
            decided_by=Party(decided) if decided else None,
            cancelled_by=Party(cancelled) if cancelled else None,
        )

    def day(self, field: str) -> date | None:
        """A day field, if it was sent."""
        return self.data.get(field)

    def _standard(self, code: str) -> Cause:
        return resolve_cause(self.book, self.dealership, code, field="contributing").standard


def incoming(book: Book, event: IntakeEvent) -> Incoming:
    """The event at its dealership; raises NotFound for an unknown code or one the actor may not see."""
    return Incoming(book, event, dealership_by_code(book, event.dealership))


def centihours(hours: Any) -> int | None:
    """Hours as sent (Decimal) in hundredths."""
    return None if hours is None else int((Decimal(hours) * 100).to_integral_value())


def unit_of(car: dict[str, Any]) -> DistanceUnit:
    """The unit of a car's odometer; kilometres where the source says nothing."""
    return DistanceUnit(car.get("odometer_unit") or DistanceUnit.KM)
