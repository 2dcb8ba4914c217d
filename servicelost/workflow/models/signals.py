"""Facts around the visits: calls, parts asked for, stock at a moment, workshop capacity, offers seen.

They are evidence for causes and demand; append-only, except the day's capacity, which is restated.
"""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Code, Minor, Name, Ref, SourceId, SourceName, Version
from servicelost.kernel.lookup import Lookup


class Call(Base):
    """An inbound call, received or missed; `phone_key` is the normalised number."""

    __tablename__ = f"{PREFIX}call"
    __captured__ = True
    __table_args__ = (
        UniqueConstraint("dealership_id", "source", "source_id"),
        Index("ix_servicelost_call_phone", "dealership_id", "phone_key", "occurred_at"),
    )

    dealership_id: Mapped[Ref]
    source: Mapped[SourceName]
    source_id: Mapped[SourceId]
    phone_key: Mapped[Code | None]
    customer_id: Mapped[Ref | None]
    purpose: Mapped[Code | None]
    category_id: Mapped[Ref | None]
    agent_id: Mapped[Ref | None]
    missed: Mapped[bool]
    waited_seconds: Mapped[int | None]
    occurred_at: Mapped[datetime]


class PartRequest(Base):
    """A part asked for and what became of it: REQUESTED, SOLD or NOT_SUPPLIED.

    Quantities are stored in thousandths of the unit, since oil is sold by the half litre.
    """

    __tablename__ = f"{PREFIX}part_request"
    __captured__ = True
    __table_args__ = (UniqueConstraint("dealership_id", "source", "source_id"),)

    version: Mapped[Version]
    dealership_id: Mapped[Ref]
    source: Mapped[SourceName]
    source_id: Mapped[SourceId]
    state: Mapped[Code]
    part_number: Mapped[Code]
    quantity_milli: Mapped[int]
    on_hand_milli: Mapped[int | None]
    unit_price_minor: Mapped[Minor | None]
    unit_cost_minor: Mapped[Minor | None]
    emergency: Mapped[bool] = mapped_column(default=False)
    channel: Mapped[Code | None]
    customer_id: Mapped[Ref | None]
    vehicle_id: Mapped[Ref | None]
    visit_id: Mapped[Ref | None]
    occurred_at: Mapped[datetime]


class PartStock(Base):
    """What was on hand of a part at a moment, and until when it is on back-order."""

    __tablename__ = f"{PREFIX}part_stock"
    __captured__ = True
    __table_args__ = (Index("ix_servicelost_part_stock_part", "dealership_id", "part_number", "occurred_at"),)

    dealership_id: Mapped[Ref]
    part_number: Mapped[Code]
    on_hand_milli: Mapped[int]
    back_order_until: Mapped[date | None]
    occurred_at: Mapped[datetime]


class CapacityDay(Base):
    """Workshop hours of one skill on one day, available and booked, times 100."""

    __tablename__ = f"{PREFIX}capacity_day"
    __captured__ = True
    __table_args__ = (UniqueConstraint("dealership_id", "day", "skill"),)

    version: Mapped[Version]
    dealership_id: Mapped[Ref]
    day: Mapped[date]
    skill: Mapped[Code]
    available_centihours: Mapped[int]
    booked_centihours: Mapped[int]
    occurred_at: Mapped[datetime]


class CompetitorOffer(Base):
    """A competitor's price for a service, as a customer or a person told it."""

    __tablename__ = f"{PREFIX}competitor_offer"
    __table_args__ = (
        Index("ix_servicelost_competitor_offer_line", "line_id"),
        Index("ix_servicelost_competitor_offer_service", "dealership_id", "category_id", "occurred_at"),
    )

    dealership_id: Mapped[Ref]
    competitor_id: Mapped[Ref]
    category_id: Mapped[Ref | None]
    visit_id: Mapped[Ref | None]
    line_id: Mapped[Ref | None]
    price_minor: Mapped[Minor]
    note: Mapped[Name | None]
    occurred_at: Mapped[datetime]


CALL_BY_SOURCE = Lookup(Call, "dealership_id", "source", "source_id")
CALLS_OF_PHONE = Lookup(Call, "dealership_id", "phone_key", many=True)
PART_REQUEST_BY_SOURCE = Lookup(PartRequest, "dealership_id", "source", "source_id")
STOCK_OF_PART = Lookup(PartStock, "dealership_id", "part_number", many=True)
CAPACITY_BY_DAY = Lookup(CapacityDay, "dealership_id", "day", "skill")
