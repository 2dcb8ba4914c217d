"""What it means for the money that a decision about a line was taken back: the ledger stands as before it.

By reversing entries and new ones, never by an edit. A need that several lines name is told anew afterwards.
"""

from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.gate import is_loss
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.decisions import record_decision
from servicelost.opportunities.pipeline.deferring import hold_off
from servicelost.opportunities.pipeline.models import (
    DECISIONS_OF_OPPORTUNITY,
    PRESENTATION_OF_LINE,
    Opportunity,
    Presentation,
)
from servicelost.opportunities.pipeline.opening import live_opportunity
from servicelost.opportunities.pipeline.settling import move, refuse, take_back
from servicelost.opportunities.pipeline.states import (
    DecisionKind,
    Effect,
    OpportunityAction,
    OpportunityState,
)
from servicelost.opportunities.pipeline.told import Goal, goal_of, recall, refusal_of_line
from servicelost.taxonomy.causes import Cause
from servicelost.workflow.facts import LineTakenBack
from servicelost.workflow.line_undo import take_back_decision, undoable_decision
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import LineEntry
from servicelost.workflow.states import TURNED_DOWN, LineAction, LineState


def undoable_word(book: Book, line: Line) -> LineEntry | None:
    """The last decision about the line, as long as the book's actor can take it back."""
    return undoable_decision(book, line, goal_known=_goal(book, line) != (None, None))


def undo_decision(book: Book, line: Line) -> Line:
    """Take back the actor's last decision about the line; raises RuleViolation NOT_UNDOABLE."""
    until, until_km = _goal(book, line)
    return take_back_decision(book, line, until=until, until_km=until_km)


def _goal(book: Book, line: Line) -> Goal:
    presentation = book.one(PRESENTATION_OF_LINE, line.id)
    return (None, None) if presentation is None else goal_of(presentation)


def on_line_taken_back(book: Book, fact: LineTakenBack) -> None:
    """A refusal that was none costs nothing; a yes that was none leaves the word before it standing."""
    presentation = book.one(PRESENTATION_OF_LINE, fact.line.id)
    if presentation is None:
        return
    opportunity = book.get(Opportunity, presentation.opportunity_id)
    if fact.undone is LineAction.AUTHORIZE:
        _refuse_again(book, opportunity, presentation, fact)
    else:
        recall(book, fact.line.id, fact.at)
        _open_again(book, opportunity, fact)
        if fact.line.state == LineState.DEFERRED:
            _put_off_again(opportunity, presentation)


def _open_again(book: Book, opportunity: Opportunity, fact: LineTakenBack) -> None:
    if opportunity.state == OpportunityState.CLOSED and _closed_by_it(book, opportunity, fact):
        move(opportunity, OpportunityAction.REVIVE)
        opportunity.live, opportunity.closed_reason = 1, None
    if opportunity.state == OpportunityState.LOST:
        loss = book.get(LedgerEntry, opportunity.loss_id or 0)
        if (loss.line_id, loss.visit_id) != (fact.line.id, fact.visit.id):
            return
    take_back(book, opportunity, Cause.ENTRY_ERROR, book.now, DecisionKind.TAKEN_BACK,
              visit_id=fact.visit.id, line_id=fact.line.id, note="undone")  # fmt: skip


def _put_off_again(opportunity: Opportunity, presentation: Presentation) -> bool:
    """Whether the need is put off again: its line was, before the word that is taken back."""
    told = refusal_of_line(presentation)
    goal = presentation.put_off_until, presentation.put_off_until_km
    if told is None or opportunity.state != OpportunityState.OPEN or goal == (None, None):
        return False
    move(opportunity, OpportunityAction.DEFER)
    hold_off(opportunity, told, *goal)
    return True


def _closed_by_it(book: Book, opportunity: Opportunity, fact: LineTakenBack) -> bool:
    """Whether the word taken back has ended the need, and no newer episode of it has begun."""
    newest = book.many(DECISIONS_OF_OPPORTUNITY, opportunity.id)[-1]
    by_it = (newest.effect, newest.line_id, newest.occurred_at) == (Effect.CLOSED, fact.line.id, fact.at)
    need = opportunity.dealership_id, opportunity.need_key, opportunity.vehicle_id
    return by_it and live_opportunity(book, *need) is None


def _refuse_again(
    book: Book, opportunity: Opportunity, presentation: Presentation, fact: LineTakenBack
) -> None:
    """What the yes had taken back is lost, put off or closed, as it was."""
    told, effect = refusal_of_line(presentation), Effect.NONE
    if told is not None and opportunity.state == OpportunityState.OPEN:
        closed = fact.line.state in TURNED_DOWN and not is_loss(told.event, told.reason.cause)
        if closed or _reversed_by_the_yes(book, opportunity, fact):
            refuse(book, opportunity, told)
            return
        if _put_off_again(opportunity, presentation):
            effect = Effect.DEFERRED
    record_decision(book, opportunity, DecisionKind.TAKEN_BACK, effect, book.now,
                    visit_id=fact.visit.id, line_id=fact.line.id, note="undone")  # fmt: skip


def _reversed_by_the_yes(book: Book, opportunity: Opportunity, fact: LineTakenBack) -> bool:
    said = [
        row.effect
        for row in book.many(DECISIONS_OF_OPPORTUNITY, opportunity.id)
        if row.line_id == fact.line.id and row.kind == DecisionKind.AUTHORIZED
    ]
    return bool(said) and said[-1] == Effect.REVERSED
