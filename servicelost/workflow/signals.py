"""Facts around the visits as they come in: calls, parts asked for, stock, capacity, competitors' offers.

They are evidence; what they mean for a loss or for demand is decided elsewhere.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NotRequired, TypedDict, Unpack

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, FieldProblem, InvalidInput
from servicelost.workflow.blanks import fill_blanks
from servicelost.workflow.facts import CallMissed, CallReceived, PartNotSupplied
from servicelost.workflow.models.signals import (
    CALL_BY_SOURCE,
    CAPACITY_BY_DAY,
    PART_REQUEST_BY_SOURCE,
    Call,
    CapacityDay,
    CompetitorOffer,
    PartRequest,
    PartStock,
)
from servicelost.workflow.prices import check_not_negative
from servicelost.workflow.reason import UNSTATED, Reason
from servicelost.workflow.states import PartRequestAction, PartRequestState
from servicelost.workflow.transitions import shift_part_request


class CallTold(TypedDict):
    """What a source states of a call; `phone_key` is the normalised number."""

    dealership_id: int
    source: str
    source_id: str
    phone_key: NotRequired[str | None]
    customer_id: NotRequired[int | None]
    purpose: NotRequired[str | None]
    category_id: NotRequired[int | None]


@dataclass(frozen=True, kw_only=True)
class PartAsk:
    """A part asked for as a source states it.

    Quantities in thousandths of the unit; prices for one whole unit, net, in minor units.
    """

    dealership_id: int
    source: str
    source_id: str
    part_number: str
    quantity_milli: int
    on_hand_milli: int | None = None
    unit_price_minor: int | None = None
    unit_cost_minor: int | None = None
    emergency: bool = False
    channel: str | None = None
    customer_id: int | None = None
    vehicle_id: int | None = None
    visit_id: int | None = None

    def blanks(self) -> dict[str, int | str | None]:
        """What a later word about the same request may fill in."""
        return {
            "on_hand_milli": self.on_hand_milli,
            "unit_price_minor": self.unit_price_minor,
            "unit_cost_minor": self.unit_cost_minor,
            "channel": self.channel,
            "customer_id": self.customer_id,
            "vehicle_id": self.vehicle_id,
            "visit_id": self.visit_id,
        }


def record_call_received(
    book: Book, *, at: datetime, agent_id: int | None = None, **told: Unpack[CallTold]
) -> Call:
    """A call was answered; the same call again changes nothing. Raises Conflict if it was missed before."""
    known = _known_call(book, told, missed=False)
    if known is not None:
        return known
    call = book.add(Call(missed=False, agent_id=agent_id, occurred_at=at, **told))
    book.publish(CallReceived(call, at))
    return call


def record_call_missed(
    book: Book, *, at: datetime, waited_seconds: int | None = None, **told: Unpack[CallTold]
) -> Call:
    """Nobody answered; the same call again changes nothing. Raises Conflict if it was answered before."""
    check_not_negative("waited_seconds", waited_seconds)
    known = _known_call(book, told, missed=True)
    if known is not None:
        return known
    call = book.add(Call(missed=True, waited_seconds=waited_seconds, occurred_at=at, **told))
    book.publish(CallMissed(call, at))
    return call


def request_part(book: Book, ask: PartAsk, *, at: datetime) -> PartRequest:
    """Somebody asked for a part; said again, or after its outcome, it only fills blanks."""
    return _request(book, ask, at)


def sell_part(book: Book, ask: PartAsk, *, at: datetime) -> PartRequest:
    """The part asked for was sold; once is enough."""
    request = _request(book, ask, at)
    if request.state != PartRequestState.SOLD:
        shift_part_request(request, PartRequestAction.SELL)
    return request


def not_supply_part(book: Book, ask: PartAsk, *, at: datetime, reason: Reason = UNSTATED) -> PartRequest:
    """The part asked for was not sold; once is enough."""
    request = _request(book, ask, at)
    if request.state != PartRequestState.NOT_SUPPLIED:
        shift_part_request(request, PartRequestAction.NOT_SUPPLY)
        book.publish(PartNotSupplied(request, at, reason))
    return request


def record_stock(
    book: Book,
    *,
    dealership_id: int,
    at: datetime,
    part_number: str,
    on_hand_milli: int,
    back_order_until: date | None = None,
) -> PartStock:
    """What was on hand of a part at that moment, in thousandths of the unit; every word is kept."""
    check_not_negative("on_hand", on_hand_milli)
    return book.add(
        PartStock(
            dealership_id=dealership_id,
            part_number=part_number,
            on_hand_milli=on_hand_milli,
            back_order_until=back_order_until,
            occurred_at=at,
        )
    )


def record_capacity(
    book: Book,
    *,
    dealership_id: int,
    at: datetime,
    day: date,
    skill: str,
    available_centihours: int,
    booked_centihours: int,
) -> CapacityDay:
    """State or restate a day's workshop hours of a skill; an older word never replaces a newer one."""
    check_not_negative("hours_available", available_centihours)
    check_not_negative("hours_booked", booked_centihours)
    known = book.one(CAPACITY_BY_DAY, dealership_id, day, skill)
    if known is None:
        return book.add(
            CapacityDay(
                dealership_id=dealership_id,
                day=day,
                skill=skill,
                available_centihours=available_centihours,
                booked_centihours=booked_centihours,
                occurred_at=at,
            )
        )
    if at >= known.occurred_at:
        known.available_centihours, known.booked_centihours = available_centihours, booked_centihours
        known.occurred_at = at
    return known


def record_offer(
    book: Book,
    *,
    dealership_id: int,
    at: datetime,
    competitor_id: int,
    price_minor: int,
    category_id: int | None = None,
    visit_id: int | None = None,
    line_id: int | None = None,
    note: str | None = None,
) -> CompetitorOffer:
    """A competitor's price for a service, as somebody told it."""
    check_not_negative("price", price_minor)
    return book.add(
        CompetitorOffer(
            dealership_id=dealership_id,
            competitor_id=competitor_id,
            category_id=category_id,
            visit_id=visit_id,
            line_id=line_id,
            price_minor=price_minor,
            note=note,
            occurred_at=at,
        )
    )


def _known_call(book: Book, told: CallTold, *, missed: bool) -> Call | None:
    known = book.one(CALL_BY_SOURCE, told["dealership_id"], told["source"], told["source_id"])
    if known is not None and known.missed != missed:
        was, now = ("missed", "answered") if known.missed else ("answered", "missed")
        message = f"call {told['source_id']} is known as {was}: it cannot be {now} as well"
        raise Conflict("CALL_EXISTS", message)
    return known


def _request(book: Book, ask: PartAsk, at: datetime) -> PartRequest:
    """The request, made if it is new, with its blanks filled."""
    _check_ask(ask)
    known = book.one(PART_REQUEST_BY_SOURCE, ask.dealership_id, ask.source, ask.source_id)
    if known is None:
        return book.add(
            PartRequest(
                dealership_id=ask.dealership_id,
                source=ask.source,
                source_id=ask.source_id,
                state=PartRequestState.REQUESTED.value,
                part_number=ask.part_number,
                quantity_milli=ask.quantity_milli,
                emergency=ask.emergency,
                occurred_at=at,
                **ask.blanks(),
            )
        )
    _check_same_ask(known, ask)
    fill_blanks(known, **ask.blanks())
    known.emergency = known.emergency or ask.emergency
    return known


def _check_same_ask(known: PartRequest, ask: PartAsk) -> None:
    if (known.part_number, known.quantity_milli) != (ask.part_number, ask.quantity_milli):
        raise Conflict(
            "PART_REQUEST_EXISTS",
            f"request {ask.source_id} is known for {known.quantity_milli / 1000:g} × {known.part_number}, "
            f"not for {ask.quantity_milli / 1000:g} × {ask.part_number}",
        )


def _check_ask(ask: PartAsk) -> None:
    if ask.quantity_milli <= 0:
        message = "the quantity of a part asked for must be more than 0"
        value = f"{ask.quantity_milli / 1000:g}"
        raise InvalidInput(
            "QUANTITY_INVALID", message, errors=[FieldProblem("quantity", message, value, "more than 0")]
        )
    check_not_negative("unit_price", ask.unit_price_minor)
    check_not_negative("unit_cost", ask.unit_cost_minor)
