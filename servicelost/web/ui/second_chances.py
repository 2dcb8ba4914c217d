"""Work turned down before, put before the customer again: one tap on the visit adds it or leaves it.

What that does is said in the pipeline's `second_chance`.
"""

from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, IllegalMove, InvalidInput, RuleViolation
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.second_chance import leave_for_now, offer_again
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.decision_forms import show_visit
from servicelost.web.ui.earlier_work import earlier_work
from servicelost.web.ui.refusals import describe
from servicelost.workflow.models.visits import Visit

ALL = "all"


@page(f"/visits/{ID}visit_id>/again", Action.DECIDE_LINES, method="POST")
def second_chance(visit_id: int) -> ResponseReturnValue:
    """Put the work of the tapped button on this visit, or leave it for this time."""

    def act(book: Book) -> list[int]:
        visit = get_visible(book, Visit, visit_id)
        if left := request.form.get("not_now", ""):
            leave_for_now(book, get_visible(book, Opportunity, _number(left)), visit)
            return []
        wanted = [get_visible(book, Opportunity, row_id) for row_id in _added(book, visit)]
        return [offer_again(book, opportunity, visit).id for opportunity in wanted]

    runtime, actor = current_runtime(), current_actor()
    try:
        lines = runtime.repeated(actor, act)
    except (Conflict, IllegalMove, InvalidInput, RuleViolation) as error:
        with runtime.unit(actor, reading=True) as book:
            return show_visit(book, get_visible(book, Visit, visit_id), problem=describe(error))
    done = ",".join(map(str, lines)) or None
    place = f"line-{lines[0]}" if lines else "earlier"
    return redirect(url_for(".visit", visit_id=visit_id, done=done, _anchor=place), HTTPStatus.SEE_OTHER)


def _added(book: Book, visit: Visit) -> list[int]:
    asked = request.form.get("add", "")
    if asked != ALL:
        return [_number(asked)]
    return [old.id for old in earlier_work(book, visit) if old.can_add and not old.left]


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise InvalidInput("INVALID_FORM", _("Tap one of the buttons beside the work."))
