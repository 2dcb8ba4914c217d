"""The one gate: every loss, on every path, passes these rules before it is written.

The rules of the trade stand in the taxonomy; here they are applied to one loss. Nothing is written.
"""

from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.ledger.subject import Loss
from servicelost.taxonomy.causes import NOT_A_LOSS, Cause
from servicelost.taxonomy.loss_events import LOSS_EVENTS, LossEvent
from servicelost.taxonomy.matrix import check_cause, check_stage
from servicelost.taxonomy.parties import CAN_CANCEL
from servicelost.taxonomy.reasons import (
    cause_or_automatic,
    check_competitor,
    check_contributing,
    check_note,
    check_value,
    owner_of,
)

_CANCELLATIONS = frozenset({LossEvent.APPT_CANCELLED, LossEvent.ORDER_CANCELLED})


def check_loss(loss: Loss) -> Cause:
    """Refuse a loss that breaks a hard rule (RuleViolation); return its primary cause."""
    reason, cause = loss.reason, cause_or_automatic(loss.event, loss.reason.cause)
    if not LOSS_EVENTS[loss.event].ledger:
        raise RuleViolation(
            "NOT_IN_LEDGER",
            f"{loss.event} is shown in a report and is never a row of the ledger",
            field="event",
            value=loss.event,
        )
    check_stage(loss.event, loss.stage)
    check_cause(loss.event, cause, cancelled_by=reason.cancelled_by, deferred_by=loss.deferred_by)
    check_contributing(cause, reason.contributing)
    for contributing in reason.contributing:
        check_cause(loss.event, contributing, deferred_by=loss.deferred_by)
    check_note(cause, reason.note)
    check_value(cause, loss.value.amount_minor)
    given = reason.competitor_id is not None or reason.competitor_price is not None
    check_competitor((cause, *reason.contributing), given=given)
    owner_of(cause, reason.owner)
    _check_cancelled_by(loss)
    _check_stock(loss, cause)
    return cause


def is_loss(event: LossEvent, cause: Cause | None) -> bool:
    """Whether this reason makes a loss at all; the others close an opportunity without value."""
    return cause_or_automatic(event, cause) not in NOT_A_LOSS


def _check_cancelled_by(loss: Loss) -> None:
    if loss.event in _CANCELLATIONS and loss.reason.cancelled_by not in CAN_CANCEL:
        expected = " or ".join(sorted(CAN_CANCEL))
        raise RuleViolation(
            "CANCELLED_BY_REQUIRED",
            f"{loss.event} needs to say who cancelled: {expected}",
            field="cancelled_by",
            value=loss.reason.cancelled_by,
            expected=expected,
        )


def _check_stock(loss: Loss, cause: Cause) -> None:
    if cause is Cause.MISSING_PARTS and loss.stock_covered and not (loss.reason.note or "").strip():
        raise RuleViolation(
            "STOCK_COVERED_IT",
            "MISSING_PARTS is refused: the stock covered the quantity at that time; "
            "name another cause, or explain in a note why the part could not be used",
            field="cause", value=cause, expected="another cause, or a note",
        )  # fmt: skip
