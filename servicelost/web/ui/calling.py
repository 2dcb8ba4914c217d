"""A customer was called: one tap on Today or in the list of follow-ups keeps what came of it.

What a call does is said in the pipeline's `calling`; a no is recorded as work on a visit is declined, or as a
lead that did not book. A form names how many calls its row knew of: two people do not act past each other.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields, validate

from servicelost.directory.calendar import local_time
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, IllegalMove, InvalidInput, RuleViolation
from servicelost.opportunities.pipeline.call_undoing import take_back_call
from servicelost.opportunities.pipeline.calling import CallOutcome, calls_in, lose_call, record_call
from servicelost.opportunities.pipeline.models import DECISIONS_OF_OPPORTUNITY, Opportunity
from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.web import deciding
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.schemas.fields import Text
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.board_acts import line_of_card
from servicelost.web.ui.call_messages import CALLED, UNDONE, came_from_list, come_back
from servicelost.web.ui.follow_ups import show_follow_ups
from servicelost.web.ui.forms import read_form
from servicelost.web.ui.labels import CALL_LABELS
from servicelost.web.ui.refusals import describe
from servicelost.web.ui.today import show_today

_MOST_CALLS = 10_000
_NEED = f"/follow-ups/{ID}card_id>"
_REFUSED = (Conflict, IllegalMove, InvalidInput, RuleViolation)


class CalledSchema(Schema):
    """What came of the call; with a cause it is a no. `calls` is how many the row knew of."""

    outcome = fields.Enum(CallOutcome, by_value=True)
    cause = Text(40)
    calls = fields.Integer(validate=validate.Range(0, _MOST_CALLS))


@page(f"{_NEED}/called", Action.LOG_CONTACTS, method="POST")
def called(card_id: int) -> ResponseReturnValue:
    """Somebody called the customer."""
    return _act(card_id, CalledSchema(), _record, CALLED)


@page(f"{_NEED}/undo", Action.LOG_CONTACTS, method="POST")
def undo_call(card_id: int) -> ResponseReturnValue:
    """The last call was a wrong tap."""
    return _act(card_id, Schema(), lambda book, need, _sent: take_back_call(book, need), UNDONE)


def _act(
    card_id: int, schema: Schema, verb: Callable[[Book, Opportunity, Mapping[str, Any]], None], done: str
) -> ResponseReturnValue:
    runtime, actor = current_runtime(), current_actor()
    try:
        sent = read_form(schema, request.form.to_dict())
        runtime.repeated(actor, lambda book: verb(book, get_visible(book, Opportunity, card_id), sent))
    except _REFUSED as error:
        with runtime.unit(actor, reading=True) as book:
            get_visible(book, Opportunity, card_id)
            return shown_again(book, error)
    return redirect(come_back(f"n-{card_id}", **{done: card_id}), HTTPStatus.SEE_OTHER)


def shown_again(book: Book, error: Exception) -> ResponseReturnValue:
    """The page that the form of a row stood on, with why it was refused."""
    show = show_follow_ups if came_from_list() else show_today
    return show(book, problem=describe(error))


def _record(book: Book, need: Opportunity, sent: Mapping[str, Any]) -> None:
    outcome, cause = sent.get("outcome"), sent.get("cause")
    if cause is not None:
        outcome = CallOutcome.NOT_INTERESTED
    if outcome is None or (outcome is CallOutcome.NOT_INTERESTED and cause is None):
        raise InvalidInput("NO_OUTCOME", _("Tap what came of the call."))
    _check_nobody_was_quicker(book, need, sent.get("calls"))
    line_id = line_of_card(book, need)
    by_line = need.call_id is None or need.state == OpportunityState.DEFERRED
    record_call(book, need, outcome)
    if cause is None:
        return
    if by_line and line_id is not None:
        deciding.decline(book, line_id, None, {"cause": cause})
        return
    reason = deciding.stated_reason(book, book.get(Dealership, need.dealership_id), {"cause": cause})
    lose_call(book, need, reason)


def _check_nobody_was_quicker(book: Book, need: Opportunity, known: int | None) -> None:
    calls = calls_in(book.many(DECISIONS_OF_OPPORTUNITY, need.id))
    if known is None or calls is None or calls.times == known:
        return
    at = local_time(book.get(Dealership, need.dealership_id), calls.last_at)
    told = _(
        "Somebody has called meanwhile, at %(time)s: %(outcome)s.",
        time=f"{at:%H:%M}", outcome=_(CALL_LABELS[calls.outcome]).lower(),
    )  # fmt: skip
    raise Conflict("STALE", told)
