"""Events of the desk and the telephone: parts, capacity, calls, leads, competitors' offers."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from servicelost.directory.competitors import ensure_competitor
from servicelost.directory.phones import phone_e164
from servicelost.intake.apply.references import Incoming, centihours
from servicelost.kernel.actor import Role
from servicelost.opportunities.pipeline.leads import open_lead
from servicelost.workflow import signals


def part_availability(event: Incoming) -> None:
    """What is in stock of a part."""
    signals.record_stock(
        event.book,
        dealership_id=event.dealership.id,
        part_number=event.data["part_number"],
        on_hand_milli=_milli(event.data["on_hand"]) or 0,
        back_order_until=event.day("back_order_until"),
        at=event.at,
    )


def part_requested(event: Incoming) -> None:
    """A part was asked for."""
    signals.request_part(event.book, _ask(event), at=event.at)


def part_sold(event: Incoming) -> None:
    """A part was sold."""
    signals.sell_part(event.book, _ask(event), at=event.at)


def part_not_supplied(event: Incoming) -> None:
    """A part was asked for and not sold."""
    signals.not_supply_part(event.book, _ask(event), at=event.at, reason=event.reason())


def capacity_day(event: Incoming) -> None:
    """Hours of a skill on a day."""
    signals.record_capacity(
        event.book, dealership_id=event.dealership.id, day=event.data["date"], skill=event.data["skill"],
        available_centihours=centihours(event.data["hours_available"]) or 0,
        booked_centihours=centihours(event.data["hours_booked"]) or 0, at=event.at,
    )  # fmt: skip


def call_received(event: Incoming) -> None:
    """A call was answered."""
    signals.record_call_received(event.book, **_call(event), agent_id=event.employee("agent", Role.BDC_AGENT))


def call_missed(event: Incoming) -> None:
    """A call was missed."""
    signals.record_call_missed(event.book, **_call(event), waited_seconds=event.data.get("waited_seconds"))


def lead_received(event: Incoming) -> None:
    """Somebody showed interest from outside."""
    customer = event.customer()
    vehicle = event.vehicle(customer)
    open_lead(
        event.book,
        dealership_id=event.dealership.id,
        source=event.event.source,
        source_id=event.data["lead_id"],
        at=event.at,
        customer_id=customer.id if customer else None,
        vehicle_id=vehicle.id if vehicle else None,
        service=event.service(),
        expected_minor=event.minor("expected_amount"),
    )


def competitor_offer(event: Incoming) -> None:
    """A competitor's price became known."""
    data, service = event.data, event.service()
    visit = event.visit() if data.get("visit_id") else None
    line = event.line() if data.get("line_id") else None
    signals.record_offer(
        event.book, dealership_id=event.dealership.id,
        competitor_id=ensure_competitor(event.book, event.dealership, data["competitor"]).id,
        price_minor=event.minor("price") or 0, category_id=service.id if service else None,
        visit_id=visit.id if visit else None, line_id=line.id if line else None, at=event.at,
    )  # fmt: skip


def _ask(event: Incoming) -> signals.PartAsk:
    data, customer = event.data, event.customer()
    vehicle = event.vehicle(customer)
    visit = event.visit() if data.get("visit_id") else None
    return signals.PartAsk(
        dealership_id=event.dealership.id, source=event.event.source, source_id=data["request_id"],
        part_number=data["part_number"], quantity_milli=_milli(data["quantity"]) or 0,
        on_hand_milli=_milli(data.get("on_hand")), unit_price_minor=event.minor("unit_price"),
        unit_cost_minor=event.minor("unit_cost"), emergency=bool(data.get("emergency")),
        channel=data.get("channel"), visit_id=visit.id if visit else None,
        customer_id=customer.id if customer else (visit.customer_id if visit else None),
        vehicle_id=vehicle.id if vehicle else (visit.vehicle_id if visit else None),
    )  # fmt: skip


def _call(event: Incoming) -> dict[str, Any]:
    data, customer, service = event.data, event.customer(), event.service()
    phone = data.get("phone")
    number = phone_e164(phone, event.dealership.country) if phone else None
    return {
        "dealership_id": event.dealership.id, "source": event.event.source, "source_id": data["call_id"],
        "at": event.at, "phone_key": number or (customer.phone_e164 if customer else None),
        "customer_id": customer.id if customer else None, "purpose": data.get("purpose"),
        "category_id": service.id if service else None,
    }  # fmt: skip


def _milli(quantity: Decimal | None) -> int | None:
    return None if quantity is None else int((quantity * 1000).to_integral_value())


DESK_HANDLERS: Mapping[str, Callable[[Incoming], object]] = {
    "part.availability": part_availability,
    "part.requested": part_requested,
    "part.sold": part_sold,
    "part.not_supplied": part_not_supplied,
    "capacity.day": capacity_day,
    "call.received": call_received,
    "call.missed": call_missed,
    "lead.received": lead_received,
    "competitor.offer": competitor_offer,
}
