"""What a decision does to an opportunity and to the ledger: refuse, win, take back, close.

Each function settles one opportunity and records one decision. Which decision a fact of the
workflow means is said by the listeners.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.entries import (
    Sale,
    correct_revenue,
    post_loss,
    post_recovery,
    post_reversal,
    reason_of,
    recovery_of,
)
from servicelost.opportunities.ledger.gate import check_loss, is_loss
from servicelost.opportunities.ledger.models import CauseBasis, LedgerEntry, RevenueBasis
from servicelost.opportunities.ledger.subject import Loss, Value
from servicelost.opportunities.pipeline.decisions import (
    assumed_revenue,
    lost_on_other_visits,
    record_decision,
    sold_on_visit,
)
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.states import (
    OPPORTUNITY_MACHINE,
    DecisionKind,
    Effect,
    OpportunityAction,
    OpportunityState,
)
from servicelost.opportunities.pipeline.valuation import subject_of, value_of
from servicelost.taxonomy.causes import NOT_A_LOSS, Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.matrix import is_legal_cause
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.reason import Reason


@dataclass(frozen=True)
class Refusal:
    """A decision against an opportunity, as far as the source tells it."""

    kind: DecisionKind
    event: LossEvent
    stage: Stage
    reason: Reason
    value: Value
    at: datetime
    visit_id: int | None = None
    line_id: int | None = None
    appointment_id: int | None = None
    origin_stage: Stage | None = None
    deferred_by: LossEvent | None = None
    document: str | None = None
    evidence: dict[str, Any] | None = None
    stock_covered: bool = False


def refuse(book: Book, opportunity: Opportunity, refusal: Refusal) -> Effect:
    """Post the loss the refusal means, if it means one; every rule is checked before anything changes."""
    check_loss(loss_of(opportunity, refusal, refusal.at))
    if opportunity.live is None:
        effect = Effect.MET if opportunity.state == OpportunityState.WON else Effect.NONE
    elif not is_loss(refusal.event, refusal.reason.cause):
        assert refusal.reason.cause is not None
        effect = _close(book, opportunity, refusal.reason.cause, refusal.at)
    elif sold_on_visit(book, opportunity, refusal.visit_id, refusal.line_id):
        effect = Effect.MET
    elif opportunity.state == OpportunityState.LOST:
        effect = _lose_again(book, opportunity, refusal)
    else:
        effect = _lose(book, opportunity, refusal)
    record_decision(
        book, opportunity, refusal.kind, effect, refusal.at, visit_id=refusal.visit_id,
        line_id=refusal.line_id, event=refusal.event, stage=refusal.stage, cause=refusal.reason.cause,
        note=refusal.reason.note, amount_minor=refusal.value.amount_minor,
    )  # fmt: skip
    return effect


def win(book: Book, opportunity: Opportunity, sale: Sale, kind: DecisionKind) -> Effect:
    """The work was sold: what was lost on earlier visits is recovered, what only on this one taken back."""
    effect = Effect.NONE
    if opportunity.live is not None or opportunity.state == OpportunityState.OPEN:
        effect = _settle_loss(book, opportunity, sale)
        move(opportunity, OpportunityAction.WIN)
        if effect is not Effect.RECOVERED:
            forget_deferral(opportunity)
        opportunity.live = None
        opportunity.won_at, opportunity.visit_id = sale.at, sale.visit_id or opportunity.visit_id
        opportunity.won_minor, opportunity.won_basis = sale.revenue_minor, sale.basis
    elif opportunity.state == OpportunityState.WON and opportunity.visit_id == sale.visit_id:
        _sell_more(book, opportunity, sale)
    record_decision(
        book, opportunity, kind, effect, sale.at, visit_id=sale.visit_id, line_id=sale.line_id,
        amount_minor=sale.revenue_minor,
    )  # fmt: skip
    return effect


def take_back(
    book: Book, opportunity: Opportunity, why: Cause, at: datetime, kind: DecisionKind, *,
    visit_id: int | None = None, line_id: int | None = None, note: str | None = None,
) -> Effect:  # fmt: skip
    """Reverse an open loss, in its own period; the opportunity is open again. Nothing to do: NONE."""
    effect = Effect.NONE
    if opportunity.state == OpportunityState.LOST and opportunity.live is not None:
        _reverse(book, opportunity, why, at, note)
        effect = Effect.REVERSED
    if opportunity.state == OpportunityState.DEFERRED or effect is Effect.REVERSED:
        move(opportunity, OpportunityAction.REOPEN)
        forget_deferral(opportunity)
    record_decision(book, opportunity, kind, effect, at, visit_id=visit_id, line_id=line_id, note=note)
    return effect


def close(
    book: Book, opportunity: Opportunity, why: Cause, at: datetime, kind: DecisionKind = DecisionKind.CLOSED,
    note: str | None = None,
) -> Effect:  # fmt: skip
    """End the opportunity for a reason that is no loss; an open loss is reversed."""
    if opportunity.live is None:
        return Effect.NONE
    effect = _close(book, opportunity, why, at, note)
    record_decision(book, opportunity, kind, effect, at, cause=why, note=note)
    return effect


def agree(book: Book, opportunity: Opportunity, at: datetime, visit_id: int, line_id: int) -> Effect:
    """The customer said yes: what was lost only on this visit was no loss; older losses wait for the sale."""
    if opportunity.state == OpportunityState.LOST and lost_on_other_visits(book, opportunity, visit_id):
        record_decision(
            book, opportunity, DecisionKind.AUTHORIZED, Effect.NONE, at, visit_id=visit_id, line_id=line_id
        )
        return Effect.NONE
    return take_back(
        book, opportunity, Cause.SUPERSEDED, at, DecisionKind.AUTHORIZED, visit_id=visit_id, line_id=line_id
    )


def unsell(opportunity: Opportunity, taken_minor: int, *, all_of_it: bool) -> None:
    """Take back so much of a sale that was only assumed; without any other the opportunity is open again."""
    if not all_of_it:
        opportunity.won_minor = (opportunity.won_minor or 0) - taken_minor
        return
    move(opportunity, OpportunityAction.UNSELL)
    opportunity.live = 1
    opportunity.won_at = opportunity.won_minor = opportunity.won_basis = None


def _lose(book: Book, opportunity: Opportunity, refusal: Refusal) -> Effect:
    entry = post_loss(book, loss_of(opportunity, refusal, refusal.at))
    move(opportunity, OpportunityAction.LOSE)
    opportunity.first_lost_at, opportunity.first_lost_stage = refusal.at, entry.origin_stage
    hold(opportunity, entry)
    return Effect.LOST


def _lose_again(book: Book, opportunity: Opportunity, refusal: Refusal) -> Effect:
    """A need lost already: a new amount, an earlier first decision or a cause now known restate the loss.

    All of it stays in the period of the first decision.
    """
    assert opportunity.loss_id is not None
    assert opportunity.first_lost_at is not None
    loss = book.get(LedgerEntry, opportunity.loss_id)
    newest = opportunity.last_decision_at is None or refusal.at >= opportunity.last_decision_at
    first = min(opportunity.first_lost_at, refusal.at)
    latest = refusal if newest else replace(refusal, value=value_of(loss))
    same = latest.value.amount_minor == loss.amount_minor and first == opportunity.first_lost_at
    if same and not _tells_why(latest, loss):
        return Effect.REPEATED
    earlier = loss_of(opportunity, with_known_cause(latest, reason_of(loss)), first)
    check_loss(earlier)
    post_reversal(book, loss, reason=Cause.SUPERSEDED, decided_at=refusal.at)
    origin = Stage(opportunity.first_lost_stage) if opportunity.first_lost_stage else None
    entry = post_loss(book, replace(earlier, origin_stage=origin or earlier.origin_stage))
    opportunity.first_lost_at = first
    hold(opportunity, entry)
    return Effect.RESTATED


def _tells_why(refusal: Refusal, loss: LedgerEntry) -> bool:
    """Whether the refusal states a cause nobody had stated, or corrects that of the very same line."""
    cause = refusal.reason.cause
    if cause is None or cause == loss.cause:
        return False
    return loss.cause_basis == CauseBasis.AUTOMATIC or refusal.line_id == loss.line_id


def with_known_cause(refusal: Refusal, known: Reason) -> Refusal:
    """An unstated reason does not wipe out a cause that somebody stated before."""
    reason = refusal.reason
    if reason.cause is not None or known.cause is None:
        return refusal
    if not is_legal_cause(refusal.event, known.cause, cancelled_by=reason.cancelled_by):
        return refusal
    return replace(refusal, reason=replace(reason, cause=known.cause, note=reason.note or known.note))


def _sell_more(book: Book, opportunity: Opportunity, sale: Sale) -> None:
    """Another line of the need, or the invoice of one that closing had taken at its authorised price."""
    assumed = (
        assumed_revenue(book, opportunity, sale.line_id) if sale.basis is RevenueBasis.INVOICED else None
    )
    opportunity.won_minor = (opportunity.won_minor or 0) + sale.revenue_minor - (assumed or 0)
    if assumed is None:
        return
    opportunity.won_basis = sale.basis
    recovery = recovery_of(book, opportunity.id)
    if recovery is not None and sale.revenue_minor != assumed:
        correct_revenue(book, recovery, replace(sale, revenue_minor=sale.revenue_minor - assumed))


def _settle_loss(book: Book, opportunity: Opportunity, sale: Sale) -> Effect:
    if opportunity.state != OpportunityState.LOST:
        return Effect.WON
    if not lost_on_other_visits(book, opportunity, sale.visit_id):
        _reverse(book, opportunity, Cause.SUPERSEDED, sale.at, None)
        return Effect.REVERSED
    assert opportunity.loss_id is not None
    post_recovery(book, book.get(LedgerEntry, opportunity.loss_id), sale)
    let_go(opportunity)
    return Effect.RECOVERED


def _close(book: Book, opportunity: Opportunity, why: Cause, at: datetime, note: str | None = None) -> Effect:
    assert why in NOT_A_LOSS
    if opportunity.state == OpportunityState.LOST:
        _reverse(book, opportunity, why, at, note)
    move(opportunity, OpportunityAction.CLOSE)
    forget_deferral(opportunity)
    opportunity.live, opportunity.closed_reason = None, why
    return Effect.CLOSED


def _reverse(book: Book, opportunity: Opportunity, why: Cause, at: datetime, note: str | None) -> None:
    assert opportunity.loss_id is not None
    post_reversal(book, book.get(LedgerEntry, opportunity.loss_id), reason=why, decided_at=at, note=note)
    let_go(opportunity)


def hold(opportunity: Opportunity, entry: LedgerEntry) -> None:
    """Let the loss be what is outstanding of the opportunity."""
    opportunity.loss_id, opportunity.outstanding_minor = entry.id, entry.amount_minor
    opportunity.lost_event, opportunity.amount_minor = entry.event, entry.amount_minor


def let_go(opportunity: Opportunity) -> None:
    """Nothing of the opportunity is outstanding any more."""
    opportunity.loss_id, opportunity.lost_event, opportunity.outstanding_minor = None, None, 0
    opportunity.first_lost_at = opportunity.first_lost_stage = None


def forget_deferral(opportunity: Opportunity) -> None:
    """The need is not put off any more."""
    opportunity.deferred_until = opportunity.deferred_until_km = None
    opportunity.deferred_cause = opportunity.deferred_stage = opportunity.deferred_event = None
    opportunity.acknowledged_at = opportunity.acknowledged_by = None


def move(opportunity: Opportunity, action: OpportunityAction) -> None:
    """Bring the opportunity into its next state; raises IllegalMove."""
    opportunity.state = OPPORTUNITY_MACHINE.next(OpportunityState(opportunity.state), action)


def loss_of(opportunity: Opportunity, refusal: Refusal, occurred_at: datetime) -> Loss:
    """The refusal as a loss of that time; a reason that is no loss carries no value."""
    value = refusal.value
    if not is_loss(refusal.event, refusal.reason.cause):
        value = replace(value, amount_minor=0, labour_minor=None, parts_minor=None, centihours=None)
    return Loss(
        subject_of(opportunity), refusal.event, refusal.stage, value, occurred_at, refusal.at,
        reason=refusal.reason, origin_stage=refusal.origin_stage, deferred_by=refusal.deferred_by,
        appointment_id=refusal.appointment_id, visit_id=refusal.visit_id, line_id=refusal.line_id,
        document=refusal.document, evidence=refusal.evidence, stock_covered=refusal.stock_covered,
    )  # fmt: skip
