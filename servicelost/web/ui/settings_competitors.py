"""The competitors people name: which there are, what they are called, which two are one, which are gone.

What a competitor's names mean is decided in the directory; losses keep the name they were said with.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from servicelost.directory.competitors import add_competitor, change_competitor, join_competitor
from servicelost.directory.models import Competitor, Dealership
from servicelost.directory.texts import fold
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict
from servicelost.opportunities.ledger.models import EntryKind, LedgerEntry
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.settings_place import (
    Refused,
    attempt,
    change_row,
    done,
    place_of,
    read_place,
    show,
    wrong,
)

_ONE = f"/settings/competitors/{ID}competitor_id>"


@dataclass
class Rival:
    """A competitor with its other names and the losses that name it by any of them."""

    id: int
    name: str
    active: bool
    losses: int = 0
    others: list[tuple[int, str]] = field(default_factory=list)

    def also(self, row_id: int, key: str, name: str) -> None:
        """Remember another name, unless it is only the present one."""
        if key != fold(self.name):
            self.others.append((row_id, key if row_id == self.id else name))


@page("/settings/competitors", Action.READ_SETTINGS)
def settings_competitors() -> ResponseReturnValue:
    """Those most often named first."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return _show_list(book)


@page("/settings/competitors", Action.CHANGE_SETTINGS, method="POST", endpoint="settings_competitors__add")
def add_rival() -> ResponseReturnValue:
    """One more."""
    refused = attempt(lambda book: _add(book, read_place(book).dealership))
    with current_runtime().unit(current_actor(), reading=True) as book:
        if refused is not None:
            return _show_list(book, refused)
        return done("settings_competitors", read_place(book).dealership.id)


@page(_ONE, Action.READ_SETTINGS, endpoint="settings_competitors_one")
def rival(competitor_id: int) -> ResponseReturnValue:
    """One of them with all its names."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return _show_one(book, competitor_id)


@page(_ONE, Action.CHANGE_SETTINGS, method="POST", endpoint="settings_competitors_one__save")
def save_rival(competitor_id: int) -> ResponseReturnValue:
    """Another name for it, or offered no more."""
    return change_row(Competitor, competitor_id, "competitor", _rename, _show_one, "settings_competitors")


@page(f"{_ONE}/join", Action.CHANGE_SETTINGS, method="POST", endpoint="settings_competitors_one__join")
def join_rival(competitor_id: int) -> ResponseReturnValue:
    """Another name of a second one, or by itself again."""
    return change_row(Competitor, competitor_id, "competitor", _join, _show_one, "settings_competitors")


def _add(book: Book, dealership: Dealership) -> None:
    name = _name()
    try:
        add_competitor(book, dealership, name)
    except Conflict:
        raise _taken(name) from None


def _rename(book: Book, row: Competitor) -> None:
    name = _name()
    try:
        change_competitor(book, row, name=name, active=request.form.get("active") == "1")
    except Conflict:
        raise _taken(name) from None


def _join(book: Book, row: Competitor) -> None:
    text = request.form.get("into", "")
    if not request.form.get("apart") and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise wrong("into", _("Choose the competitor that it is another name of."))
    into = None if request.form.get("apart") else get_visible(book, Competitor, int(text))
    try:
        join_competitor(book, row, into)
    except Conflict:
        raise wrong("into", _("These two cannot be made one.")) from None


def _name() -> str:
    text = request.form.get("name", "").strip()
    if not text:
        raise wrong("name", _("Enter the competitor's name."))
    return text


def _taken(name: str) -> Conflict:
    text = _(
        "There is already a competitor named %(name)s. Open it to say that two names are one.", name=name
    )
    return Conflict("COMPETITOR_EXISTS", text)


def _show_list(book: Book, refused: Refused | None = None) -> ResponseReturnValue:
    place = read_place(book)
    return show("settings_competitors", place, refused, rivals=_rivals(book, place.dealership.id))


def _show_one(book: Book, competitor_id: int, refused: Refused | None = None) -> ResponseReturnValue:
    row = get_visible(book, Competitor, competitor_id)
    rivals = _rivals(book, row.dealership_id)
    known = next((each for each in rivals if each.id == row.id), None)
    target = None if row.same_as_id is None else book.get(Competitor, row.same_as_id)
    others = [each for each in rivals if each.id != row.id]
    return show(
        "settings_competitor", place_of(book, row.dealership_id), refused,
        row=row, known=known, target=target, rivals=others,
    )  # fmt: skip


def _rivals(book: Book, dealership_id: int) -> list[Rival]:
    rows = book.connection.execute(
        select(Competitor.id, Competitor.key, Competitor.name, Competitor.active, Competitor.same_as_id)
        .where(Competitor.dealership_id == dealership_id)
        .order_by(Competitor.key)
    ).all()
    losses, roots = _losses(book, dealership_id), {row.id: row.same_as_id for row in rows}
    found = {row.id: Rival(row.id, row.name, row.active) for row in rows if row.same_as_id is None}
    for row in rows:
        root = row.id
        while roots[root] is not None:
            root = roots[root]
        found[root].losses += losses[row.id]
        found[root].also(row.id, row.key, row.name)
    return sorted(found.values(), key=lambda each: (not each.active, -each.losses, each.name.casefold()))


def _losses(book: Book, dealership_id: int) -> Mapping[int, int]:
    entry = LedgerEntry
    rows = book.connection.execute(
        select(entry.competitor_id, func.count().label("losses"))
        .where(
            entry.dealership_id == dealership_id,
            entry.competitor_id.is_not(None),
            entry.kind == EntryKind.LOSS,
        )
        .group_by(entry.competitor_id)
    )
    return defaultdict(int, {row.competitor_id: row.losses for row in rows})
