"""Today: the day of a dealership, and each appointment moved with one tap; each a real form.

What is read is in `today_view`, what a move does in `web.arriving`. A form names the version of the row it
was made from, so that two people cannot act past each other.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from servicelost.directory.calendar import local_day, local_time
from servicelost.directory.dealerships import list_dealerships
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, IllegalMove, InvalidInput, RuleViolation
from servicelost.taxonomy.causes import CAUSES
from servicelost.taxonomy.matrix import CANCELLED_BY_CAUSES
from servicelost.taxonomy.parties import Party
from servicelost.web import arriving
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.problems import Problem
from servicelost.web.schemas.appointments import CancelSchema, RescheduleSchema
from servicelost.web.sight import get_visible
from servicelost.web.ui import wording
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.call_messages import say_what_came_of_it
from servicelost.web.ui.follow_ups import about_calls
from servicelost.web.ui.forms import read_form
from servicelost.web.ui.frame import Message, say
from servicelost.web.ui.labels import APPOINTMENT_MARKS
from servicelost.web.ui.refusals import describe
from servicelost.web.ui.today_view import Expected, view_today
from servicelost.workflow.appointment_undo import undoable_move
from servicelost.workflow.history import entries_of_appointment
from servicelost.workflow.models.appointments import Appointment

Verb = Callable[[Book, int, int | None, Mapping[str, Any]], None]
CANCELLERS: Mapping[Party, str] = {
    Party.CUSTOMER: "The customer called it off",
    Party.DEALER: "We called it off",
}
_MOVE = f"/today/{ID}appointment_id>"
_LATER = (1, 2, 7)


@page("/today", Action.READ_VISITS)
def today() -> ResponseReturnValue:
    """The day the address names, else the present one."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return show_today(book)


@page(f"{_MOVE}/arrived", Action.MOVE_APPOINTMENTS, method="POST")
def arrived(appointment_id: int) -> ResponseReturnValue:
    """The car is here."""
    return _move(appointment_id, Schema(), arriving.arrive)


@page(f"{_MOVE}/no-show", Action.MOVE_APPOINTMENTS, method="POST")
def no_show(appointment_id: int) -> ResponseReturnValue:
    """The customer did not come."""
    return _move(appointment_id, Schema(), arriving.miss)


@page(f"{_MOVE}/cancel", Action.MOVE_APPOINTMENTS, method="POST")
def cancel_booking(appointment_id: int) -> ResponseReturnValue:
    """Somebody called it off."""
    return _move(appointment_id, CancelSchema(), arriving.cancel)


@page(f"{_MOVE}/reschedule", Action.MOVE_APPOINTMENTS, method="POST")
def reschedule(appointment_id: int) -> ResponseReturnValue:
    """It gets another time."""
    return _move(appointment_id, RescheduleSchema(), arriving.reschedule)


@page(f"{_MOVE}/undo", Action.MOVE_APPOINTMENTS, method="POST")
def undo_move(appointment_id: int) -> ResponseReturnValue:
    """The last tap was a wrong one."""
    return _move(appointment_id, Schema(), arriving.undo)


def _move(appointment_id: int, schema: Schema, verb: Verb) -> ResponseReturnValue:
    runtime, actor = current_runtime(), current_actor()
    try:
        sent = read_form(schema, request.form.to_dict())
        runtime.repeated(actor, lambda book: verb(book, appointment_id, _version(), sent))
    except (Conflict, IllegalMove, InvalidInput, RuleViolation) as error:
        with runtime.unit(actor, reading=True) as book:
            row = get_visible(book, Appointment, appointment_id)
            return show_today(book, problem=describe(_in_plain_words(book, row, error)), about=row)
    with runtime.unit(actor, reading=True) as book:
        row = get_visible(book, Appointment, appointment_id)
        day = local_day(book.get(Dealership, row.dealership_id), row.scheduled_at)
    here = {**kept(), "done": appointment_id, "day": kept().get("day") or day.isoformat()}
    return redirect(url_for(".today", **here, _anchor=f"a-{appointment_id}"), HTTPStatus.SEE_OTHER)


def show_today(
    book: Book, *, problem: Problem | None = None, about: Appointment | None = None
) -> ResponseReturnValue:
    """The page; a problem is told at the top, and the appointment it is about stays open."""
    dealerships = list_dealerships(book)
    wanted = str(about.dealership_id) if about else str(kept().get("at", ""))
    dealership = next((row for row in dealerships if str(row.id) == wanted), next(iter(dealerships), None))
    if problem is not None:
        say(Message(problem.message, wrong=True))
    if dealership is None:
        return render_template("servicelost/today.html", view=None, dealerships=[])
    if problem is None:
        _say_what_was_done(book, dealership)
        say_what_came_of_it(book)
    mine = kept().get("who") == "mine" and book.actor.employee_id is not None
    view = view_today(book, dealership, _day(book, dealership), mine=mine)
    body = render_template(
        "servicelost/today.html",
        view=view,
        dealerships=dealerships,
        kept=kept(),
        mine=mine,
        own=book.actor.employee_id is not None,
        opened=about.id if about else None,
        typed=request.form,
        causes=_causes(),
        later=_later,
        earlier=view.day - timedelta(days=1),
        next_day=view.day + timedelta(days=1),
        local=lambda moment: local_time(dealership, moment),
        **about_calls(book, dealership),
    )
    return body, HTTPStatus.OK if problem is None else problem.status


def kept() -> dict[str, Any]:
    """What the address says of the view, kept through every form."""
    asked = {name: request.values.get(name) for name in ("day", "at", "who")}
    return {name: text for name, text in asked.items() if text}


def _day(book: Book, dealership: Dealership) -> date:
    try:
        return date.fromisoformat(str(kept().get("day")))
    except ValueError:
        return local_day(dealership, book.now)


def _version() -> int | None:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _causes() -> list[tuple[str, list[tuple[str, str]]]]:
    """Who called it off, each with the causes that go with that, as chips send them."""
    return [
        (_(words), [(f"{party}:{cause}", _(CAUSES[cause].label)) for cause in CANCELLED_BY_CAUSES[party]])
        for party, words in CANCELLERS.items()
    ]


def _later(row: Expected, zone: str) -> list[tuple[str, str]]:
    """The times proposed for another day: the value a chip sends, and its words."""
    there = row.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    times = [there + timedelta(days=days) for days in _LATER]
    return [(time.isoformat(), f"{wording.day(time.date())}, {time:%H:%M}") for time in times]


def _say_what_was_done(book: Book, dealership: Dealership) -> None:
    if request.args.get("lost"):
        say(Message(_("Recorded as lost. It stands in the ledger with what the customer said.")))
    done = request.args.get("done", "")
    if not done.isdigit() or len(done) > 18:
        return
    row = book.find(Appointment, int(done))
    if row is None or not book.actor.may_see(row.dealership_id):
        return
    when = wording.moment(row.scheduled_at, dealership.timezone)
    text = _("%(when)s: %(state)s.", when=when, state=_(APPOINTMENT_MARKS[row.state].label))
    undo = None
    if undoable_move(book, row) is not None:
        undo = url_for(".undo_move", appointment_id=row.id, **kept())
    say(Message(text, undo_url=undo))


def _in_plain_words(book: Book, row: Appointment, error: Exception) -> Exception:
    """A colleague was quicker: who did what and when, so that the person at the counter can go on."""
    if not isinstance(error, IllegalMove) and getattr(error, "code", None) != "STALE":
        return error
    last, dealership = entries_of_appointment(book, row)[-1], book.get(Dealership, row.dealership_id)
    at: datetime = local_time(dealership, last.recorded_at)
    state = _(APPOINTMENT_MARKS[row.state].label)
    text = _("%(who)s was quicker, at %(time)s: %(state)s.", who=last.actor, time=f"{at:%H:%M}", state=state)
    return Conflict("STALE", text)
