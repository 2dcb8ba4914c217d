"""What all settings pages share: whose settings they are, trying a change, and telling what became of it.

What each page holds stands in its own file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.directory.dealerships import list_dealerships
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound, RuleViolation
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor, current_caller
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action, may
from servicelost.web.problems import Problem
from servicelost.web.sight import get_visible
from servicelost.web.ui.board_address import asked_number
from servicelost.web.ui.frame import Message, say
from servicelost.web.ui.refusals import describe
from servicelost.web.ui.settings_changes import changed_meanwhile
from servicelost.web.ui.settings_words import TABS

_OF_TAB = {"settings_tokens": Action.READ_TOKENS}


@dataclass(frozen=True)
class Place:
    """The dealership whose settings are shown, and those one may change to."""

    dealership: Dealership
    dealerships: list[Dealership]


@dataclass(frozen=True)
class Refused:
    """A form that was refused: which one, what was typed, and what is wrong with it.

    `form` tells the forms of a page apart.
    """

    problem: Problem
    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)

    def error(self, name: str) -> str | None:
        """What is wrong with the field, if anything."""
        found = (problem for problem in self.problem.errors if problem["field"] == name)
        return next((str(problem["message"]) for problem in found), None)


def read_place(book: Book) -> Place:
    """The dealership the address names, else the first in sight; raises NotFound."""
    known = list_dealerships(book)
    if not known:
        raise NotFound("NOT_FOUND", _("There is no dealership yet whose settings you could see."))
    asked = asked_number("dealership")
    found = known[0] if asked is None else next((row for row in known if row.id == asked), None)
    if found is None:
        raise NotFound("NOT_FOUND", f"Dealership {asked} does not exist")
    return Place(found, known)


def place_of(book: Book, dealership_id: int) -> Place:
    """The dealership of a row that is shown by itself."""
    row = book.get(Dealership, dealership_id)
    return Place(row, [row])


def show(template: str, place: Place, refused: Refused | None = None, **values: Any) -> ResponseReturnValue:
    """A settings page; a refused form is told at the top, with its status."""
    if refused is not None:
        stale = refused.problem.code == "STALE"
        keep = url_for(f".{_view()}", **_values()) if stale else None
        say(Message(refused.problem.message, wrong=True, keep_url=keep))
    elif request.args.get("saved"):
        say(Message(_("Saved. What was changed stands under Changes.")))
    tabs = [(name, _(label)) for name, label in TABS.items() if _shown(name)]
    here = next(name for name in reversed(list(TABS)) if _endpoint().startswith(name))
    body = render_template(
        f"servicelost/{template}.html", place=place, refused=refused, tabs=tabs, here=here, **values
    )
    return body, HTTPStatus.OK if refused is None else refused.problem.status


def attempt(deed: Callable[[Book], None], form: str = "") -> Refused | None:
    """Do it in a unit of its own; what the rules refuse is given back with everything that was typed.

    Repeating is safe: who changed the row itself is found by its version each time.
    """
    try:
        current_runtime().repeated(current_actor(), deed)
    except (Conflict, InvalidInput, RuleViolation) as error:
        return Refused(describe(error), form, request.form.to_dict())
    return None


def change_row(
    model: type[Any],
    row_id: int,
    subject: str,
    verb: Callable[[Book, Any], None],
    shown: Callable[[Book, int, Refused], ResponseReturnValue],
    endpoint: str,
) -> ResponseReturnValue:
    """Change a row as it was seen: it is shown again with what is refused, or the list says it is saved."""

    def deed(book: Book) -> None:
        row = get_visible(book, model, row_id)
        expect_version(book, book.get(Dealership, row.dealership_id), subject, row.id, row.version)
        verb(book, row)

    refused = attempt(deed, verb.__name__)
    with current_runtime().unit(current_actor(), reading=True) as book:
        if refused is not None:
            return shown(book, row_id, refused)
        return done(endpoint, get_visible(book, model, row_id).dealership_id)


def done(endpoint: str, dealership_id: int, **values: Any) -> ResponseReturnValue:
    """Back to the page, which says that it is saved."""
    where = url_for(f".{endpoint}", dealership=dealership_id, saved=1, **values)
    return redirect(where, HTTPStatus.SEE_OTHER)


def expect_version(
    book: Book, dealership: Dealership, subject: str, row_id: int, version: int, name: str = "version"
) -> None:
    """Compare with the version the form was made from; raises Conflict that tells what the other did."""
    sent = request.form.get(name, "")
    if sent.isascii() and sent.isdigit() and sent != str(version):
        raise changed_meanwhile(book, dealership, subject, row_id)


def wrong(name: str, text: str, value: str | None = None) -> InvalidInput:
    """The error for one field of a form."""
    return InvalidInput("INVALID_FORM", text, errors=[FieldProblem(name, text, value)])


def _shown(tab: str) -> bool:
    return may(current_caller(), _OF_TAB.get(tab, Action.READ_SETTINGS))


def _endpoint() -> str:
    return (request.endpoint or "").rpartition(".")[2]


def _view() -> str:
    """The page on which the form stands that is answered: a form's endpoint is its page's and a verb."""
    return _endpoint().partition("__")[0]


def _values() -> dict[str, Any]:
    ids = {} if _view() in TABS else request.view_args or {}
    return {**ids, **request.args.to_dict()}
