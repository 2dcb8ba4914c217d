"""What the facts about lines mean for their opportunities.

One short function a fact; the money is moved in `settling`, `deferring` and `reducing`.
"""

from datetime import date

from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.entries import Sale
from servicelost.opportunities.ledger.models import LedgerEntry, RevenueBasis
from servicelost.opportunities.pipeline.containers import supersede_container
from servicelost.opportunities.pipeline.deferring import put_off
from servicelost.opportunities.pipeline.models import PRESENTATION_OF_LINE, Opportunity
from servicelost.opportunities.pipeline.opening import opportunity_of_line, present_line, take_price
from servicelost.opportunities.pipeline.reducing import cut
from servicelost.opportunities.pipeline.restating import restate_loss
from servicelost.opportunities.pipeline.settling import Refusal, agree, refuse, take_back, win
from servicelost.opportunities.pipeline.states import DecisionKind, OpportunityState
from servicelost.opportunities.pipeline.told import amend, refusal_of_line, remember
from servicelost.opportunities.pipeline.valuation import value_of_line
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.matrix import legal_stage_for
from servicelost.taxonomy.parties import Party
from servicelost.taxonomy.stages import Stage
from servicelost.workflow import facts
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import VisitState

_REFUSALS: dict[type[facts.LineRefusedFact], tuple[DecisionKind, LossEvent]] = {
    facts.LineDeclined: (DecisionKind.DECLINED, LossEvent.QUOTE_DECLINED),
    facts.LineRemoved: (DecisionKind.REMOVED, LossEvent.SCOPE_REDUCED),
    facts.LineNotPresented: (DecisionKind.NOT_PRESENTED, LossEvent.NOT_PRESENTED),
    facts.LineExpired: (DecisionKind.EXPIRED, LossEvent.QUOTE_EXPIRED),
    facts.LineRejectedAtQuality: (DecisionKind.REJECTED, LossEvent.QC_REJECTED_LEFT),
    facts.LineNotPerformed: (DecisionKind.NOT_PERFORMED, LossEvent.WORK_NOT_DONE),
    facts.LineDeferred: (DecisionKind.DEFERRED, LossEvent.QUOTE_DEFERRED),
    facts.LineReduced: (DecisionKind.REDUCED, LossEvent.SCOPE_REDUCED),
}


def on_line_added(book: Book, fact: facts.LineAdded) -> None:
    """Work was named: its need has an opportunity, and the booking's own is superseded by it."""
    supersede_container(book, fact.visit, fact.at)
    present_line(book, fact.line, fact.visit, fact.at)


def on_line_priced(book: Book, fact: facts.LinePriced) -> None:
    """A new price is the opportunity's price, unless it is lost: then only a decision changes it.

    A price that was named before that decision and comes after it is what the decision was about.
    """
    opportunity = opportunity_of_line(book, fact.line)
    if opportunity is None:
        return
    _amend_word(book, fact)
    if opportunity.state in (OpportunityState.OPEN, OpportunityState.DEFERRED):
        take_price(book, opportunity, fact.line)
    elif opportunity.state == OpportunityState.LOST:
        loss = book.get(LedgerEntry, opportunity.loss_id or 0)
        if loss.line_id == fact.line.id and fact.at <= loss.decided_at and _cost(fact.line) != _cost(loss):
            decided_by = Party(loss.decided_by) if loss.decided_by else None
            restate_loss(book, opportunity, loss, value=value_of_line(book, fact.line, decided_by))


def _amend_word(book: Book, fact: facts.LinePriced) -> None:
    presentation = book.one(PRESENTATION_OF_LINE, fact.line.id)
    refusal = None if presentation is None else refusal_of_line(presentation)
    if presentation is not None and refusal is not None and fact.at <= refusal.at:
        amend(presentation, value=value_of_line(book, fact.line, refusal.reason.decided_by))


def _cost(row: Line | LedgerEntry) -> tuple[int | None, ...]:
    return row.amount_minor, row.labour_minor, row.parts_minor, row.centihours


def on_line_authorized(book: Book, fact: facts.LineAuthorized) -> None:
    """The customer said yes."""
    opportunity = _opportunity(book, fact)
    if opportunity.state in (OpportunityState.OPEN, OpportunityState.DEFERRED):
        take_price(book, opportunity, fact.line)
    agree(book, opportunity, fact.at, fact.visit.id, fact.line.id)


def on_line_refused(book: Book, fact: facts.LineRefusedFact) -> None:
    """Declined, removed, never shown, run out, failed at quality: the loss is posted at once."""
    opportunity, refusal = _opportunity(book, fact), refusal_of(book, fact)
    remember(book, refusal)
    refuse(book, opportunity, refusal)


def on_line_deferred(book: Book, fact: facts.LineDeferred) -> None:
    """Not now: no loss unless it lapses."""
    _put_off(book, fact, fact.until, fact.until_km)


def on_line_not_performed(book: Book, fact: facts.LineNotPerformed) -> None:
    """Agreed work was not done: put off if a day was named, else lost."""
    if fact.until is not None:
        _put_off(book, fact, fact.until, None)
    else:
        on_line_refused(book, fact)


def on_line_reduced(book: Book, fact: facts.LineReduced) -> None:
    """The part taken off is lost; the rest stays open at its new price."""
    opportunity = _opportunity(book, fact)
    cut(book, opportunity, refusal_of(book, fact), fact)
    sold_since = opportunity.won_at is not None and fact.at < opportunity.won_at
    if opportunity.state in (OpportunityState.OPEN, OpportunityState.DEFERRED) or sold_since:
        take_price(book, opportunity, fact.line)


def on_line_reopened(book: Book, fact: facts.LineReopened) -> None:
    """Wanted again on the same visit: what this visit lost of it was no loss."""
    take_back(book, _opportunity(book, fact), Cause.RESCHEDULED, fact.at, DecisionKind.REBOOKED,
              visit_id=fact.visit.id, line_id=fact.line.id)  # fmt: skip


def on_line_invoiced(book: Book, fact: facts.LineInvoiced) -> None:
    """Invoiced is won."""
    sale = Sale(fact.amount_minor, RevenueBasis.INVOICED, fact.at, fact.visit.id, fact.line.id)
    win(book, _opportunity(book, fact), sale, DecisionKind.INVOICED)


def _put_off(book: Book, fact: facts.LineRefusedFact, until: date | None, until_km: int | None) -> None:
    opportunity, refusal = _opportunity(book, fact), refusal_of(book, fact)
    remember(book, refusal, until, until_km)
    put_off(book, opportunity, refusal, until, until_km)


def refusal_of(book: Book, fact: facts.LineRefusedFact) -> Refusal:
    """The fact as a refusal: event by its kind, stage by where the visit stood, value by the line."""
    kind, event = _REFUSALS[type(fact)]
    line, visit = fact.line, fact.visit
    return Refusal(
        kind, event, legal_stage_for(event, stage_of(visit, fact.stage)), fact.reason,
        value_of_line(book, line, fact.reason.decided_by), fact.at, visit_id=visit.id, line_id=line.id,
        document=document_of(line, visit), evidence=_evidence(line, fact),
    )  # fmt: skip


def stage_of(visit: Visit, stated: str | None) -> Stage:
    """Where it happened: as stated, else where the visit stands; after its end that is follow-up."""
    if stated is not None:
        return Stage(stated)
    return Stage.FOLLOW_UP if visit.state == VisitState.CLOSED else Stage(visit.stage)


def document_of(line: Line, visit: Visit) -> str:
    """The source document in the sender's own numbers."""
    return f"{line.source}: {visit.source_id or 'booking'} / {line.source_id}"[:200]


def _evidence(line: Line, fact: facts.LineRefusedFact) -> dict[str, object] | None:
    evidence: dict[str, object] = {"stage": "told"} if fact.stage_told else {}
    if fact.reason.inferred is not None:
        evidence |= {"inferred": fact.reason.inferred.value, "inferred_from": fact.reason.inferred_from}
    if line.presented_at is not None:
        evidence["presented_at"] = line.presented_at.isoformat()
    return evidence or None


def _opportunity(book: Book, fact: facts.LineFact) -> Opportunity:
    return present_line(book, fact.line, fact.visit, fact.at)
