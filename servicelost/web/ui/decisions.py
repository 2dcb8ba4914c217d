"""Deciding about lines on the page of a visit: approve, decline, postpone, undo; each a real form.

A form names the version of the line it was made from, so that two people cannot decide past each
other. Whatever is refused comes back with everything that was typed.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.directory.causes import resolve_cause
from servicelost.directory.competitors import ensure_competitor
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, InvalidInput, NotFound, RuleViolation, StaleRow
from servicelost.opportunities.pipeline.corrections import undo_loss
from servicelost.taxonomy.parties import Party
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.problems import describe
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import page
from servicelost.web.ui.decision_forms import OpenStrip, show_visit
from servicelost.web.ui.form_schemas import ApproveForm, DeclineForm, DeferForm
from servicelost.web.ui.forms import Form, read_form
from servicelost.web.ui.visit_page import view_visit
from servicelost.workflow.decisions import authorize_line, decline_line, defer_line
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason

_LINE = "/visits/<int:visit_id>/lines/<int:line_id>"
Typed = Mapping[str, Any]
Act = Callable[[Book, Line, Typed], object]


@page(f"{_LINE}/approve", Action.DECIDE_LINES, method="POST")
def approve(visit_id: int, line_id: int) -> ResponseReturnValue:
    """The customer agreed."""

    def act(book: Book, line: Line, _form: Typed) -> None:
        authorize_line(book, line, at=book.now)

    return _decide(visit_id, line_id, "approve", ApproveForm(), act)


@page(f"{_LINE}/decline", Action.DECIDE_LINES, method="POST")
def decline(visit_id: int, line_id: int) -> ResponseReturnValue:
    """The customer said no."""

    def act(book: Book, line: Line, form: Typed) -> None:
        decline_line(book, line, at=book.now, reason=_reason(book, line, form))

    return _decide(visit_id, line_id, "decline", DeclineForm(), act)


@page(f"{_LINE}/defer", Action.DECIDE_LINES, method="POST")
def defer(visit_id: int, line_id: int) -> ResponseReturnValue:
    """The customer said not now."""

    def act(book: Book, line: Line, form: Typed) -> None:
        until, until_km = form.get("other_until") or form.get("until"), form.get("until_km")
        defer_line(book, line, at=book.now, until=until, until_km=until_km, reason=_reason(book, line, form))

    return _decide(visit_id, line_id, "defer", DeferForm(), act)


@page(f"{_LINE}/undo", Action.DECIDE_LINES, method="POST")
def undo(visit_id: int, line_id: int) -> ResponseReturnValue:
    """Take back what this person just declined; the line can be decided anew."""

    def act(book: Book, line: Line, _form: Typed) -> None:
        view = view_visit(book, book.get(Visit, line.visit_id))
        entry = next(shown.undo_entry for shown in view.lines if shown.row.id == line.id)
        if entry is None:
            raise RuleViolation("NOTHING_TO_UNDO", "there is nothing here that you could take back")
        undo_loss(book, entry)

    return _decide(visit_id, line_id, "undo", None, act)


def _decide(visit_id: int, line_id: int, kind: str, schema: Form | None, act: Act) -> ResponseReturnValue:
    actor, runtime = current_actor(), current_runtime()
    try:
        form = {} if schema is None else read_form(schema, request.form)
        with runtime.unit(actor) as book:
            line = _line_of(book, visit_id, line_id)
            if schema is not None and line.version != form["version"]:
                raise StaleRow("line", line.id)
            act(book, line, form)
    except (Conflict, InvalidInput, RuleViolation) as error:
        problem = describe(_in_plain_words(error))
        with runtime.unit(actor, reading=True) as book:
            opened = OpenStrip(line_id, kind, request.form)
            return show_visit(book, get_visible(book, Visit, visit_id), opened=opened, problem=problem)
    here = url_for(".visit", visit_id=visit_id, done=line_id, _anchor=f"line-{line_id}")
    return redirect(here, HTTPStatus.SEE_OTHER)


def _line_of(book: Book, visit_id: int, line_id: int) -> Line:
    line = get_visible(book, Line, line_id)
    if line.visit_id != visit_id:
        raise NotFound("NOT_FOUND", f"visit {visit_id} has no line {line_id}")
    return line


def _reason(book: Book, line: Line, form: Typed) -> Reason:
    dealership = book.get(Dealership, line.dealership_id)
    stated = resolve_cause(book, dealership, form["cause"]) if form.get("cause") else None
    competitor = form.get("competitor")
    return Reason(
        cause=stated and stated.standard,
        custom_cause_id=stated.own.id if stated and stated.own else None,
        note=form.get("note"),
        competitor_id=ensure_competitor(book, dealership, competitor).id if competitor else None,
        competitor_price=form.get("competitor_price"),
        decided_by=Party.CUSTOMER,
    )


def _in_plain_words(error: Exception) -> Exception:
    """A stale page is told so that the person at the counter knows what to do."""
    if isinstance(error, StaleRow):
        message = (
            "Somebody else changed this line meanwhile. This is how it stands now; decide again if need be."
        )
        return Conflict("STALE", message)
    return error
