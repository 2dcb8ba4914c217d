"""Red work past its day, on the page Today: a person who has spoken to the customer records it as lost.

What that does to the ledger is decided in `opportunities.pipeline.letting_go`.
"""

from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, validate

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, InvalidInput, RuleViolation
from servicelost.opportunities.pipeline.letting_go import let_go as let_opportunity_go
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.schemas.fields import Text
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.forms import read_form
from servicelost.web.ui.refusals import describe
from servicelost.web.ui.today import kept, show_today


class LetGoSchema(Schema):
    """What the customer said, in words."""

    note = Text(1000, lines=True, required=True, validate=validate.Length(min=1))


@page(f"/today/red-work/{ID}card_id>", Action.DECIDE_LINES, method="POST")
def let_go(card_id: int) -> ResponseReturnValue:
    """It is lost: the loss is posted as that of the day after its grace."""
    runtime, actor = current_runtime(), current_actor()

    def act(book: Book) -> None:
        opportunity = get_visible(book, Opportunity, card_id)
        if opportunity.state != OpportunityState.DEFERRED:
            raise Conflict("STALE", _("Somebody has decided about this work meanwhile: it waits no longer."))
        let_opportunity_go(book, opportunity, sent["note"])

    try:
        sent = read_form(LetGoSchema(), request.form.to_dict())
        runtime.repeated(actor, act)
    except (Conflict, InvalidInput, RuleViolation) as error:
        with runtime.unit(actor, reading=True) as book:
            return show_today(book, problem=describe(error))
    return redirect(url_for(".today", **kept(), lost=card_id), HTTPStatus.SEE_OTHER)
