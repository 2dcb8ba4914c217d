"""Invoices: the money that came in, line by line; append-only."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint

from servicelost.kernel.columns import Mapped
from servicelost.kernel.db import PREFIX, Base, Code, Minor, Ref, SourceId, SourceName
from servicelost.kernel.lookup import Lookup


class Invoice(Base):
    """A posted invoice of a visit, net of tax."""

    __tablename__ = f"{PREFIX}invoice"
    __table_args__ = (UniqueConstraint("dealership_id", "source", "source_id"),)

    dealership_id: Mapped[Ref]
    visit_id: Mapped[Ref]
    source: Mapped[SourceName]
    source_id: Mapped[SourceId]
    posted_at: Mapped[datetime]
    total_minor: Mapped[Minor]


class InvoiceLine(Base):
    """Realised revenue; `line_id` is empty for what an invoice total holds beyond its lines."""

    __tablename__ = f"{PREFIX}invoice_line"
    __captured__ = True
    __table_args__ = (Index("ix_servicelost_invoice_line_day", "dealership_id", "business_day"),)

    dealership_id: Mapped[Ref]
    invoice_id: Mapped[Ref]
    visit_id: Mapped[Ref]
    line_id: Mapped[Ref | None]
    customer_id: Mapped[Ref | None]
    vehicle_id: Mapped[Ref | None]
    advisor_id: Mapped[Ref | None]
    category_id: Mapped[Ref | None]
    pay_type: Mapped[Code | None]
    business_day: Mapped[date]
    posted_at: Mapped[datetime]
    amount_minor: Mapped[Minor]
    labour_minor: Mapped[Minor | None]
    parts_minor: Mapped[Minor | None]
    cost_minor: Mapped[Minor | None]
    discount_minor: Mapped[Minor | None]
    centihours: Mapped[int | None]


INVOICE_BY_SOURCE = Lookup(Invoice, "dealership_id", "source", "source_id")
