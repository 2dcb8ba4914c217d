"""Deciding about lines on the page of a visit: approve, decline, postpone, take off, undo; each a real form.

One line or several at once, all of them or none. A form names the version of each line it was made from, so
that two people cannot decide past each other. Whatever is refused comes back with everything that was typed.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, IllegalMove, InvalidInput, NotFound, RuleViolation
from servicelost.web import deciding
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.schemas.decisions import AuthorizeSchema, DeclineSchema, DeferSchema, RemoveSchema
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.decision_forms import FINISH, SEVERAL, OpenStrip, show_visit
from servicelost.web.ui.forms import read_form
from servicelost.web.ui.refusals import describe
from servicelost.web.ui.refused_lines import in_plain_words
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit

_LINE = f"/visits/{ID}visit_id>/lines/{ID}line_id>"
_LINES = f"/visits/{ID}visit_id>/lines"
_MOST = 200
Verb = Callable[[Book, int, int | None, Mapping[str, Any]], object]


class Chosen(NamedTuple):
    """A line as the form names it, with the version the form was made from."""

    line_id: int
    version: int | None


VERBS: Mapping[str, tuple[type[Schema], Verb]] = {
    "approve": (AuthorizeSchema, deciding.authorize),
    "decline": (DeclineSchema, deciding.decline),
    "defer": (DeferSchema, deciding.defer),
    "remove": (RemoveSchema, deciding.remove),
}


@page(f"{_LINE}/approve", Action.DECIDE_LINES, method="POST")
def approve(visit_id: int, line_id: int) -> ResponseReturnValue:
    """The customer agreed."""
    return _decide_one(visit_id, line_id, "approve")


@page(f"{_LINE}/decline", Action.DECIDE_LINES, method="POST")
def decline(visit_id: int, line_id: int) -> ResponseReturnValue:
    """The customer said no."""
    return _decide_one(visit_id, line_id, "decline")


@page(f"{_LINE}/defer", Action.DECIDE_LINES, method="POST")
def defer(visit_id: int, line_id: int) -> ResponseReturnValue:
    """The customer said not now."""
    return _decide_one(visit_id, line_id, "defer")


@page(f"{_LINE}/remove", Action.DECIDE_LINES, method="POST")
def remove(visit_id: int, line_id: int) -> ResponseReturnValue:
    """The work was taken off the order."""
    return _decide_one(visit_id, line_id, "remove")


@page(f"{_LINES}/several", Action.DECIDE_LINES, method="POST")
def decide_several(visit_id: int) -> ResponseReturnValue:
    """The same for every line that was ticked: what it is, the tapped button says."""
    act = request.form.get("act", "")
    schema, verb = VERBS.get(act, VERBS["approve"])
    chosen = chosen_lines()
    if not chosen or act not in VERBS:
        refusal = InvalidInput("NOTHING_CHOSEN", _("Tick the lines first, then say what becomes of them."))
        return show_refused(visit_id, chosen, SEVERAL, refusal)
    return decide_lines(visit_id, chosen, SEVERAL, schema(), verb)


@page(f"{_LINES}/<lines>/undo", Action.DECIDE_LINES, method="POST")
def undo(visit_id: int, lines: str) -> ResponseReturnValue:
    """Take back what this person has just decided; the lines can be decided anew."""
    chosen = [_chosen(text) for text in lines.split(",")[:_MOST]]
    return decide_lines(visit_id, chosen, "undo", Schema(), deciding.undo)


def _decide_one(visit_id: int, line_id: int, kind: str) -> ResponseReturnValue:
    schema, verb = VERBS[kind]
    chosen = [Chosen(line_id, _version(request.form.get("version", "")))]
    return decide_lines(visit_id, chosen, kind, schema(), verb)


def chosen_lines() -> list[Chosen]:
    """The lines that the form names."""
    return [_chosen(text) for text in request.form.getlist("line")[:_MOST]]


def decide_lines(
    visit_id: int, chosen: Sequence[Chosen], kind: str, schema: Schema, verb: Verb,
    then: Callable[[Book], None] | None = None, **said: Any,
) -> ResponseReturnValue:  # fmt: skip
    """Do this with all of the lines or with none, and show what was done or what stood in the way.

    `then` is done together with it; `said` goes into the address that shows it.
    """
    reached: list[int] = []

    def decide(book: Book) -> None:
        for line_id, version in chosen:
            reached.append(line_id)
            if get_visible(book, Line, line_id).visit_id != visit_id:
                raise NotFound("NOT_FOUND", f"visit {visit_id} has no line {line_id}")
            verb(book, line_id, version, sent)
        if then is not None:
            reached.clear()
            then(book)

    try:
        sent = read_form(schema, _typed())
        # Repeating is safe: whoever changed a line itself is found by its version each time.
        current_runtime().repeated(current_actor(), decide)
    except (Conflict, IllegalMove, InvalidInput, RuleViolation) as error:
        return show_refused(visit_id, chosen, kind, error, reached[-1] if reached else None)
    if not chosen:
        return redirect(url_for(".visit", visit_id=visit_id, **said), HTTPStatus.SEE_OTHER)
    done = ",".join(str(line_id) for line_id, _version in chosen)
    here = url_for(
        ".visit",
        visit_id=visit_id,
        done=None if kind == "undo" else done,
        undone=done if kind == "undo" else None,
        **said,
        _anchor=f"line-{chosen[0].line_id}",
    )
    return redirect(here, HTTPStatus.SEE_OTHER)


def show_refused(
    visit_id: int, chosen: Sequence[Chosen], kind: str, error: Exception, line_id: int | None = None
) -> ResponseReturnValue:
    """The page again, with what was typed and what stood in the way, of several lines at `line_id`."""
    several = kind in (SEVERAL, FINISH)
    with current_runtime().unit(current_actor(), reading=True) as book:
        visit = get_visible(book, Visit, visit_id)
        if line_id is not None:
            error = in_plain_words(book, get_visible(book, Line, line_id), error, named=several)
        opened = OpenStrip(
            None if several or not chosen else chosen[0].line_id,
            kind,
            request.form,
            frozenset(str(line.line_id) for line in chosen) if kind == SEVERAL else frozenset(),
        )
        return show_visit(book, visit, opened=opened, problem=describe(error))


def _typed() -> dict[str, str]:
    """What was typed; a day of one's own stands above the proposed ones, a confirmed cause above a chosen."""
    typed = request.form.to_dict()
    if other := typed.pop("other_day", ""):
        typed["deferred_until"] = other
    if confirmed := typed.pop("confirm", ""):
        typed["cause"] = confirmed
    return typed


def _chosen(text: str) -> Chosen:
    """A line from a tick box: `17:3` is the third version of line 17."""
    line_id, _colon, version = text.partition(":")
    known = _version(line_id)
    if known is None:
        raise NotFound("NOT_FOUND", "there is no such line")
    return Chosen(known, _version(version))


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
