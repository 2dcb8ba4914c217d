"""Moving a visit on from its own page: one select, and the one question first where work is undecided.

Where a visit may go is the workflow's table; when it is asked why, the pipeline's `leaving`.
"""

from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, IllegalMove, InvalidInput, RuleViolation
from servicelost.opportunities.pipeline.leaving import UNDECIDED, check_decided, move_on
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.schemas.cards import MoveSchema
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.decision_forms import show_visit
from servicelost.web.ui.forms import read_form
from servicelost.web.ui.goals import ask_why, move_targets, way_back
from servicelost.web.ui.labels import VISIT_MARKS
from servicelost.web.ui.refusals import describe
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import VisitState


@page(f"/visits/{ID}visit_id>/move", Action.MOVE_CARDS, method="POST")
def move_visit(visit_id: int) -> ResponseReturnValue:
    """The car goes to another stage, or its order is closed."""
    runtime, actor = current_runtime(), current_actor()

    def move(book: Book) -> None:
        visit = get_visible(book, Visit, visit_id)
        if sent.get("version") not in (None, visit.version):
            raise Conflict("STALE", _("Somebody changed this meanwhile. Keep that, or save yours again."))
        if sent["to"] not in dict(move_targets(visit)):
            raise InvalidInput("INVALID_FORM", _told(visit))
        check_decided(book, visit, VisitState(sent["to"]))
        move_on(book, visit, VisitState(sent["to"]))

    try:
        sent = read_form(MoveSchema(), request.form)
        runtime.repeated(actor, move)
    except (Conflict, IllegalMove, InvalidInput, RuleViolation) as error:
        if error.code == UNDECIDED:
            return redirect(ask_why(visit_id, request.form["to"]), HTTPStatus.SEE_OTHER)
        with runtime.unit(actor, reading=True) as book:
            return show_visit(book, get_visible(book, Visit, visit_id), problem=describe(error))
    here = url_for(".visit", visit_id=visit_id, moved=sent["to"], **way_back())
    return redirect(here, HTTPStatus.SEE_OTHER)


def _told(visit: Visit) -> str:
    legal = ", ".join(label for _code, label in move_targets(visit)) or _("nowhere")
    return _(
        "From %(column)s the car cannot go there; it can go to: %(legal)s.",
        column=_(VISIT_MARKS[visit.state].label), legal=legal,
    )  # fmt: skip
