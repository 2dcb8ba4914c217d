"""Leaving a visit with work undecided: one question, five answers, each one tap.

What an answer comes to is said in the pipeline's `leaving`; a loss is recorded as a decline of each line. Who
was on the way to delivery or to the end of the order, goes on with the answer.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Forbidden, IllegalMove, InvalidInput, RuleViolation
from servicelost.opportunities.pipeline.evidence import evidence_of_lines
from servicelost.opportunities.pipeline.leaving import (
    Leaving,
    cause_of_leaving,
    check_decided,
    leave_open,
    move_on,
    undecided_lines,
)
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.matrix import legal_stage_for
from servicelost.taxonomy.stages import Stage
from servicelost.web import deciding
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor, current_caller
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action, may
from servicelost.web.schemas.finishing import FinishSchema
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.decision_forms import FINISH
from servicelost.web.ui.decisions import chosen_lines, decide_lines, show_refused
from servicelost.web.ui.goals import asked_goal, way_back
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import VisitState


@page(f"/visits/{ID}visit_id>/finish", Action.DECIDE_LINES, method="POST")
def finish_visit(visit_id: int) -> ResponseReturnValue:
    """Say why nothing was decided, or that it is still open; where the visit was to go, it goes then."""
    goal = asked_goal()
    if goal is not None and not may(current_caller(), Action.MOVE_CARDS):
        raise Forbidden("FORBIDDEN", "moving a visit needs more than deciding about its lines")
    if request.form.get("answer") == Leaving.STILL_OPEN:
        return _leave(visit_id, goal)
    if request.form.get("answer") not in set(Leaving):
        refusal = InvalidInput("NO_ANSWER", _("Tap one of the answers."))
        return show_refused(visit_id, [], FINISH, refusal)

    def go(book: Book) -> None:
        if goal is not None:
            visit = get_visible(book, Visit, visit_id)
            check_decided(book, visit, goal)
            move_on(book, visit, goal)

    moved = None if goal is None else goal.value
    return decide_lines(
        visit_id, chosen_lines(), FINISH, FinishSchema(), _decline, then=go, moved=moved, **way_back()
    )


def _leave(visit_id: int, goal: VisitState | None) -> ResponseReturnValue:
    def leave(book: Book) -> None:
        visit = get_visible(book, Visit, visit_id)
        leave_open(book, visit, undecided_lines(book, visit))
        if goal is not None:
            move_on(book, visit, goal)

    try:
        current_runtime().repeated(current_actor(), leave)
    except (IllegalMove, RuleViolation) as error:
        return show_refused(visit_id, [], FINISH, error)
    moved = None if goal is None else goal.value
    here = url_for(".visit", visit_id=visit_id, left="open", moved=moved, **way_back(), _anchor="finish")
    return redirect(here, HTTPStatus.SEE_OTHER)


def _decline(book: Book, line_id: int, version: int | None, sent: Mapping[str, Any]) -> None:
    line = get_visible(book, Line, line_id)
    visit = book.get(Visit, line.visit_id)
    evidence = evidence_of_lines(book, visit, [line], contact=False)[line.id]
    cause = cause_of_leaving(sent["answer"], evidence, needs_part=line.part_number is not None)
    deciding.decline(book, line_id, version, {**sent, **_told_here(visit), "cause": cause})


def _told_here(visit: Visit) -> dict[str, Any]:
    """Where it was said: before the move that follows at the same moment."""
    if asked_goal() is None:
        return {}
    return {"stage": legal_stage_for(LossEvent.QUOTE_DECLINED, Stage(visit.stage))}
