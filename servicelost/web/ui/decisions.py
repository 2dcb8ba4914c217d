"""Deciding about lines on the page of a visit: approve, decline, postpone, undo; each a real form.

A form names the version of the line it was made from, so that two people cannot decide past each
other. Whatever is refused comes back with everything that was typed.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from servicelost.directory.calendar import local_time
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, InvalidInput, NotFound, RuleViolation
from servicelost.opportunities.pipeline.corrections import undo_loss
from servicelost.web import deciding
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.problems import describe
from servicelost.web.schemas.decisions import AuthorizeSchema, DeclineSchema, DeferSchema
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.decision_forms import OpenStrip, show_visit
from servicelost.web.ui.forms import read_form
from servicelost.web.ui.labels import LINE_MARKS
from servicelost.web.ui.visit_page import view_visit
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit

_LINE = f"/visits/{ID}visit_id>/lines/{ID}line_id>"
Verb = Callable[[Book, int, int | None, Mapping[str, Any]], object]


@page(f"{_LINE}/approve", Action.DECIDE_LINES, method="POST")
def approve(visit_id: int, line_id: int) -> ResponseReturnValue:
    """The customer agreed."""
    return _decide(visit_id, line_id, "approve", AuthorizeSchema(), deciding.authorize)


@page(f"{_LINE}/decline", Action.DECIDE_LINES, method="POST")
def decline(visit_id: int, line_id: int) -> ResponseReturnValue:
    """The customer said no."""
    return _decide(visit_id, line_id, "decline", DeclineSchema(), deciding.decline)


@page(f"{_LINE}/defer", Action.DECIDE_LINES, method="POST")
def defer(visit_id: int, line_id: int) -> ResponseReturnValue:
    """The customer said not now."""
    return _decide(visit_id, line_id, "defer", DeferSchema(), deciding.defer)


@page(f"{_LINE}/undo", Action.DECIDE_LINES, method="POST")
def undo(visit_id: int, line_id: int) -> ResponseReturnValue:
    """Take back what this person has just declined; the line can be decided anew."""
    return _decide(visit_id, line_id, "undo", Schema(), _undo)


def _undo(book: Book, line_id: int, _version: int | None, _sent: Mapping[str, Any]) -> None:
    line = book.get(Line, line_id)
    view = view_visit(book, book.get(Visit, line.visit_id))
    entry = next(shown.undo_entry for shown in view.lines if shown.row.id == line_id)
    if entry is None:
        raise RuleViolation("NOTHING_TO_UNDO", _("There is nothing here that you could take back."))
    undo_loss(book, entry)


def _decide(visit_id: int, line_id: int, kind: str, schema: Schema, verb: Verb) -> ResponseReturnValue:
    actor, runtime = current_actor(), current_runtime()

    def decide(book: Book) -> None:
        if get_visible(book, Line, line_id).visit_id != visit_id:
            raise NotFound("NOT_FOUND", f"visit {visit_id} has no line {line_id}")
        verb(book, line_id, _version(), sent)

    try:
        sent = read_form(schema, _typed())
        # Repeating is safe: whoever changed the line itself is found by its version each time.
        runtime.repeated(actor, decide)
    except (Conflict, InvalidInput, RuleViolation) as error:
        with runtime.unit(actor, reading=True) as book:
            visit = get_visible(book, Visit, visit_id)
            problem = describe(_in_plain_words(book, get_visible(book, Line, line_id), error))
            opened = OpenStrip(line_id, kind, request.form)
            return show_visit(book, visit, opened=opened, problem=problem)
    here = url_for(".visit", visit_id=visit_id, done=line_id, _anchor=f"line-{line_id}")
    return redirect(here, HTTPStatus.SEE_OTHER)


def _typed() -> dict[str, str]:
    """What was typed; a day of one's own stands above the proposed ones."""
    typed = request.form.to_dict()
    if other := typed.pop("other_day", ""):
        typed["deferred_until"] = other
    return typed


def _version() -> int | None:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _in_plain_words(book: Book, line: Line, error: Exception) -> Exception:
    """A stale page is told what the colleague did, so that the person at the counter can keep or redo it."""
    if getattr(error, "code", None) != "STALE":
        return error
    last, done = deciding.last_change(book, line), _(LINE_MARKS[line.state].label).lower()
    if last is None:
        told = _(
            "Somebody changed this line meanwhile: it is %(done)s now. Keep that, or decide again.", done=done
        )
        return Conflict("STALE", told)
    there = local_time(book.get(Dealership, line.dealership_id), last.recorded_at)
    text = _(
        "%(who)s changed this line meanwhile, at %(time)s: it is %(done)s now. Keep that, or decide again "
        "below.",
        who=last.actor, time=f"{there:%H:%M}", done=done,
    )  # fmt: skip
    return Conflict("STALE", text)
