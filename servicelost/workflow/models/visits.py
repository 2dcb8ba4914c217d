"""Visits: one car in the house for one repair order, from booking to follow-up.

How a visit moves is decided by the services; no rule lives here.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Code, Ref, SourceId, SourceName, Version
from servicelost.kernel.lookup import Lookup


class Visit(Base):
    """A visit and its repair order; `source_id` is empty until the order is opened.

    `state` is a `VisitState`; `stage` is the stage the visit is in or was in last.
    """

    __tablename__ = f"{PREFIX}visit"
    __captured__ = True
    __table_args__ = (
        UniqueConstraint("dealership_id", "source", "source_id"),
        Index("ix_servicelost_visit_stage", "dealership_id", "state", "opened_at"),
        Index("ix_servicelost_visit_vehicle", "vehicle_id"),
        Index("ix_servicelost_visit_customer", "customer_id"),
    )

    version: Mapped[Version]
    dealership_id: Mapped[Ref]
    source: Mapped[SourceName]
    source_id: Mapped[SourceId | None]
    state: Mapped[Code]
    stage: Mapped[Code]
    customer_id: Mapped[Ref | None]
    vehicle_id: Mapped[Ref | None]
    advisor_id: Mapped[Ref | None]
    technician_id: Mapped[Ref | None]
    pay_type: Mapped[Code | None]
    odometer_km: Mapped[int | None]
    walk_in: Mapped[bool] = mapped_column(default=False)
    inspected: Mapped[bool] = mapped_column(default=False)
    promised_at: Mapped[datetime | None]
    planned_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class RepairOrder(Base):
    """The number a system gave the repair order of a visit; append-only.

    A planned visit gets its number later, and what a lookup searches by must never change: so the
    number is a row of its own. `Visit.source_id` repeats it for pages and reports.
    """

    __tablename__ = f"{PREFIX}repair_order"
    __table_args__ = (UniqueConstraint("dealership_id", "source", "source_id"),)

    dealership_id: Mapped[Ref]
    visit_id: Mapped[Ref]
    source: Mapped[SourceName]
    source_id: Mapped[SourceId]
    opened_at: Mapped[datetime]


ORDER_BY_SOURCE = Lookup(RepairOrder, "dealership_id", "source", "source_id")
