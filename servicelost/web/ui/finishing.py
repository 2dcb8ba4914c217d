"""Leaving a visit with work undecided: one question, five answers, each one tap.

What an answer comes to is said in the pipeline's `leaving`; a loss is recorded as a decline of each line.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.kernel.book import Book
from servicelost.kernel.errors import InvalidInput
from servicelost.opportunities.pipeline.evidence import evidence_of_lines
from servicelost.opportunities.pipeline.leaving import UNDECIDED_OFFERS, Leaving, cause_of_leaving, leave_open
from servicelost.web import deciding
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.schemas.finishing import FinishSchema
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.decision_forms import FINISH
from servicelost.web.ui.decisions import chosen_lines, decide_lines, show_refused
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.visits import Visit


@page(f"/visits/{ID}visit_id>/finish", Action.DECIDE_LINES, method="POST")
def finish_visit(visit_id: int) -> ResponseReturnValue:
    """Say why nothing was decided, or that it is still open."""
    if request.form.get("answer") == Leaving.STILL_OPEN:
        current_runtime().repeated(current_actor(), lambda book: _leave_open(book, visit_id))
        here = url_for(".visit", visit_id=visit_id, left="open", _anchor="finish")
        return redirect(here, HTTPStatus.SEE_OTHER)
    if request.form.get("answer") not in set(Leaving):
        refusal = InvalidInput("NO_ANSWER", _("Tap one of the answers."))
        return show_refused(visit_id, [], FINISH, refusal)
    return decide_lines(visit_id, chosen_lines(), FINISH, FinishSchema(), _decline)


def _leave_open(book: Book, visit_id: int) -> None:
    visit = get_visible(book, Visit, visit_id)
    undecided = [line for line in book.many(LINES_OF_VISIT, visit.id) if line.state in UNDECIDED_OFFERS]
    leave_open(book, visit, undecided)


def _decline(book: Book, line_id: int, version: int | None, sent: Mapping[str, Any]) -> None:
    line = get_visible(book, Line, line_id)
    evidence = evidence_of_lines(book, book.get(Visit, line.visit_id), [line], contact=False)[line.id]
    cause = cause_of_leaving(sent["answer"], evidence, needs_part=line.part_number is not None)
    deciding.decline(book, line_id, version, {**sent, "cause": cause})
