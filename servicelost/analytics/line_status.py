"""What became of a recommended line, as reports put it: its state in one of seven words.

The one mapping for reports, drills and pages. The states themselves are the workflow's.
"""

from collections.abc import Mapping
from enum import StrEnum

from servicelost.workflow.states import LineState

RECOMMENDED = "RECOMMENDED"


class LineStatus(StrEnum):
    """What became of it; the shares of all seven sum to 1."""

    AUTHORISED = "authorised"
    DECLINED = "declined"
    DEFERRED = "deferred"
    PENDING = "pending"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NOT_PRESENTED = "not_presented"


STATUS_LABELS: Mapping[LineStatus, str] = {
    LineStatus.AUTHORISED: "Sold",
    LineStatus.DECLINED: "Declined",
    LineStatus.DEFERRED: "Deferred",
    LineStatus.PENDING: "Undecided",
    LineStatus.EXPIRED: "Expired",
    LineStatus.WITHDRAWN: "Withdrawn",
    LineStatus.NOT_PRESENTED: "Never presented",
}

STATUS_OF: Mapping[LineState, LineStatus] = {
    LineState.AUTHORIZED: LineStatus.AUTHORISED,
    LineState.STARTED: LineStatus.AUTHORISED,
    LineState.COMPLETED: LineStatus.AUTHORISED,
    LineState.INVOICED: LineStatus.AUTHORISED,
    LineState.DECLINED: LineStatus.DECLINED,
    LineState.DEFERRED: LineStatus.DEFERRED,
    LineState.BOOKED: LineStatus.PENDING,
    LineState.RECOMMENDED: LineStatus.PENDING,
    LineState.QUOTED: LineStatus.PENDING,
    LineState.EXPIRED: LineStatus.EXPIRED,
    LineState.REMOVED: LineStatus.WITHDRAWN,
    LineState.CANCELLED: LineStatus.WITHDRAWN,
    LineState.NOT_PERFORMED: LineStatus.WITHDRAWN,
    LineState.NOT_PRESENTED: LineStatus.NOT_PRESENTED,
}


def states_of(*statuses: LineStatus) -> tuple[str, ...]:
    """The states of a line that make one of these statuses."""
    return tuple(state.value for state, status in STATUS_OF.items() if status in statuses)


SOLD_STATES = states_of(LineStatus.AUTHORISED)
