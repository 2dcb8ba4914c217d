"""The audit log as a page: who changed what and when, newest first, before and after in words.

Nothing here changes anything, and nothing anywhere changes the log.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_, select

from servicelost.administration.models import AuditEntry
from servicelost.directory.calendar import start_of_day
from servicelost.directory.models import (
    Competitor,
    Dealership,
    DealershipCause,
    Employee,
    LaborOperation,
    ServiceCategory,
)
from servicelost.kernel.book import Book
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.ui.blueprint import page
from servicelost.web.ui.paging import PageOf, page_of
from servicelost.web.ui.settings_changes import Change, steps_of, what_words
from servicelost.web.ui.settings_place import read_place, show
from servicelost.web.ui.settings_words import CHANGE_WORDS

_NAMES: Mapping[str, tuple[Any, Any]] = {
    "dealership_cause": (DealershipCause.id, DealershipCause.label),
    "competitor": (Competitor.id, Competitor.name),
    "employee": (Employee.id, Employee.name),
    "labor_operation": (LaborOperation.id, LaborOperation.op_code),
    "service_category": (ServiceCategory.id, ServiceCategory.name),
}
_FIRST_YEAR, _LAST_YEAR = 1990, 2200


@page("/settings/log", Action.READ_SETTINGS)
def settings_log() -> ResponseReturnValue:
    """The asked page of what was changed."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        place = read_place(book)
        seen = _seen(book, place.dealership)
        people = {_key(name): name for name in book.connection.scalars(
            select(AuditEntry.actor).where(seen).distinct().order_by(AuditEntry.actor)
        )}  # fmt: skip
        found = _changes(book, place.dealership, seen, people)
        return show(
            "settings_log", place, found=found, people=people, kinds=CHANGE_WORDS, chosen=request.args
        )


def _seen(book: Book, dealership: Dealership) -> ColumnElement[bool]:
    """What was changed at the dealership; what belongs to none is for those who see all of them."""
    here = AuditEntry.dealership_id == dealership.id
    sees_all = book.actor.dealership_ids is None
    return or_(here, AuditEntry.dealership_id.is_(None)) if sees_all else here


def _changes(
    book: Book, dealership: Dealership, seen: ColumnElement[bool], people: Mapping[str, str]
) -> PageOf[Change]:
    entry, asked = AuditEntry, request.args
    statement = select(
        entry.recorded_at, entry.actor, entry.action, entry.subject, entry.subject_id,
        entry.before, entry.after,
    ).where(seen)  # fmt: skip
    if asked.get("who"):
        statement = statement.where(entry.actor == people.get(asked["who"], ""))
    if asked.get("what"):
        statement = statement.where(entry.action == asked["what"])
    if (day := _day()) is not None:
        begin, end = (start_of_day(dealership, each) for each in (day, day + timedelta(days=1)))
        statement = statement.where(entry.recorded_at >= begin, entry.recorded_at < end)
    found = page_of(book.connection, statement.order_by(entry.recorded_at.desc(), entry.id.desc()))
    names = _names(book, found.rows)
    return PageOf([_change(row, names) for row in found.rows], found.number, found.more)


def _day() -> date | None:
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def _key(name: str) -> str:
    """A person in an address, where no names may stand."""
    return blake2b(name.encode(), digest_size=6).hexdigest()


def _names(book: Book, rows: Iterable[Any]) -> Mapping[tuple[str, int], str]:
    """What the things are called that the rows are about."""
    ids: dict[str, set[int]] = {subject: set() for subject in _NAMES}
    for row in rows:
        ids.get(row.subject, set()).add(row.subject_id)
    found = {}
    for subject, wanted in ids.items():
        row_id, name = _NAMES[subject]
        statement = select(row_id.label("id"), name.label("name")).where(row_id.in_(wanted))
        for known in book.connection.execute(statement):
            found[subject, known.id] = known.name
    return found


def _change(row: Any, names: Mapping[tuple[str, int], str]) -> Change:
    about = names.get((row.subject, row.subject_id))
    return Change(row.recorded_at, row.actor, what_words(row.action), about, steps_of(row.before, row.after))
