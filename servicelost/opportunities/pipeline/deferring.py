"""Work put off: deferred until a day or an odometer, lapsed when nobody came back to it.

A red line never lapses silently: first a person has to acknowledge it.
"""

from datetime import date, datetime, timedelta

from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import DEFERRAL_GRACE
from servicelost.directory.calendar import local_day, start_of_day
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.followup.tasks import open_task
from servicelost.opportunities.ledger.gate import check_loss, is_loss
from servicelost.opportunities.pipeline.anew import settle_anew
from servicelost.opportunities.pipeline.decisions import (
    decided_since,
    lost_on_other_visits,
    record_decision,
    sold_on_visit,
)
from servicelost.opportunities.pipeline.models import PRESENTATIONS_OF_OPPORTUNITY, Opportunity
from servicelost.opportunities.pipeline.settling import Refusal, loss_of, move, refuse, take_back
from servicelost.opportunities.pipeline.states import (
    DecisionKind,
    Effect,
    OpportunityAction,
    OpportunityState,
)
from servicelost.opportunities.pipeline.told import remember
from servicelost.opportunities.pipeline.valuation import value_of_opportunity
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.severity import Severity
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.reason import Reason

ACKNOWLEDGE_RED = "ACKNOWLEDGE_RED"


def put_off(
    book: Book, opportunity: Opportunity, refusal: Refusal, until: date | None, until_km: int | None
) -> Effect:
    """Put the need off; a need lost on an earlier visit stays lost until it is sold."""
    check_loss(loss_of(opportunity, refusal, refusal.at))
    if not is_loss(refusal.event, refusal.reason.cause):
        return refuse(book, opportunity, refusal)
    overtaken = decided_since(book, opportunity, refusal.at, DecisionKind.AUTHORIZED, DecisionKind.DEFERRED)
    effect = Effect.NONE if overtaken else _effect_of_putting_off(book, opportunity, refusal)
    if effect is Effect.DEFERRED:
        hold_off(opportunity, refusal, until, until_km)
    record_decision(
        book,
        opportunity,
        refusal.kind,
        effect,
        refusal.at,
        visit_id=refusal.visit_id,
        line_id=refusal.line_id,
        event=refusal.event,
        stage=refusal.stage,
        cause=refusal.reason.cause,
        note=refusal.reason.note,
        amount_minor=refusal.value.amount_minor,
    )
    return effect


def hold_off(opportunity: Opportunity, refusal: Refusal, until: date | None, until_km: int | None) -> None:
    """Let the opportunity stand as put off by this word until then."""
    opportunity.deferred_until, opportunity.deferred_until_km = until, until_km
    opportunity.deferred_cause = refusal.reason.cause
    opportunity.deferred_stage, opportunity.deferred_event = refusal.stage, refusal.event
    opportunity.acknowledged_at = opportunity.acknowledged_by = None


def _effect_of_putting_off(book: Book, opportunity: Opportunity, refusal: Refusal) -> Effect:
    if opportunity.live is None or sold_on_visit(book, opportunity, refusal.visit_id, refusal.line_id):
        return Effect.MET
    if opportunity.state == OpportunityState.LOST:
        if lost_on_other_visits(book, opportunity, refusal.visit_id):
            return Effect.NONE
        take_back(book, opportunity, Cause.SUPERSEDED, refusal.at, refusal.kind, visit_id=refusal.visit_id)
    move(opportunity, OpportunityAction.DEFER)
    return Effect.DEFERRED


def acknowledge(book: Book, opportunity: Opportunity, at: datetime, note: str | None = None) -> None:
    """A person takes note that red work put off may lapse; raises RuleViolation if it is not put off."""
    if opportunity.state != OpportunityState.DEFERRED:
        raise RuleViolation(
            "NOT_DEFERRED", f"opportunity {opportunity.id} is {opportunity.state}, not DEFERRED"
        )
    opportunity.acknowledged_at, opportunity.acknowledged_by = at, book.actor.name
    record_decision(book, opportunity, DecisionKind.ACKNOWLEDGED, Effect.NONE, at, note=note)


def last_good_day(book: Book, dealership: Dealership) -> date:
    """Work put off until a day before this one has lapsed now, on the dealership's own calendar."""
    grace = read_setting(book, dealership.id, DEFERRAL_GRACE)
    return local_day(dealership, book.now) - timedelta(days=grace)


def lapse(book: Book, opportunity: Opportunity) -> Effect:
    """Post the loss of work put off and not done in time; a red one asks a person first and waits.

    The loss inherits the cause and keeps the stage of the deferral; it happens on the day after the grace.
    """
    dealership = book.get(Dealership, opportunity.dealership_id)
    until = opportunity.deferred_until
    if (
        opportunity.state != OpportunityState.DEFERRED
        or until is None
        or until >= last_good_day(book, dealership)
    ):
        return Effect.NONE
    if opportunity.severity == Severity.RED and opportunity.acknowledged_at is None:
        open_task(book, ACKNOWLEDGE_RED, due_at=book.now, dealership_id=dealership.id,
                  opportunity_id=opportunity.id, customer_id=opportunity.customer_id)  # fmt: skip
        return Effect.NONE
    refusal = _lapsed(book, opportunity, dealership, until)
    remember(book, refusal)
    effect = refuse(book, opportunity, refusal)
    if opportunity.live is None:
        # The need came again before anybody noticed: what lapsed is worked in at its own time.
        settle_anew(book, opportunity, least=1)
    return effect


def _lapsed(book: Book, opportunity: Opportunity, dealership: Dealership, until: date) -> Refusal:
    grace = read_setting(book, dealership.id, DEFERRAL_GRACE)
    at = min(start_of_day(dealership, until + timedelta(days=grace + 1)), book.now)
    cause = Cause(opportunity.deferred_cause) if opportunity.deferred_cause else None
    value = value_of_opportunity(book, opportunity)
    visit_id, line_id = _put_off_on(book, opportunity)
    return Refusal(
        DecisionKind.LAPSED,
        LossEvent.DEFERRED_LAPSED,
        Stage.FOLLOW_UP,
        Reason(cause=cause, note=_note(opportunity)),
        value,
        at,
        visit_id=visit_id,
        line_id=line_id,
        origin_stage=Stage(opportunity.deferred_stage) if opportunity.deferred_stage else None,
        deferred_by=LossEvent(opportunity.deferred_event) if opportunity.deferred_event else None,
    )


def _put_off_on(book: Book, opportunity: Opportunity) -> tuple[int | None, int | None]:
    """The visit and the line on which the need was put off."""
    presented = book.many(PRESENTATIONS_OF_OPPORTUNITY, opportunity.id)
    rows = [row for row in presented if row.put_off_until == opportunity.deferred_until]
    if not rows:
        return opportunity.visit_id, opportunity.line_id
    newest = max(rows, key=lambda row: (row.presented_at, row.id))
    return newest.visit_id, newest.line_id


def _note(opportunity: Opportunity) -> str:
    return f"put off until {opportunity.deferred_until}, not done since"
