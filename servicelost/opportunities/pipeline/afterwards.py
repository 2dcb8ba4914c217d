"""What facts told after the end of a visit mean for money: the end's judgement lifted, and given again.

The moves of the lines are the workflow's. A sale that has recovered an older loss is never taken back here.
"""

from dataclasses import replace

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.ledger.entries import reason_of
from servicelost.opportunities.ledger.models import ENTRIES_OF_OPPORTUNITY, EntryKind, LedgerEntry
from servicelost.opportunities.pipeline.anew import is_told_anew
from servicelost.opportunities.pipeline.containers import episodes_of_container
from servicelost.opportunities.pipeline.decisions import assumed_revenue, record_decision
from servicelost.opportunities.pipeline.line_listeners import document_of
from servicelost.opportunities.pipeline.models import (
    DECISIONS_OF_OPPORTUNITY,
    PRESENTATION_OF_LINE,
    Decision,
    Opportunity,
)
from servicelost.opportunities.pipeline.opening import (
    live_opportunity,
    opportunity_of_line,
    present_line,
    sold_episode,
    take_newest_price,
)
from servicelost.opportunities.pipeline.rebooking import BOOKING_EVENTS, came_since
from servicelost.opportunities.pipeline.settling import Refusal, close, refuse, take_back, unsell
from servicelost.opportunities.pipeline.states import DecisionKind, Effect, OpportunityState
from servicelost.opportunities.pipeline.told import forget, refusal_of_line, remember
from servicelost.opportunities.pipeline.valuation import value_of, value_of_line
from servicelost.opportunities.pipeline.visit_listeners import win_as_done
from servicelost.taxonomy.causes import NOT_A_LOSS, Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.facts import LineGivenUp, LineJudgementLifted, LineTakenAsDone
from servicelost.workflow.models.lines import LINES_OF_VISIT
from servicelost.workflow.models.visits import Visit

_OF_BOOKINGS = {
    LossEvent.APPT_CANCELLED: DecisionKind.CANCELLED,
    LossEvent.APPT_NO_SHOW: DecisionKind.MISSED,
    LossEvent.APPT_TURNED_AWAY: DecisionKind.TURNED_AWAY,
    LossEvent.ORDER_CANCELLED: DecisionKind.CANCELLED,
}
_BY_THE_END = frozenset({LossEvent.NOT_PRESENTED, LossEvent.QUOTE_EXPIRED, *_OF_BOOKINGS})


def on_line_judgement_lifted(book: Book, fact: LineJudgementLifted) -> None:
    """What the end of the visit lost or sold of the line is taken back."""
    opportunity = opportunity_of_line(book, fact.line)
    if opportunity is None:
        return
    forget(book, fact.line.id, fact.at)
    if opportunity.state == OpportunityState.LOST and opportunity.lost_event in _BY_THE_END:
        loss = book.get(LedgerEntry, opportunity.loss_id or 0)
        if (loss.line_id, loss.visit_id) == (fact.line.id, fact.visit.id):
            take_back(book, opportunity, Cause.SUPERSEDED, fact.at, DecisionKind.RECONSIDERED,
                      visit_id=fact.visit.id, line_id=fact.line.id)  # fmt: skip
            take_newest_price(book, opportunity)
        return
    opportunity = sold_episode(book, opportunity, fact.visit.id) or opportunity
    taken = assumed_revenue(book, opportunity, fact.line.id)
    if (
        opportunity.state == OpportunityState.WON
        and taken is not None
        and not is_told_anew(book, opportunity)
    ):
        _unsell(book, opportunity, fact, taken)


def on_line_taken_as_done(book: Book, fact: LineTakenAsDone) -> None:
    """Agreed and not invoiced when the order was closed: won at its authorised price."""
    win_as_done(book, fact.line, fact.visit, fact.at)


def on_line_given_up(book: Book, fact: LineGivenUp) -> None:
    """The line shares the fate of its booking or order, with the reason that was told for that."""
    opportunity = present_line(book, fact.line, fact.visit, fact.at)
    told = _word_of_visit(book, fact.visit) or _loss_of_visit(book, fact.visit)
    if told is None or (told.event in BOOKING_EVENTS and came_since(book, fact.visit, fact.at)):
        _share_no_loss(book, opportunity, fact, told)
        return
    refusal = replace(
        told, value=value_of_line(book, fact.line, told.reason.decided_by), at=fact.at,
        visit_id=fact.visit.id, line_id=fact.line.id, document=document_of(fact.line, fact.visit),
        origin_stage=None, evidence=None,
    )  # fmt: skip
    remember(book, refusal)
    refuse(book, opportunity, refusal)


def _unsell(book: Book, opportunity: Opportunity, fact: LineJudgementLifted, taken: int) -> None:
    decisions = book.many(DECISIONS_OF_OPPORTUNITY, opportunity.id)
    if any(row.effect == Effect.RECOVERED for row in decisions):
        raise RuleViolation("SETTLED", f"line {fact.line.source_id} has recovered an older loss")
    vehicle_id = opportunity.vehicle_id
    if live_opportunity(book, opportunity.dealership_id, opportunity.need_key, vehicle_id) is not None:
        raise RuleViolation("SETTLED", f"the need of line {fact.line.source_id} lives on in a newer one")
    others = any(row.kind in (DecisionKind.COMPLETED, DecisionKind.INVOICED) and row.line_id != fact.line.id
                 for row in decisions)  # fmt: skip
    unsell(opportunity, taken, all_of_it=not others)
    record_decision(book, opportunity, DecisionKind.RECONSIDERED, Effect.NONE, fact.at,
                    visit_id=fact.visit.id, line_id=fact.line.id, amount_minor=taken)  # fmt: skip


def _word_of_visit(book: Book, visit: Visit) -> Refusal | None:
    """The newest word by which the lines of this booking or order came to nothing."""
    presented = [book.one(PRESENTATION_OF_LINE, line.id) for line in book.many(LINES_OF_VISIT, visit.id)]
    told = [refusal_of_line(row) for row in presented if row is not None]
    found = [refusal for refusal in told if refusal is not None and refusal.event in _OF_BOOKINGS]
    return max(found, key=lambda refusal: refusal.at, default=None)


def _loss_of_visit(book: Book, visit: Visit) -> Refusal | None:
    """The newest loss by which this booking or order came to nothing, as what was said of it."""
    found = [
        entry
        for opportunity in _of_visit(book, visit)
        for entry in book.many(ENTRIES_OF_OPPORTUNITY, opportunity.id)
        if entry.kind == EntryKind.LOSS and entry.visit_id == visit.id and entry.event in _OF_BOOKINGS
    ]
    if not found:
        return None
    entry = max(found, key=lambda entry: (entry.occurred_at, entry.id))
    event = LossEvent(entry.event)
    return Refusal(
        _OF_BOOKINGS[event], event, Stage(entry.stage), reason_of(entry), value_of(entry), entry.occurred_at,
        appointment_id=entry.appointment_id,
    )  # fmt: skip


def _of_visit(book: Book, visit: Visit) -> list[Opportunity]:
    of_lines = (opportunity_of_line(book, line) for line in book.many(LINES_OF_VISIT, visit.id))
    return [*episodes_of_container(book, visit), *(row for row in of_lines if row is not None)]


def _share_no_loss(book: Book, opportunity: Opportunity, fact: LineGivenUp, told: Refusal | None) -> None:
    """The booking fell through without a loss: its car came again in time, or for a reason that is none."""
    if came_since(book, fact.visit, fact.at):
        kind = told.kind if told else DecisionKind.CANCELLED
        record_decision(
            book, opportunity, kind, Effect.NONE, fact.at, visit_id=fact.visit.id, line_id=fact.line.id
        )
    else:
        _close_alike(book, opportunity, fact)


def _close_alike(book: Book, opportunity: Opportunity, fact: LineGivenUp) -> None:
    """No loss is known: the booking was closed for a reason that is none, or nobody told of any."""
    ends: list[Decision] = [
        row
        for known in _of_visit(book, fact.visit)
        for row in book.many(DECISIONS_OF_OPPORTUNITY, known.id)
        if row.visit_id == fact.visit.id and row.cause in NOT_A_LOSS and row.kind in _OF_BOOKINGS.values()
    ]
    if not ends:
        message = f"visit {fact.visit.source_id or fact.visit.id} ended for a reason nobody told"
        raise RuleViolation("VISIT_ENDED", message, field="visit", value=fact.visit.state)
    close(book, opportunity, Cause(ends[-1].cause or ""), fact.at, DecisionKind(ends[-1].kind))
