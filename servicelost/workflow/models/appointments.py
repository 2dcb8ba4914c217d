"""Appointments: the promise to come, before there is a repair order.

The visit that an appointment plans is a row of its own, made with the booking.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Code, Minor, Ref, SourceId, SourceName, Version
from servicelost.kernel.lookup import Lookup
from servicelost.workflow.models.visits import Visit


class Appointment(Base):
    """One booking in the workshop's diary; rescheduling moves it, the log keeps the old time."""

    __tablename__ = f"{PREFIX}appointment"
    __captured__ = True
    __table_args__ = (
        UniqueConstraint("dealership_id", "source", "source_id"),
        Index("ix_servicelost_appointment_day", "dealership_id", "scheduled_at"),
        Index("ix_servicelost_appointment_visit", "visit_id"),
    )

    version: Mapped[Version]
    dealership_id: Mapped[Ref]
    source: Mapped[SourceName]
    source_id: Mapped[SourceId]
    visit_id: Mapped[Ref]
    state: Mapped[Code]
    booked_at: Mapped[datetime]
    scheduled_at: Mapped[datetime]
    promised_at: Mapped[datetime | None]
    channel: Mapped[Code | None]
    customer_id: Mapped[Ref | None]
    vehicle_id: Mapped[Ref | None]
    advisor_id: Mapped[Ref | None]
    booked_by_id: Mapped[Ref | None]
    expected_minor: Mapped[Minor | None]
    cancelled_by: Mapped[Code | None]
    reschedules: Mapped[int] = mapped_column(default=0)
    arrived_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


APPOINTMENT_BY_SOURCE = Lookup(Appointment, "dealership_id", "source", "source_id")
APPOINTMENTS_OF_VISIT = Lookup(Appointment, "visit_id", many=True, parent=Visit)
