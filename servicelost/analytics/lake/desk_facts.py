"""The facts of the lake that stand around the visits: parts asked for, their stock, the workshop's capacity.

Keys and codes only, as for all facts.
"""

from sqlalchemy import func, select

from servicelost.analytics.lake.fact import BUSINESS_DAY, Fact, columns_of
from servicelost.workflow.models.signals import CapacityDay, PartRequest, PartStock

_request, _stock = PartRequest.__table__, PartStock.__table__

PART_REQUESTS = Fact(
    "part_requests",
    PartRequest.__tablename__,
    "Every part asked for, with what became of it; its number in capitals, as people write it either way.",
    select(
        *columns_of(PartRequest, "id dealership_id visit_id customer_id vehicle_id state"),
        func.upper(_request.c.part_number).label("part_number"),
        *columns_of(
            PartRequest,
            "quantity_milli on_hand_milli unit_price_minor unit_cost_minor emergency channel occurred_at",
        ),
    ),
    ("quantity_milli", "unit_price_minor", "unit_cost_minor"),
    days={BUSINESS_DAY: "occurred_at"},
)

PART_STOCK = Fact(
    "part_stock",
    PartStock.__tablename__,
    "What was in stock of a part at a moment, every word about it a row.",
    select(
        *columns_of(PartStock, "id dealership_id"),
        func.upper(_stock.c.part_number).label("part_number"),
        *columns_of(PartStock, "on_hand_milli back_order_until occurred_at"),
    ),
    ("on_hand_milli",),
    days={BUSINESS_DAY: "occurred_at"},
    append_only=True,
)

CAPACITY = Fact(
    "capacity",
    CapacityDay.__tablename__,
    "The workshop's hours of one skill on one day, available and booked, times 100; its day is that day.",
    select(
        *columns_of(CapacityDay, "id dealership_id"),
        CapacityDay.__table__.c.day.label(BUSINESS_DAY),
        func.upper(CapacityDay.__table__.c.skill).label("skill"),
        *columns_of(CapacityDay, "available_centihours booked_centihours occurred_at"),
    ),
    ("available_centihours", "booked_centihours"),
)
