"""All that is to be followed up, page by page: everybody's or one's own, due on this day or overdue.

Today shows the first of it. What a row holds is read in `follow_up_rows`, what a tap on it does in `calling`.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from servicelost.directory.calendar import local_day
from servicelost.directory.dealerships import list_dealerships
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.problems import Problem
from servicelost.web.ui.blueprint import page
from servicelost.web.ui.call_messages import came_from, say_what_came_of_it
from servicelost.web.ui.cause_choices import Choice, cause_choices
from servicelost.web.ui.follow_up_rows import ForYou, When, due_until, page_due
from servicelost.web.ui.frame import Message, say
from servicelost.web.ui.labels import CALL_LABELS, STOP_LABELS
from servicelost.web.ui.paging import PAGE_SIZE, PageOf, asked_page

WHEN: Mapping[When, str] = {When.ALL: "All", When.DUE: "Due today", When.OVERDUE: "Overdue"}
_FIRST_CAUSES = 5
_SAYS_NO = {
    "call": LossEvent.LEAD_REJECTED,
    "deferred": LossEvent.QUOTE_DECLINED,
    "task": LossEvent.QUOTE_DECLINED,
}


@page("/follow-ups", Action.READ_VISITS)
def follow_ups() -> ResponseReturnValue:
    """What is due at the dealership of the address, else the first one in sight."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return show_follow_ups(book)


def show_follow_ups(book: Book, *, problem: Problem | None = None) -> ResponseReturnValue:
    """The list as its address asks; a problem is told at the top."""
    if problem is None:
        say_what_came_of_it(book)
    else:
        say(Message(problem.message, wrong=True))
    dealerships = list_dealerships(book)
    asked = request.args.get("at", "")
    dealership = next((row for row in dealerships if str(row.id) == asked), next(iter(dealerships), None))
    own = book.actor.employee_id is not None
    mine = own and request.args.get("who") == "mine"
    when = request.args.get("when", "")
    chosen = When(when) if when in set(When) else When.ALL
    body = render_template(
        "servicelost/follow_ups.html",
        found=None if dealership is None else _found(book, dealership, chosen, mine=mine),
        dealership=dealership,
        dealerships=dealerships,
        own=own,
        mine=mine,
        when=chosen,
        whens=WHEN,
        today=None if dealership is None else local_day(dealership, book.now),
        **({} if dealership is None else about_calls(book, dealership)),
    )
    return body, HTTPStatus.OK if problem is None else problem.status


def about_calls(book: Book, dealership: Dealership) -> dict[str, Any]:
    """What the rows need to offer a call: its outcomes, why somebody says no, where to come back to."""
    reasons: dict[str, list[Choice]] = {
        kind: [choice for choice in cause_choices(book, dealership, [event]) if not choice.needs_text]
        for kind, event in _SAYS_NO.items()
    }
    return {
        "outcomes": CALL_LABELS,
        "stop_words": STOP_LABELS,
        "reasons": {kind: found[:_FIRST_CAUSES] for kind, found in reasons.items()},
        "back": came_from(),
    }


def _found(book: Book, dealership: Dealership, when: When, *, mine: bool) -> PageOf[ForYou]:
    own = book.actor.employee_id if mine else None
    due = due_until(dealership, local_day(dealership, book.now), own=own, when=when)
    number = asked_page()
    rows, total = page_due(book, due, (number - 1) * PAGE_SIZE, PAGE_SIZE)
    return PageOf(rows, number, number * PAGE_SIZE < total, total=total)
