"""The tables of invoices and of the facts around visits."""

import sqlalchemy as sa

from servicelost.migrations.initial.metadata import METADATA

sa.Table(
    "servicelost_call",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("source", sa.String(60), nullable=False),
    sa.Column("source_id", sa.String(200), nullable=False),
    sa.Column("phone_key", sa.String(40)),
    sa.Column("customer_id", sa.BigInteger),
    sa.Column("purpose", sa.String(40)),
    sa.Column("category_id", sa.BigInteger),
    sa.Column("agent_id", sa.BigInteger),
    sa.Column("missed", sa.Boolean, nullable=False),
    sa.Column("waited_seconds", sa.Integer),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_call"),
    sa.UniqueConstraint(
        "dealership_id", "source", "source_id", name="uq_servicelost_call_dealership_id_source_source_id"
    ),
    sa.Index("ix_servicelost_call_phone", "dealership_id", "phone_key", "occurred_at"),
)

sa.Table(
    "servicelost_capacity_day",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("skill", sa.String(40), nullable=False),
    sa.Column("available_centihours", sa.Integer, nullable=False),
    sa.Column("booked_centihours", sa.Integer, nullable=False),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_capacity_day"),
    sa.UniqueConstraint(
        "dealership_id", "day", "skill", name="uq_servicelost_capacity_day_dealership_id_day_skill"
    ),
)

sa.Table(
    "servicelost_competitor_offer",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("competitor_id", sa.BigInteger, nullable=False),
    sa.Column("category_id", sa.BigInteger),
    sa.Column("visit_id", sa.BigInteger),
    sa.Column("line_id", sa.BigInteger),
    sa.Column("price_minor", sa.BigInteger, nullable=False),
    sa.Column("note", sa.String(200)),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_competitor_offer"),
)

sa.Table(
    "servicelost_invoice",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("visit_id", sa.BigInteger, nullable=False),
    sa.Column("source", sa.String(60), nullable=False),
    sa.Column("source_id", sa.String(200), nullable=False),
    sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("total_minor", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_invoice"),
    sa.UniqueConstraint(
        "dealership_id", "source", "source_id", name="uq_servicelost_invoice_dealership_id_source_source_id"
    ),
)

sa.Table(
    "servicelost_invoice_line",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("invoice_id", sa.BigInteger, nullable=False),
    sa.Column("visit_id", sa.BigInteger, nullable=False),
    sa.Column("line_id", sa.BigInteger),
    sa.Column("customer_id", sa.BigInteger),
    sa.Column("vehicle_id", sa.BigInteger),
    sa.Column("advisor_id", sa.BigInteger),
    sa.Column("category_id", sa.BigInteger),
    sa.Column("pay_type", sa.String(40)),
    sa.Column("business_day", sa.Date, nullable=False),
    sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("labour_minor", sa.BigInteger),
    sa.Column("parts_minor", sa.BigInteger),
    sa.Column("cost_minor", sa.BigInteger),
    sa.Column("discount_minor", sa.BigInteger),
    sa.Column("centihours", sa.Integer),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_invoice_line"),
    sa.Index("ix_servicelost_invoice_line_day", "dealership_id", "business_day"),
)

sa.Table(
    "servicelost_part_request",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("source", sa.String(60), nullable=False),
    sa.Column("source_id", sa.String(200), nullable=False),
    sa.Column("state", sa.String(40), nullable=False),
    sa.Column("part_number", sa.String(40), nullable=False),
    sa.Column("quantity_milli", sa.Integer, nullable=False),
    sa.Column("on_hand_milli", sa.Integer),
    sa.Column("unit_price_minor", sa.BigInteger),
    sa.Column("unit_cost_minor", sa.BigInteger),
    sa.Column("emergency", sa.Boolean, nullable=False),
    sa.Column("channel", sa.String(40)),
    sa.Column("customer_id", sa.BigInteger),
    sa.Column("vehicle_id", sa.BigInteger),
    sa.Column("visit_id", sa.BigInteger),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_part_request"),
    sa.UniqueConstraint(
        "dealership_id",
        "source",
        "source_id",
        name="uq_servicelost_part_request_dealership_id_source_source_id",
    ),
)

sa.Table(
    "servicelost_part_stock",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("part_number", sa.String(40), nullable=False),
    sa.Column("on_hand_milli", sa.Integer, nullable=False),
    sa.Column("back_order_until", sa.Date),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_part_stock"),
    sa.Index("ix_servicelost_part_stock_part", "dealership_id", "part_number", "occurred_at"),
)
