"""The pages of visits: the list, and one visit with its lines.

Deciding about lines is in `decisions`; what is read from the database, in `visit_lists` and `visit_page`.
"""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.decision_forms import show_visit
from servicelost.web.ui.visit_lists import FILTERS, list_visits
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.queries import VisitFilter

_LONGEST_SEARCH = 60


@page("/visits", Action.READ_VISITS)
def visits() -> ResponseReturnValue:
    """The list, or straight the visit when the search finds exactly one."""
    text = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    state = request.args.get("state", "all" if text else "house")
    _, states = FILTERS.get(state, FILTERS["house"])
    with current_runtime().unit(current_actor(), reading=True) as book:
        found = list_visits(book, VisitFilter(states=states, number=text or None))
    if text and len(found.rows) == 1 and found.number == 1:
        return redirect(url_for(".visit", visit_id=found.rows[0].id))
    return render_template("servicelost/visits.html", found=found, filters=FILTERS, state=state, text=text)


@page(f"/visits/{ID}visit_id>", Action.READ_VISITS)
def visit(visit_id: int) -> ResponseReturnValue:
    """One visit; the address may ask for a strip to be open."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return show_visit(book, get_visible(book, Visit, visit_id))
