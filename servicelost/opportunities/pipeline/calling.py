"""A person has called about a need that waits: a missed call, or work whose day has come.

The call is a contact like any other; beside it the need remembers it, so that a list can say how often and
when. What being spoken to means for a missed call is said in `signal_listeners`, how a wrong tap is taken
back in `call_undoing`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, String, cast, exists, literal

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.followup.contacts import ContactKind, log_contact
from servicelost.opportunities.followup.models import TASKS_OF_OPPORTUNITY
from servicelost.opportunities.ledger.models import ENTRIES_OF_OPPORTUNITY, EntryKind
from servicelost.opportunities.pipeline.decisions import record_decision
from servicelost.opportunities.pipeline.leaving import still_asks
from servicelost.opportunities.pipeline.models import Decision, Opportunity
from servicelost.opportunities.pipeline.settling import Refusal, refuse
from servicelost.opportunities.pipeline.states import DecisionKind, Effect, OpportunityState
from servicelost.opportunities.pipeline.valuation import value_of
from servicelost.taxonomy.channels import ContactChannel
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.stages import Stage
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


SPOKEN = (CallOutcome.REACHED, CallOutcome.BOOKS, CallOutcome.NOT_INTERESTED)


@dataclass(frozen=True)
class Calls:
    """The calls that a need has seen: how many, and when and how the last of them ended."""

    times: int
    last_at: datetime
    outcome: CallOutcome


def record_call(book: Book, need: Opportunity, outcome: CallOutcome) -> Decision:
    """Keep that the customer was called about this need; raises RuleViolation where nothing waits."""
    if need.live is None or not (need.state in _WAITING or _is_asked_for(book, need)):
        message = "nobody has to be called about this any more: it was answered or decided meanwhile"
        raise RuleViolation("NOT_WAITING", message)
    call = record_decision(
        book, need, DecisionKind.CALLED, Effect.NONE, book.now, visit_id=need.visit_id, note=outcome
    )
    log_contact(
        book,
        ContactKind.ATTEMPT if outcome is CallOutcome.NOT_REACHED else ContactKind.TWO_WAY,
        dealership_id=need.dealership_id, source=BY_HAND, source_id=id_of_call(call),
        channel=ContactChannel.PHONE, direction=_OUT, at=book.now, customer_id=need.customer_id,
        vehicle_id=need.vehicle_id, visit_id=need.visit_id, opportunity_id=need.id,
        employee_id=book.actor.employee_id, outcome=outcome,
    )  # fmt: skip
    return call


def _is_asked_for(book: Book, need: Opportunity) -> bool:
    return any(still_asks(book, task) for task in book.many(TASKS_OF_OPPORTUNITY, need.id))


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
    calls = standing_calls(decisions)
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


def takes_back_call(decision: Decision) -> bool:
    """Whether the decision undoes a call; its note names that call."""
    return decision.kind == DecisionKind.TAKEN_BACK and (decision.note or "").startswith(_CALL)


def standing_calls(decisions: Iterable[Decision]) -> list[Decision]:
    """The calls that were not taken back, in the order of recording."""
    known = sorted(decisions, key=lambda row: row.id)
    undone = {row.note for row in known if takes_back_call(row)}
    return [row for row in known if row.kind == DecisionKind.CALLED and id_of_call(row) not in undone]


def id_of_call(call: Decision) -> str:
    """How its contact, and its taking back, name the call."""
    return f"{_CALL}{call.id}"
