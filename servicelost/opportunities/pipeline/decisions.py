"""The record of decisions, and what it says about a need's visits.

Decisions are append-only; what they do to money is settled elsewhere.
"""

from datetime import datetime

from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.models import (
    DECISIONS_OF_OPPORTUNITY,
    PRESENTATIONS_OF_OPPORTUNITY,
    Decision,
    Opportunity,
)
from servicelost.opportunities.pipeline.states import DecisionKind, Effect
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.models.lines import Line
from servicelost.workflow.states import LineState

SOLD_STATES = frozenset({LineState.AUTHORIZED, LineState.STARTED, LineState.COMPLETED, LineState.INVOICED})
_LOSING = frozenset({Effect.LOST, Effect.REPEATED, Effect.RESTATED})
_NOT_ASSUMED = frozenset({DecisionKind.INVOICED, DecisionKind.RECONSIDERED})
_FREEING = frozenset({Effect.REVERSED, Effect.RECOVERED, Effect.CLOSED, Effect.WON})


def record_decision(
    book: Book, opportunity: Opportunity, kind: DecisionKind, effect: Effect, at: datetime, *,
    visit_id: int | None = None, line_id: int | None = None, event: LossEvent | None = None,
    stage: Stage | None = None, cause: Cause | None = None, amount_minor: int | None = None,
    note: str | None = None,
) -> Decision:  # fmt: skip
    """Keep a decision for good and remember when the newest one was."""
    if opportunity.last_decision_at is None or at > opportunity.last_decision_at:
        opportunity.last_decision_at = at
    return book.add(
        Decision(
            dealership_id=opportunity.dealership_id, opportunity_id=opportunity.id, line_id=line_id,
            visit_id=visit_id, kind=kind, effect=effect, event=event, stage=stage, cause=cause,
            amount_minor=amount_minor, occurred_at=at, recorded_at=book.now,
            employee_id=book.actor.employee_id, actor=book.actor.name, note=note,
        )
    )  # fmt: skip


def decided_since(book: Book, opportunity: Opportunity, at: datetime, *kinds: DecisionKind) -> bool:
    """Whether a decision of such a kind was made after this moment, on whatever visit."""
    if opportunity.last_decision_at is None or opportunity.last_decision_at <= at:
        return False
    decisions = book.many(DECISIONS_OF_OPPORTUNITY, opportunity.id)
    return any(row.kind in kinds and row.occurred_at > at for row in decisions)


def sold_on_visit(book: Book, opportunity: Opportunity, visit_id: int | None, but_line: int | None) -> bool:
    """Whether another line of the same visit sells this very need."""
    only_one = but_line is not None and opportunity.presentations <= 1
    if visit_id is None or only_one:
        return False
    return any(
        book.get(Line, row.line_id).state in SOLD_STATES
        for row in book.many(PRESENTATIONS_OF_OPPORTUNITY, opportunity.id)
        if row.visit_id == visit_id and row.line_id != but_line
    )


def lost_on_other_visits(book: Book, opportunity: Opportunity, visit_id: int | None) -> bool:
    """Whether the open loss rests on a decision that was not made on this visit."""
    if visit_id is None:
        return True
    lost_elsewhere = False
    for decision in sorted(book.many(DECISIONS_OF_OPPORTUNITY, opportunity.id), key=lambda row: row.id):
        if decision.effect in _FREEING:
            lost_elsewhere = False
        elif decision.effect in _LOSING and decision.visit_id != visit_id:
            lost_elsewhere = True
    return lost_elsewhere


def assumed_revenue(book: Book, opportunity: Opportunity, line_id: int | None) -> int | None:
    """What closing took a line for before its invoice came, in minor units; None if it did not."""
    taken: int | None = None
    for decision in sorted(book.many(DECISIONS_OF_OPPORTUNITY, opportunity.id), key=lambda row: row.id):
        if decision.line_id == line_id and decision.kind == DecisionKind.COMPLETED:
            taken = decision.amount_minor
        elif decision.line_id == line_id and decision.kind in _NOT_ASSUMED:
            taken = None
    return taken
