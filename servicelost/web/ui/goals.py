"""Where a visit may be moved from its page, and where it was to go when it was asked why nothing is decided.

An address says it as `to`, beside the board it came from. The deeds are in `moving_on` and `finishing`.
"""

from typing import Any

from flask import request, url_for

from servicelost.opportunities.pipeline.leaving import LEAVING_FOR
from servicelost.web.languages import gettext as _
from servicelost.web.ui.board_address import came_from_board, query
from servicelost.web.ui.board_cards import COLUMN_LABELS, stage_targets
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import VisitState

# Before that the car is in the workshop, and only the dealer's own system closes its order.
_CLOSED_FROM = (VisitState.DELIVERY, VisitState.FOLLOW_UP)


def move_targets(visit: Visit) -> list[tuple[str, str]]:
    """The stages the visit may be moved to, onwards first, and the end of its order."""
    found = [(code, _(label)) for code, label in stage_targets(visit.state)]
    if visit.state in _CLOSED_FROM:
        found.insert(len(found) - 1 if visit.state == VisitState.DELIVERY else 0,
                     (VisitState.CLOSED.value, _("Closed: the order is done")))  # fmt: skip
    return found


def asked_goal() -> VisitState | None:
    """Where the visit is to go once it is said why nothing is decided."""
    text = request.args.get("to", "")
    return VisitState(text) if text in LEAVING_FOR else None


def ask_why(visit_id: int, to: str) -> str:
    """The page of the visit with the question that comes before this move."""
    return url_for(".visit", visit_id=visit_id, to=to, **way_back(), _anchor="finish")


def way_back() -> dict[str, Any]:
    """What an address carries on so that its sender finds the board as it was."""
    return {"from": "board", **query()} if came_from_board() else {}


def board_url() -> str | None:
    """The board as it was looked at, for who comes from there."""
    return url_for(".board", **query()) if came_from_board() else None


def question_before(goal: VisitState | None) -> str:
    """The one question, and what waits for its answer."""
    if goal is None:
        return _("Why is nothing decided?")
    if goal is VisitState.CLOSED:
        return _("Before the order is closed: why is nothing decided?")
    return _("Before the car goes on to %(stage)s: why is nothing decided?", stage=_(COLUMN_LABELS[goal]))


def told_of(goal: VisitState) -> str:
    """Where the visit is now."""
    if goal is VisitState.CLOSED:
        return _("The order is closed.")
    return _("It is in %(column)s now.", column=_(COLUMN_LABELS[goal]))
