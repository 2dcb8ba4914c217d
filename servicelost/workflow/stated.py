"""How a stated reason is kept in the logs: in words, so that a repetition can be told from news.

Whether a cause is legal is judged by the ledger, not here.
"""

from servicelost.kernel.errors import RuleViolation
from servicelost.taxonomy.parties import CAN_CANCEL, Party
from servicelost.workflow.reason import Reason

# The note of a consent that nobody told of, but for which the customer was charged.
IMPLIED = "agreed to, as it was invoiced"


def in_words(reason: Reason) -> str | None:
    """The reason as one line of text for the log; None when nothing was said."""
    parts = [
        reason.cause,
        f"own cause {reason.custom_cause}" if reason.custom_cause else None,
        f"also {', '.join(reason.contributing)}" if reason.contributing else None,
        f"competitor {reason.competitor}" if reason.competitor else None,
        f"competitor's price {reason.competitor_price}" if reason.competitor_price is not None else None,
        f"owner {reason.owner}" if reason.owner else None,
        f"decided by {reason.decided_by}" if reason.decided_by else None,
        f"cancelled by {reason.cancelled_by}" if reason.cancelled_by else None,
        reason.note,
    ]
    return "; ".join(part for part in parts if part) or None


def decider_in(words: str | None) -> str | None:
    """Who decided, as far as the words of `in_words` tell; the code of a Party."""
    told = (words or "").split("; ")
    return next((party.value for party in Party if f"decided by {party}" in told), None)


def says_why(reason: Reason) -> bool:
    """Whether anybody said why, be it only in a note."""
    return reason.cause is not None or reason.custom_cause_id is not None or bool(reason.note)


def is_news(reason: Reason, known: str | None) -> bool:
    """Whether the reason tells more than the words already in the log."""
    return says_why(reason) and in_words(reason) != known


def canceller(reason: Reason) -> Party:
    """Who cancelled; raises RuleViolation CANCELLED_BY_REQUIRED unless it is the customer or the dealer."""
    if reason.cancelled_by in CAN_CANCEL:
        return reason.cancelled_by
    expected = " or ".join(party for party in Party if party in CAN_CANCEL)
    raise RuleViolation(
        "CANCELLED_BY_REQUIRED",
        f"a cancellation must say who cancelled: {expected}",
        field="cancelled_by",
        value=reason.cancelled_by,
        expected=expected,
    )
