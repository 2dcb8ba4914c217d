"""What calls and part requests mean: an opportunity of its own, lost when nobody served it.

A missed call is no loss when the same number, or its customer, is spoken to within the window.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import MISSED_CALL_WINDOW
from servicelost.directory.models import ServiceCategory
from servicelost.kernel.book import Book
from servicelost.opportunities.followup.contacts import ContactKind, standing_contacts
from servicelost.opportunities.followup.facts import ContactMade, ContactTakenBack
from servicelost.opportunities.followup.models import CONTACTS_OF_CUSTOMER, Contact
from servicelost.opportunities.ledger.models import ENTRIES_OF_OPPORTUNITY
from servicelost.opportunities.ledger.subject import Value
from servicelost.opportunities.pipeline.models import (
    OPPORTUNITIES_OF_CALL,
    OPPORTUNITIES_OF_CUSTOMER,
    Opportunity,
)
from servicelost.opportunities.pipeline.needs import need_of_call
from servicelost.opportunities.pipeline.opening import open_opportunity
from servicelost.opportunities.pipeline.settling import Refusal, refuse, take_back
from servicelost.opportunities.pipeline.states import DecisionKind
from servicelost.opportunities.pipeline.undoing import lose_again
from servicelost.opportunities.pipeline.valuation import missed_call
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.grades import Grade
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.sources import OpportunitySource
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.facts import CallMissed, CallReceived, PartNotSupplied
from servicelost.workflow.models.signals import CALLS_OF_PHONE, Call, PartRequest
from servicelost.workflow.reason import UNSTATED

_STATUS_CALL = "STATUS"
_WORKSHOP = "WORKSHOP"


def on_call_missed(book: Book, fact: CallMissed) -> None:
    """A missed call is lost at once, unless it only asked how far the car is or was answered in time."""
    call = fact.call
    if call.purpose == _STATUS_CALL:
        return
    category = book.find(ServiceCategory, call.category_id) if call.category_id else None
    opportunity = open_opportunity(
        book, call.dealership_id, need_of_call(call.phone_key, call.customer_id, category, f"call:{call.id}"),
        OpportunitySource.CALL, fact.at, call_id=call.id, customer_id=call.customer_id,
        category_id=call.category_id,
    )  # fmt: skip
    refusal = Refusal(
        DecisionKind.UNANSWERED,
        LossEvent.CALL_MISSED,
        Stage.LEAD,
        UNSTATED,
        missed_call(book, call.dealership_id),
        fact.at,
        document=f"call {call.source}: {call.source_id}"[:200],
        evidence=None if call.waited_seconds is None else {"waited_seconds": call.waited_seconds},
    )
    refuse(book, opportunity, refusal)
    answered = _answered_after(book, call)
    if answered is not None:
        take_back(book, opportunity, Cause.SUPERSEDED, answered, DecisionKind.ANSWERED)


def on_call_received(book: Book, fact: CallReceived) -> None:
    """Spoken to: calls of this number missed shortly before are no loss."""
    for opportunity in _missed_of_number(book, fact.call):
        _answer(book, opportunity, fact.at)


def on_contact_made(book: Book, fact: ContactMade) -> None:
    """A two-way contact with the customer, or with who called, answers the calls missed shortly before."""
    for opportunity in _missed_before(book, fact.contact):
        _answer(book, opportunity, fact.at)


def on_contact_taken_back(book: Book, fact: ContactTakenBack) -> None:
    """Nobody was spoken to after all: the calls that this contact answered are lost as they were."""
    for opportunity in _missed_before(book, fact.contact):
        if _last_was_answered_at(book, opportunity, fact.contact.occurred_at):
            lose_again(book, opportunity)


def on_part_not_supplied(book: Book, fact: PartNotSupplied) -> None:
    """A part asked for and not sold is lost at price times quantity."""
    request = fact.request
    opportunity = open_opportunity(
        book, request.dealership_id, f"part:{request.id}", OpportunitySource.PARTS_COUNTER, fact.at,
        since=request, part_request_id=request.id, customer_id=request.customer_id,
        vehicle_id=request.vehicle_id, visit_id=request.visit_id,
    )  # fmt: skip
    stage = Stage.WORK if request.channel == _WORKSHOP else Stage.LEAD
    refusal = Refusal(
        DecisionKind.NOT_SUPPLIED, LossEvent.PART_NOT_SUPPLIED, stage, fact.reason,
        _value_of_parts(request), fact.at, visit_id=request.visit_id,
        document=f"part {request.source}: {request.source_id}"[:200],
        evidence={"part_number": request.part_number, "quantity_milli": request.quantity_milli,
                  "on_hand_milli": request.on_hand_milli},
        stock_covered=request.on_hand_milli is not None and request.on_hand_milli >= request.quantity_milli,
    )  # fmt: skip
    refuse(book, opportunity, refusal)


def _missed_of_number(book: Book, call: Call) -> Iterator[Opportunity]:
    """What was asked for by the missed calls of the same number."""
    if call.phone_key is None:
        return
    for other in book.many(CALLS_OF_PHONE, call.dealership_id, call.phone_key):
        if other.missed:
            yield from book.many(OPPORTUNITIES_OF_CALL, other.id)


def _missed_before(book: Book, contact: Contact) -> Iterable[Opportunity]:
    """What the customer of the contact, or who was called back, had asked for by a call."""
    found = {}
    if contact.customer_id is not None:
        rows = book.many(OPPORTUNITIES_OF_CUSTOMER, contact.customer_id)
        found = {row.id: row for row in rows if row.call_id is not None}
    about = None if contact.opportunity_id is None else book.get(Opportunity, contact.opportunity_id)
    if about is not None and about.call_id is not None:
        found[about.id] = about
        found |= {row.id: row for row in _missed_of_number(book, book.get(Call, about.call_id))}
    return found.values()


def _last_was_answered_at(book: Book, opportunity: Opportunity, at: datetime) -> bool:
    entries = book.many(ENTRIES_OF_OPPORTUNITY, opportunity.id)
    last = entries[-1] if entries else None
    return last is not None and last.event == LossEvent.CALL_MISSED and last.decided_at == at


def _answer(book: Book, opportunity: Opportunity, at: datetime) -> None:
    if opportunity.lost_event != LossEvent.CALL_MISSED or opportunity.first_lost_at is None:
        return
    if timedelta(0) <= at - opportunity.first_lost_at <= _window(book, opportunity.dealership_id):
        take_back(book, opportunity, Cause.SUPERSEDED, at, DecisionKind.ANSWERED)


def _answered_after(book: Book, call: Call) -> datetime | None:
    """When the number was answered within the window, or its customer called back, if it is known already."""
    latest = call.occurred_at + _window(book, call.dealership_id)
    return min((at for at in _talks(book, call) if call.occurred_at <= at <= latest), default=None)


def _talks(book: Book, call: Call) -> Iterator[datetime]:
    """When this number or its customer was ever spoken to."""
    if call.phone_key is not None:
        for other in book.many(CALLS_OF_PHONE, call.dealership_id, call.phone_key):
            if not other.missed:
                yield other.occurred_at
    if call.customer_id is not None:
        for contact in standing_contacts(book.many(CONTACTS_OF_CUSTOMER, call.customer_id)):
            if contact.kind == ContactKind.TWO_WAY:
                yield contact.occurred_at


def _window(book: Book, dealership_id: int) -> timedelta:
    return timedelta(minutes=read_setting(book, dealership_id, MISSED_CALL_WINDOW))


def _value_of_parts(request: PartRequest) -> Value:
    if request.unit_price_minor is None:
        return Value(0, Grade.D)
    total = round(Decimal(request.unit_price_minor * request.quantity_milli) / 1000)
    return Value(total, Grade.B, parts_minor=total)
