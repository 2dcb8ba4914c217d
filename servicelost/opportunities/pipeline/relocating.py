"""Where a visit stood becomes known after decisions on it: what they lost is restated at its real stage.

A loss whose source said itself at which stage it happened stays there; one recovered since is settled.
"""

from datetime import datetime
from typing import Any

from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.line_listeners import stage_of
from servicelost.opportunities.pipeline.models import (
    OPPORTUNITIES_OF_VEHICLE,
    PRESENTATION_OF_LINE,
    Opportunity,
)
from servicelost.opportunities.pipeline.opening import opportunity_of_line
from servicelost.opportunities.pipeline.restating import restate_loss
from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.opportunities.pipeline.told import amend, refusal_of_line
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.matrix import legal_stage_for
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.facts import VisitClosed, VisitMoved
from servicelost.workflow.history import stage_then, workshop_stage_then
from servicelost.workflow.models.lines import LINES_OF_VISIT
from servicelost.workflow.models.visits import Visit

_IN_WORKSHOP = frozenset({LossEvent.NOT_PRESENTED, LossEvent.QUOTE_EXPIRED, LossEvent.WORK_NOT_DONE})
_ANYWHERE = frozenset({LossEvent.QUOTE_DECLINED, LossEvent.SCOPE_REDUCED, LossEvent.QUOTE_DEFERRED})


def on_visit_moved(book: Book, fact: VisitMoved | VisitClosed) -> None:
    """Losses of this visit that happened since stood at the stage that is known now."""
    _amend_words(book, fact.visit, fact.at)
    for opportunity in _of_visit(book, fact.visit):
        newest = opportunity.last_decision_at
        if newest is None or newest < fact.at or opportunity.live is None:
            continue
        if opportunity.state == OpportunityState.LOST:
            _relocate_loss(book, opportunity, fact.visit, fact.at)
        elif opportunity.state == OpportunityState.DEFERRED and opportunity.visit_id == fact.visit.id:
            _relocate_deferral(book, opportunity, fact.visit, newest)


def _amend_words(book: Book, visit: Visit, since: datetime) -> None:
    for line in book.many(LINES_OF_VISIT, visit.id):
        presentation = book.one(PRESENTATION_OF_LINE, line.id)
        refusal = None if presentation is None else refusal_of_line(presentation)
        if presentation is None or refusal is None or refusal.at < since or _is_stage_told(refusal.evidence):
            continue
        stage = _stage_at(book, visit, refusal.event, refusal.at)
        if stage is not None and stage != refusal.stage:
            amend(presentation, stage=stage)


def _of_visit(book: Book, visit: Visit) -> list[Opportunity]:
    if visit.vehicle_id is not None:
        return book.many(OPPORTUNITIES_OF_VEHICLE, visit.vehicle_id)
    found = (opportunity_of_line(book, line) for line in book.many(LINES_OF_VISIT, visit.id))
    return [opportunity for opportunity in found if opportunity is not None]


def _relocate_loss(book: Book, opportunity: Opportunity, visit: Visit, since: datetime) -> None:
    loss = book.get(LedgerEntry, opportunity.loss_id or 0)
    if _is_stage_told(loss.evidence) or loss.visit_id != visit.id or loss.decided_at < since:
        return
    stage = _stage_at(book, visit, LossEvent(loss.event), loss.decided_at)
    if stage is not None and stage != loss.stage:
        restate_loss(book, opportunity, loss, stage=stage)


def _relocate_deferral(book: Book, opportunity: Opportunity, visit: Visit, at: datetime) -> None:
    if opportunity.deferred_event == LossEvent.QUOTE_DEFERRED:
        there = stage_of(visit, stage_then(book, visit, at))
        opportunity.deferred_stage = legal_stage_for(LossEvent.QUOTE_DEFERRED, there)


def _stage_at(book: Book, visit: Visit, event: LossEvent, at: datetime) -> Stage | None:
    if event in _IN_WORKSHOP:
        return legal_stage_for(event, Stage(workshop_stage_then(book, visit, at)))
    if event in _ANYWHERE:
        return legal_stage_for(event, stage_of(visit, stage_then(book, visit, at)))
    return None


def _is_stage_told(evidence: dict[str, Any] | None) -> bool:
    return (evidence or {}).get("stage") == "told"
