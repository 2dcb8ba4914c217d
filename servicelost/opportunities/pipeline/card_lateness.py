"""When a card of the board is late: a promise that passed, else that nothing happened with it for too long.

A pure rule on what a card shows; the days come from the setting `card_late_days`.
"""

from datetime import date, datetime, timedelta

from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.workflow.states import VisitState

_IN_HOUSE = frozenset(
    {VisitState.RECEPTION, VisitState.WORK, VisitState.QUALITY_CONTROL, VisitState.DELIVERY}
)


def is_late(
    *,
    state: str,
    visit_state: str | None,
    newest_word_at: datetime,
    now: datetime,
    today: date,
    patience: timedelta,
    planned_at: datetime | None = None,
    promised_at: datetime | None = None,
    deferred_until: date | None = None,
) -> bool:
    """Whether somebody should have done something by now.

    A booked car is late when it should be here, a car in the house when it was promised to be ready, and
    postponed work on the day after the one agreed; where nothing is agreed, patience decides.
    """
    if visit_state == VisitState.PLANNING and planned_at is not None:
        return planned_at < now
    if visit_state in _IN_HOUSE and promised_at is not None:
        return promised_at < now
    if state == OpportunityState.DEFERRED and deferred_until is not None:
        return deferred_until < today
    return now - newest_word_at > patience
