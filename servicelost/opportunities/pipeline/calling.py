"""A person has called about a need that waits: a missed call, or work whose day has come.

The call is a contact like any other; beside it the need remembers it, so that a list can say how often and
when. What being spoken to means for a missed call is said in `signal_listeners`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, String, cast, exists, literal

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.followup.contacts import ContactKind, log_contact, take_back_contact
from servicelost.opportunities.followup.models import CONTACT_BY_SOURCE, Contact
from servicelost.opportunities.ledger.models import ENTRIES_OF_OPPORTUNITY, EntryKind
from servicelost.opportunities.pipeline.decisions import record_decision
from servicelost.opportunities.pipeline.models import DECISIONS_OF_OPPORTUNITY, Decision, Opportunity
from servicelost.opportunities.pipeline.settling import Refusal, refuse
from servicelost.opportunities.pipeline.states import DecisionKind, Effect, OpportunityState
from servicelost.opportunities.pipeline.valuation import value_of
from servicelost.taxonomy.channels import ContactChannel
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.appointment_undo import UNDO_FOR
from servicelost.workflow.reason import Reason

BY_HAND = "page"
_OUT = "OUT"
_CALL = "call:"
_WAITING = (OpportunityState.DEFERRED, OpportunityState.LOST)


class CallOutcome(StrEnum):
    """What came of a call; all but the first mean that the customer was spoken to."""

    NOT_REACHED = "NOT_REACHED"
    REACHED = "REACHED"
    BOOKS = "BOOKS"
    NOT_INTERESTED = "NOT_INTERESTED"


# What can be taken back: the customer's no has become a loss, which is put right where losses are.
_UNDOABLE = (CallOutcome.NOT_REACHED, CallOutcome.REACHED, CallOutcome.BOOKS)
SPOKEN = (CallOutcome.REACHED, CallOutcome.BOOKS, CallOutcome.NOT_INTERESTED)


@dataclass(frozen=True)
class Calls:
    """The calls that a need has seen: how many, and when and how the last of them ended."""

    times: int
    last_at: datetime
    outcome: CallOutcome


def record_call(book: Book, need: Opportunity, outcome: CallOutcome) -> Decision:
    """Keep that the customer was called about this need; raises RuleViolation where nothing waits."""
    if need.state not in _WAITING or need.live is None:
        message = "nobody has to be called about this any more: it was answered or decided meanwhile"
        raise RuleViolation("NOT_WAITING", message)
    call = record_decision(
        book, need, DecisionKind.CALLED, Effect.NONE, book.now, visit_id=need.visit_id, note=outcome
    )
    log_contact(
        book,
        ContactKind.ATTEMPT if outcome is CallOutcome.NOT_REACHED else ContactKind.TWO_WAY,
        dealership_id=need.dealership_id, source=BY_HAND, source_id=_id_of(call),
        channel=ContactChannel.PHONE, direction=_OUT, at=book.now, customer_id=need.customer_id,
        vehicle_id=need.vehicle_id, visit_id=need.visit_id, opportunity_id=need.id,
        employee_id=book.actor.employee_id, outcome=outcome,
    )  # fmt: skip
    return call


def lose_call(book: Book, need: Opportunity, reason: Reason) -> Effect:
    """Who had called in vain was spoken to and does not want it: lost as a lead that did not book."""
    losses = [row for row in book.many(ENTRIES_OF_OPPORTUNITY, need.id) if row.kind == EntryKind.LOSS]
    loss = max(losses, key=lambda row: row.id)
    refusal = Refusal(
        DecisionKind.DECLINED, LossEvent.LEAD_REJECTED, Stage.LEAD, reason, value_of(loss), book.now,
        document=loss.document,
    )  # fmt: skip
    return refuse(book, need, refusal)


def calls_in(decisions: Iterable[Decision]) -> Calls | None:
    """The calls that stand among the decisions about one need; None where nobody has called."""
    calls = _standing(decisions)
    if not calls:
        return None
    return Calls(len(calls), calls[-1].occurred_at, CallOutcome(calls[-1].note or ""))


def spoken_to_since(moment: datetime | None) -> ColumnElement[bool]:
    """The condition, in a query of opportunities, that a call about it has reached the customer."""
    undoing = Decision.__table__.alias().c
    undone = exists().where(
        undoing.opportunity_id == Decision.opportunity_id,
        undoing.kind == DecisionKind.TAKEN_BACK,
        undoing.note == literal(_CALL) + cast(Decision.id, String),
    )
    reached = exists().where(
        Decision.opportunity_id == Opportunity.id, Decision.kind == DecisionKind.CALLED,
        Decision.note.in_(SPOKEN), ~undone,
    )  # fmt: skip
    return reached if moment is None else reached.where(Decision.occurred_at >= moment)


def undoable_call(book: Book, need_id: int) -> Decision | None:
    """The last call, if the book's actor has recorded it within a minute and nothing was decided since."""
    calls = _standing(book.many(DECISIONS_OF_OPPORTUNITY, need_id))
    if not calls or calls[-1].note not in _UNDOABLE:
        return None
    last = calls[-1]
    fresh = last.actor == book.actor.name and book.now - last.recorded_at <= UNDO_FOR
    return last if fresh else None


def take_back_call(book: Book, need: Opportunity) -> None:
    """The last call was a wrong tap; raises RuleViolation NOT_UNDOABLE when it is too late."""
    call = undoable_call(book, need.id)
    contact = None if call is None else _contact_of(book, call)
    if call is None or contact is None:
        message = "this can not be taken back any more: a minute has passed, or more has happened since"
        raise RuleViolation("NOT_UNDOABLE", message)
    record_decision(book, need, DecisionKind.TAKEN_BACK, Effect.NONE, book.now, note=_id_of(call))
    take_back_contact(book, contact)


def takes_back_call(decision: Decision) -> bool:
    """Whether the decision undoes a call; its note names that call."""
    return decision.kind == DecisionKind.TAKEN_BACK and (decision.note or "").startswith(_CALL)


def _standing(decisions: Iterable[Decision]) -> list[Decision]:
    known = sorted(decisions, key=lambda row: row.id)
    undone = {row.note for row in known if takes_back_call(row)}
    return [row for row in known if row.kind == DecisionKind.CALLED and _id_of(row) not in undone]


def _contact_of(book: Book, call: Decision) -> Contact | None:
    return book.one(CONTACT_BY_SOURCE, call.dealership_id, BY_HAND, _id_of(call))


def _id_of(call: Decision) -> str:
    return f"{_CALL}{call.id}"
