"""Stating an open loss again, at another stage or value, when facts from before it come after it.

Always by a REVERSAL and a LOSS in the period of the old one; which facts those are, the listeners say.
"""

from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.entries import post_loss, post_reversal, reason_of
from servicelost.opportunities.ledger.gate import check_loss
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.ledger.subject import Loss, Value
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.settling import hold
from servicelost.opportunities.pipeline.valuation import subject_of, value_of
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.stages import Stage


def restate_loss(
    book: Book, opportunity: Opportunity, loss: LedgerEntry, *, stage: Stage | None = None,
    value: Value | None = None,
) -> None:  # fmt: skip
    """State the open loss again in its own period, at another stage or value: earlier facts came later."""
    origin = loss.origin_stage if stage is None or loss.origin_stage != loss.stage else stage
    again = Loss(
        subject_of(opportunity), LossEvent(loss.event), stage or Stage(loss.stage), value or value_of(loss),
        loss.occurred_at, loss.decided_at, reason=reason_of(loss), origin_stage=Stage(origin),
        deferred_by=LossEvent(opportunity.deferred_event) if opportunity.deferred_event else None,
        appointment_id=loss.appointment_id, visit_id=loss.visit_id, line_id=loss.line_id,
        document=loss.document, evidence=loss.evidence,
    )  # fmt: skip
    check_loss(again)
    post_reversal(book, loss, reason=Cause.SUPERSEDED, decided_at=loss.decided_at)
    entry = post_loss(book, again)
    if opportunity.first_lost_at == loss.occurred_at:
        opportunity.first_lost_stage = entry.origin_stage
    hold(opportunity, entry)
