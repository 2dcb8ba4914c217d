"""The rows of the directory and how they are found; no rule lives here.

Senders' own ids are kept with the dealership and the source that used them, so that two systems
with the same numbers are never mixed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Code, Name, Ref, SourceId, SourceName, Version
from servicelost.kernel.lookup import Lookup

_DEALERSHIP = f"{PREFIX}dealership.id"
_CUSTOMER = f"{PREFIX}customer.id"
_VEHICLE = f"{PREFIX}vehicle.id"
_EMPLOYEE = f"{PREFIX}employee.id"


class Dealership(Base):
    """A service department with its own money, time zone and calendar.

    `opening_hours` maps MON to SUN to intervals such as [["08:00", "12:00"], ["13:00", "18:00"]];
    `closed_days` are ISO dates on top of the public holidays of country and subdivision.
    """

    __tablename__ = f"{PREFIX}dealership"

    version: Mapped[Version]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    timezone: Mapped[str] = mapped_column(String(60))
    currency: Mapped[str] = mapped_column(String(3))
    locale: Mapped[str] = mapped_column(String(35))
    country: Mapped[str] = mapped_column(String(2))
    subdivision: Mapped[str | None] = mapped_column(String(10))
    opening_hours: Mapped[dict[str, Any]]
    closed_days: Mapped[list[str]]


class Employee(Base):
    """Somebody who works at the dealership; `roles` are role codes, sorted."""

    __tablename__ = f"{PREFIX}employee"
    __table_args__ = (UniqueConstraint("dealership_id", "source", "source_id"),)

    version: Mapped[Version]
    dealership_id: Mapped[Ref] = mapped_column(ForeignKey(_DEALERSHIP))
    source: Mapped[SourceName]
    source_id: Mapped[SourceId]
    name: Mapped[Name]
    roles: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    as_of: Mapped[datetime | None]


class EmployeeScope(Base):
    """A dealership an employee may see besides his own."""

    __tablename__ = f"{PREFIX}employee_scope"
    __table_args__ = (UniqueConstraint("employee_id", "dealership_id"),)

    version: Mapped[Version]
    employee_id: Mapped[Ref] = mapped_column(ForeignKey(_EMPLOYEE))
    dealership_id: Mapped[Ref] = mapped_column(ForeignKey(_DEALERSHIP))
    active: Mapped[bool] = mapped_column(default=True)


class Customer(Base):
    """A customer: the telephone number as written and as E.164, the e-mail as written and folded.

    `moved_at` and `deceased_at` are facts that end every contact.
    """

    __tablename__ = f"{PREFIX}customer"
    __table_args__ = (
        UniqueConstraint("dealership_id", "source", "source_id"),
        Index("ix_servicelost_customer_phone", "phone_e164"),
        Index("ix_servicelost_customer_email", "email_key"),
    )

    version: Mapped[Version]
    dealership_id: Mapped[Ref] = mapped_column(ForeignKey(_DEALERSHIP))
    source: Mapped[SourceName]
    source_id: Mapped[SourceId]
    name: Mapped[Name | None]
    phone: Mapped[str | None] = mapped_column(String(60))
    phone_e164: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None]
    fleet: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(35))
    moved_at: Mapped[datetime | None]
    deceased_at: Mapped[datetime | None]
    as_of: Mapped[datetime | None]


class Consent(Base):
    """What a customer said about being contacted, once a statement; append-only."""

    __tablename__ = f"{PREFIX}consent"
    __table_args__ = (Index("ix_servicelost_consent_customer", "customer_id"),)

    customer_id: Mapped[Ref] = mapped_column(ForeignKey(_CUSTOMER))
    channel: Mapped[Code]
    purpose: Mapped[Code]
    status: Mapped[Code]
    stated_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    source: Mapped[SourceName]
    evidence: Mapped[str | None]


class Vehicle(Base):
    """A car and its present owner; `vin_warning` marks a VIN whose check digit does not fit."""

    __tablename__ = f"{PREFIX}vehicle"
    __table_args__ = (
        UniqueConstraint("dealership_id", "source", "source_id"),
        Index("ix_servicelost_vehicle_vin", "vin"),
        Index("ix_servicelost_vehicle_customer", "customer_id"),
    )

    version: Mapped[Version]
    dealership_id: Mapped[Ref] = mapped_column(ForeignKey(_DEALERSHIP))
    source: Mapped[SourceName]
    source_id: Mapped[SourceId]
    customer_id: Mapped[Ref | None] = mapped_column(ForeignKey(_CUSTOMER))
    vin: Mapped[str | None] = mapped_column(String(17))
    vin_warning: Mapped[bool] = mapped_column(default=False)
    plate: Mapped[str | None] = mapped_column(String(20))
    make: Mapped[str | None] = mapped_column(String(60))
    model: Mapped[str | None] = mapped_column(String(120))
    model_year: Mapped[int | None]
    sold_at: Mapped[datetime | None]
    totalled_at: Mapped[datetime | None]
    as_of: Mapped[datetime | None]


class OdometerReading(Base):
    """What the odometer showed, in kilometres; append-only."""

    __tablename__ = f"{PREFIX}odometer_reading"
    __table_args__ = (Index("ix_servicelost_odometer_reading_vehicle", "vehicle_id"),)

    vehicle_id: Mapped[Ref] = mapped_column(ForeignKey(_VEHICLE))
    read_at: Mapped[datetime]
    km: Mapped[int]
    source: Mapped[SourceName]


class ServiceCategory(Base):
    """A service as the dealership names it; `distinct` is False where the name says no single need.

    `key` is the folded name; `standard` is the category of the taxonomy it is mapped to, if any.
    """

    __tablename__ = f"{PREFIX}service_category"
    __table_args__ = (UniqueConstraint("dealership_id", "key"),)

    version: Mapped[Version]
    dealership_id: Mapped[Ref] = mapped_column(ForeignKey(_DEALERSHIP))
    key: Mapped[str]
    name: Mapped[Name]
    standard: Mapped[Code | None]
    distinct: Mapped[bool] = mapped_column(default=True)


class LaborOperation(Base):
    """A labour operation of the dealership, with the category of the taxonomy it belongs to."""

    __tablename__ = f"{PREFIX}labor_operation"
    __table_args__ = (UniqueConstraint("dealership_id", "op_code"),)

    version: Mapped[Version]
    dealership_id: Mapped[Ref] = mapped_column(ForeignKey(_DEALERSHIP))
    op_code: Mapped[str] = mapped_column(String(60))
    description: Mapped[Name | None]
    standard: Mapped[Code | None]


class DealershipCause(Base):
    """A cause of the dealership's own, mapped for good to one standard cause.

    `label` is what everybody reads for whose language `labels` has no word.
    """

    __tablename__ = f"{PREFIX}dealership_cause"
    __table_args__ = (UniqueConstraint("dealership_id", "code"),)

    version: Mapped[Version]
    dealership_id: Mapped[Ref] = mapped_column(ForeignKey(_DEALERSHIP))
    code: Mapped[Code]
    label: Mapped[Name]
    labels: Mapped[dict[str, Any] | None]
    parent: Mapped[Code]
    active: Mapped[bool] = mapped_column(default=True)


class Competitor(Base):
    """A competitor, by the folded name; with `same_as_id` only another name of that one."""

    __tablename__ = f"{PREFIX}competitor"
    __table_args__ = (UniqueConstraint("dealership_id", "key"),)

    version: Mapped[Version]
    dealership_id: Mapped[Ref] = mapped_column(ForeignKey(_DEALERSHIP))
    key: Mapped[str]
    name: Mapped[Name]
    active: Mapped[bool] = mapped_column(default=True)
    same_as_id: Mapped[Ref | None]


DEALERSHIP_BY_CODE = Lookup(Dealership, "code")
EMPLOYEE_BY_SOURCE = Lookup(Employee, "dealership_id", "source", "source_id")
SCOPES_OF_EMPLOYEE = Lookup(EmployeeScope, "employee_id", many=True, parent=Employee)
CUSTOMER_BY_SOURCE = Lookup(Customer, "dealership_id", "source", "source_id")
CONSENTS_OF_CUSTOMER = Lookup(Consent, "customer_id", many=True, parent=Customer)
VEHICLE_BY_SOURCE = Lookup(Vehicle, "dealership_id", "source", "source_id")
READINGS_OF_VEHICLE = Lookup(OdometerReading, "vehicle_id", many=True, parent=Vehicle)
SERVICE_BY_KEY = Lookup(ServiceCategory, "dealership_id", "key")
SERVICES_OF_DEALERSHIP = Lookup(ServiceCategory, "dealership_id", many=True, parent=Dealership)
OPERATION_BY_CODE = Lookup(LaborOperation, "dealership_id", "op_code")
CAUSES_OF_DEALERSHIP = Lookup(DealershipCause, "dealership_id", many=True, parent=Dealership)
COMPETITOR_BY_KEY = Lookup(Competitor, "dealership_id", "key")
