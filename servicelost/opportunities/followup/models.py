"""The rows of following up: contacts made, tasks to do, problems customers told."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint

from servicelost.directory.models import Customer
from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Code, Name, Ref, SourceId, SourceName, Version
from servicelost.kernel.lookup import Lookup


class Contact(Base):
    """An attempt to reach a customer, or a two-way contact; append-only.

    `automatic` attempts were sent by a machine: they never count as an attempt of a person.
    """

    __tablename__ = f"{PREFIX}contact"
    __captured__ = True
    __table_args__ = (
        UniqueConstraint("dealership_id", "source", "source_id"),
        Index("ix_servicelost_contact_customer", "customer_id", "occurred_at"),
    )

    dealership_id: Mapped[Ref]
    source: Mapped[SourceName]
    source_id: Mapped[SourceId]
    kind: Mapped[Code]
    channel: Mapped[Code]
    direction: Mapped[Code | None]
    automatic: Mapped[bool] = mapped_column(default=False)
    customer_id: Mapped[Ref | None]
    vehicle_id: Mapped[Ref | None]
    visit_id: Mapped[Ref | None]
    opportunity_id: Mapped[Ref | None]
    employee_id: Mapped[Ref | None]
    outcome: Mapped[Name | None]
    note: Mapped[str | None]
    occurred_at: Mapped[datetime]


class Task(Base):
    """Something a person has to do about an opportunity, a customer or a problem by a time."""

    __tablename__ = f"{PREFIX}task"
    __table_args__ = (
        Index("ix_servicelost_task_due", "dealership_id", "state", "due_at"),
        Index("ix_servicelost_task_opportunity", "opportunity_id"),
    )

    version: Mapped[Version]
    dealership_id: Mapped[Ref]
    kind: Mapped[Code]
    state: Mapped[Code]
    opportunity_id: Mapped[Ref | None]
    customer_id: Mapped[Ref | None]
    visit_id: Mapped[Ref | None]
    problem_id: Mapped[Ref | None]
    owner_id: Mapped[Ref | None]
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[Name | None]
    outcome: Mapped[Code | None]
    note: Mapped[str | None]


class Problem(Base):
    """A problem with the car or the service that a customer told."""

    __tablename__ = f"{PREFIX}problem"
    __captured__ = True
    __table_args__ = (
        UniqueConstraint("dealership_id", "source", "source_id"),
        Index("ix_servicelost_problem_vehicle", "vehicle_id", "state"),
        Index("ix_servicelost_problem_customer", "customer_id", "state"),
    )

    version: Mapped[Version]
    dealership_id: Mapped[Ref]
    source: Mapped[SourceName]
    source_id: Mapped[SourceId]
    state: Mapped[Code]
    visit_id: Mapped[Ref | None]
    customer_id: Mapped[Ref | None]
    vehicle_id: Mapped[Ref | None]
    category_id: Mapped[Ref | None]
    severity: Mapped[Code | None]
    text: Mapped[str]
    recorded_at: Mapped[datetime]
    occurred_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str | None]


CONTACT_BY_SOURCE = Lookup(Contact, "dealership_id", "source", "source_id")
CONTACTS_OF_CUSTOMER = Lookup(Contact, "customer_id", many=True, parent=Customer)
TASKS_OF_OPPORTUNITY = Lookup(Task, "opportunity_id", many=True)
PROBLEM_BY_SOURCE = Lookup(Problem, "dealership_id", "source", "source_id")
PROBLEMS_OF_CUSTOMER = Lookup(Problem, "customer_id", many=True)
PROBLEMS_OF_VEHICLE = Lookup(Problem, "vehicle_id", many=True)
