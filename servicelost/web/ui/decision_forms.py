"""The visit page with its decision forms: which strip is open, what it offers, what was typed.

What a decision does is the workflow's business; which causes fit, the taxonomy's.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from secrets import token_urlsafe
from typing import NamedTuple

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.directory.calendar import local_day
from servicelost.directory.competitors import offered_competitors
from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.leaving import Leaving
from servicelost.opportunities.pipeline.line_undoing import undoable_word
from servicelost.opportunities.pipeline.models import PRESENTATION_OF_LINE
from servicelost.web.languages import gettext as _
from servicelost.web.languages import ngettext
from servicelost.web.problems import Problem
from servicelost.web.ui import wording
from servicelost.web.ui.frame import Message, say
from servicelost.web.ui.goals import (
    asked_goal,
    board_url,
    move_targets,
    question_before,
    told_of,
    way_back,
)
from servicelost.web.ui.proposals import STRIPS, plain_choices, propose
from servicelost.web.ui.visit_page import LineView, VisitView, view_visit
from servicelost.workflow.models.log import ENTRIES_OF_LINE
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import VisitState

SEVERAL, FINISH = "several", "finish"
_FIRST_CAUSES = 5
POSTPONE = ((14, "2 weeks"), (30, "1 month"), (91, "3 months"), (182, "6 months"))


class OpenStrip(NamedTuple):
    """The strip that is open, and what a person typed into it before; of several lines, which were ticked."""

    line_id: int | None
    kind: str
    typed: Mapping[str, str]
    ticked: frozenset[str] = frozenset()


def show_visit(
    book: Book, visit: Visit, *, opened: OpenStrip | None = None, problem: Problem | None = None
) -> ResponseReturnValue:
    """The page of the visit; with a problem it says so and keeps what was typed."""
    view = view_visit(book, visit)
    if problem is not None:
        keep = url_for(".visit", visit_id=visit.id) if problem.code == "STALE" else None
        say(Message(problem.message, wrong=True, keep_url=keep))
    else:
        _say_what_was_done(book, view)
    choices = plain_choices(book, view)
    body = render_template(
        "servicelost/visit.html",
        view=view,
        opened=opened or _asked_strip(view),
        choices=choices,
        proposals=propose(book, view, choices),
        first_causes=_FIRST_CAUSES,
        competitors=offered_competitors(book, view.dealership.id),
        once=token_urlsafe(12),
        leaving=_answers(),
        goal=asked_goal(),
        question=question_before(asked_goal()),
        targets=move_targets(visit),
        way_back=way_back(),
        board_url=board_url(),
        postpone=_postpone(local_day(view.dealership, book.now)),
    )
    return body, HTTPStatus.OK if problem is None else problem.status


def _asked_strip(view: VisitView) -> OpenStrip | None:
    """The strip a link without script asks for: ?decline=17, ?defer=17 or ?finish=yes."""
    if FINISH in request.args or asked_goal() is not None:
        return OpenStrip(None, FINISH, {})
    for kind in STRIPS:
        asked = request.args.get(kind, "")
        for line in view.lines:
            if asked == str(line.row.id) and kind in line.acts:
                return OpenStrip(line.row.id, kind, {})
    # The order is closed and something was never answered: that is asked without being asked for.
    return OpenStrip(None, FINISH, {}) if view.row.state == VisitState.CLOSED else None


def _answers() -> list[tuple[str, str]]:
    """The answers to why nothing was decided; OTHER has a field of its own."""
    return [
        (Leaving.AVAILABILITY.value, _("Availability")),
        (Leaving.PRICE.value, _("Price")),
        (Leaving.TIME.value, _("Time")),
        (Leaving.STILL_OPEN.value, _("Still open")),
    ]


def _postpone(today: date) -> list[tuple[date, str]]:
    return [(today + timedelta(days=days), label) for days, label in POSTPONE]


def _say_what_was_done(book: Book, view: VisitView) -> None:
    if request.args.get("moved") == view.row.state:
        say(Message(told_of(VisitState(view.row.state))))
    done = _named(view, "done")
    if done:
        say(Message(_told(done), undo_url=_undo_url(book, view, done)))
    elif undone := _named(view, "undone"):
        say(Message(_("Taken back: %(told)s", told=_told(undone))))
    elif "left" in request.args:
        say(Message(_("It stays open. Ask again tomorrow morning: the task is on Today.")))
    elif (told := request.args.get("problem")) in ("recorded", "solved"):
        recorded, solved = _("The problem is recorded."), _("The problem is solved.")
        say(Message(recorded if told == "recorded" else solved))


def _named(view: VisitView, parameter: str) -> list[LineView]:
    """The lines that the address names under this parameter."""
    wanted = request.args.get(parameter, "").split(",")
    return [line for line in view.lines if str(line.row.id) in wanted]


def _told(lines: list[LineView]) -> str:
    marks = {_(line.mark.label).lower() for line in lines}
    if len(lines) > 1:
        return ngettext(
            "%(num)s line: %(state)s.",
            "%(num)s lines: %(state)s.",
            len(lines),
            state=", ".join(sorted(marks)),
        )
    [line] = lines
    told = wording.joined(line.name, marks.pop())
    if line.row.deferred_until is not None:
        return _("%(told)s until %(day)s.", told=told, day=wording.short_day(line.row.deferred_until))
    return f"{told}, {line.why}." if line.why else f"{told}."


def _undo_url(book: Book, view: VisitView, lines: list[LineView]) -> str | None:
    """Where these decisions are taken back, while all of them can be."""
    keys = [(line.row.id,) for line in lines]
    book.preload(ENTRIES_OF_LINE, keys)
    book.preload(PRESENTATION_OF_LINE, keys)
    if any(undoable_word(book, line.row) is None for line in lines):
        return None
    return url_for(".undo", visit_id=view.row.id, lines=",".join(str(line.row.id) for line in lines))
