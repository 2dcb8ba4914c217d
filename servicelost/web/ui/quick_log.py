"""The quick log: one page to record a loss with no visit behind it, and to take it back for a minute.

What is recorded is said in `web.quick_log`. A form that is refused comes back with all that was typed.
"""

from collections.abc import Mapping
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.directory.competitors import offered_competitors
from servicelost.directory.dealerships import list_dealerships
from servicelost.directory.models import Dealership
from servicelost.directory.services import list_services
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, InvalidInput, RuleViolation
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.corrections import undo_loss
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.problems import Problem
from servicelost.web.quick_log import VERBS
from servicelost.web.schemas.quick_log import SCHEMAS
from servicelost.web.sight import get_visible
from servicelost.web.ui import wording
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.cause_choices import cause_choices
from servicelost.web.ui.forms import read_form
from servicelost.web.ui.frame import Message, say
from servicelost.web.ui.refusals import describe
from servicelost.workflow.appointment_undo import UNDO_FOR

KINDS: Mapping[str, str] = {
    "call": "Missed call",
    "inquiry": "Asked, did not book",
    "part": "Part not supplied",
}
WHEN: Mapping[int, str] = {0: "Just now", 15: "15 minutes ago", 60: "An hour ago", 240: "4 hours ago"}
PART_CHANNELS: Mapping[str, str] = {"COUNTER": "Counter", "PHONE": "Telephone", "WORKSHOP": "Workshop"}
_EVENTS = {"inquiry": LossEvent.LEAD_REJECTED, "part": LossEvent.PART_NOT_SUPPLIED}
_FIRST = {"inquiry": Cause.PRICE_TOO_HIGH, "part": Cause.MISSING_PARTS}
_NO_LOSS = {"inquiry": (Cause.PRICE_INQUIRY_ONLY,)}
_FIRST_CAUSES = 5


@page("/log", Action.LOG_LOSSES)
def quick_log() -> ResponseReturnValue:
    """The empty form, with a word about what was logged just before."""
    kind = request.args.get("kind", "call")
    with current_runtime().unit(current_actor(), reading=True) as book:
        _say_what_was_logged(book)
        return _form(book, kind if kind in KINDS else "call", {})


@page("/log/<kind>", Action.LOG_LOSSES, method="POST")
def log_loss(kind: str) -> ResponseReturnValue:
    """Record it, and show the empty form for the next one."""
    if kind not in VERBS:
        abort(HTTPStatus.NOT_FOUND)
    runtime, actor = current_runtime(), current_actor()

    def log(book: Book) -> Opportunity | None:
        return VERBS[kind](book, _dealership(book, sent.get("dealership_id")), sent)

    try:
        sent = read_form(SCHEMAS[kind](), request.form.to_dict())
        opportunity = runtime.repeated(actor, log)
    except (Conflict, InvalidInput, RuleViolation) as error:
        with runtime.unit(actor, reading=True) as book:
            return _form(book, kind, request.form.to_dict(), describe(error))
    done = None if opportunity is None else opportunity.id
    return redirect(url_for(".quick_log", kind=kind, done=done), HTTPStatus.SEE_OTHER)


@page(f"/log/{ID}entry_id>/undo", Action.LOG_LOSSES, method="POST")
def undo_logged(entry_id: int) -> ResponseReturnValue:
    """Take back what this person has just logged."""

    def undo(book: Book) -> None:
        entry = get_visible(book, LedgerEntry, entry_id)
        if book.now - entry.recorded_at > UNDO_FOR:
            raise RuleViolation("TOO_LATE", _("Undo is over after a minute; a manager can reverse the loss."))
        undo_loss(book, entry.id)

    try:
        current_runtime().repeated(current_actor(), undo)
    except RuleViolation as error:
        with current_runtime().unit(current_actor(), reading=True) as book:
            return _form(book, "call", {}, describe(error))
    return redirect(url_for(".quick_log", undone="yes"), HTTPStatus.SEE_OTHER)


def _form(
    book: Book, kind: str, typed: Mapping[str, Any], problem: Problem | None = None
) -> tuple[str, HTTPStatus | int]:
    if problem is not None:
        say(Message(problem.message, wrong=True))
    dealerships = list_dealerships(book)
    dealership = _chosen(dealerships, typed.get("dealership_id") or request.args.get("dealership_id"))
    event = _EVENTS.get(kind)
    body = render_template(
        "servicelost/log.html",
        kind=kind,
        kinds=KINDS,
        when=WHEN,
        part_channels=PART_CHANNELS,
        dealerships=dealerships,
        dealership=dealership,
        services=list_services(book, dealership) if dealership else [],
        choices=cause_choices(book, dealership, (event,), *_NO_LOSS.get(kind, ()))
        if dealership and event
        else [],
        first_causes=_FIRST_CAUSES,
        competitors=offered_competitors(book, dealership.id) if dealership else [],
        chosen=typed.get("cause", _FIRST.get(kind)),
        typed={"once": token_urlsafe(12), **typed},
        wrong={error["field"] for error in problem.errors} if problem else set(),
    )
    return body, HTTPStatus.OK if problem is None else problem.status


def _chosen(dealerships: list[Dealership], asked: Any) -> Dealership | None:
    named = next((row for row in dealerships if str(row.id) == str(asked)), None)
    return named or next(iter(dealerships), None)


def _dealership(book: Book, dealership_id: int | None) -> Dealership:
    """The one that was chosen; who sees only one has nothing to choose."""
    seen = list_dealerships(book)
    found = [row for row in seen if dealership_id is None or row.id == dealership_id]
    if len(found) != 1:
        raise InvalidInput("DEALERSHIP_NEEDED", _("Say at which dealership it happened."))
    return found[0]


def _say_what_was_logged(book: Book) -> None:
    if "undone" in request.args:
        say(Message(_("Taken back.")))
    done = request.args.get("done", "")
    if not done.isdigit() or len(done) > 18:
        return
    row = book.find(Opportunity, int(done))
    if row is None or not book.actor.may_see(row.dealership_id):
        return
    loss = book.find(LedgerEntry, row.loss_id) if row.loss_id else None
    if loss is None:
        say(Message(_("Recorded; nothing is lost by it.")))
        return
    currency = next(known.currency for known in list_dealerships(book) if known.id == row.dealership_id)
    recent = loss.recorded_by == book.actor.name and book.now - loss.recorded_at <= UNDO_FOR
    undo = url_for(".undo_logged", entry_id=loss.id) if recent else None
    text = _("Recorded: %(amount)s lost.", amount=wording.money(loss.amount_minor, currency))
    say(Message(text, undo_url=undo))
