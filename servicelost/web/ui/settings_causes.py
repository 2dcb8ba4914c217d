"""The causes of a loss: the standard ones to read, and a dealership's own to add, translate and switch off.

What a standard cause means stands in the taxonomy, what may be done with an own one in the directory.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from servicelost.directory.causes import change_cause, define_cause, label_in, list_causes
from servicelost.directory.models import DealershipCause
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.taxonomy.causes import CAUSES, Cause, CauseInfo
from servicelost.taxonomy.parties import OWNERS
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import LANGUAGES, current_language
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

_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")
_LONGEST_CODE = 40
_ONE = f"/settings/causes/{ID}cause_id>"


@dataclass(frozen=True)
class Own:
    """A cause of the dealership's own, in the reader's language, with how often the ledger names it."""

    row: DealershipCause
    label: str
    uses: int


@dataclass(frozen=True)
class Standard:
    """A standard cause with the own ones that stand for it."""

    info: CauseInfo
    owner: str | None
    own: list[Own]


@page("/settings/causes", Action.READ_SETTINGS)
def settings_causes() -> ResponseReturnValue:
    """All causes, the own ones under the standard one they stand for."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return _show_list(book)


@page("/settings/causes", Action.CHANGE_SETTINGS, method="POST", endpoint="settings_causes__add")
def add_cause() -> ResponseReturnValue:
    """A cause more."""
    refused = attempt(_add)
    with current_runtime().unit(current_actor(), reading=True) as book:
        if refused is not None:
            return _show_list(book, refused)
        return done("settings_causes", read_place(book).dealership.id)


@page(_ONE, Action.READ_SETTINGS, endpoint="settings_causes_one")
def cause(cause_id: int) -> ResponseReturnValue:
    """One of the dealership's own, with its words."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return _show_one(book, cause_id)


@page(_ONE, Action.CHANGE_SETTINGS, method="POST", endpoint="settings_causes_one__save")
def save_cause(cause_id: int) -> ResponseReturnValue:
    """Other words for it, or switched on or off."""
    return change_row(DealershipCause, cause_id, "dealership_cause", _change, _show_one, "settings_causes")


def _change(book: Book, row: DealershipCause) -> None:
    form = request.form
    labels = {code: form.get(f"label_{code}", "") for code in LANGUAGES}
    change_cause(book, row, label=_label(), labels=labels, active=form.get("active") == "1")


def _show_list(book: Book, refused: Refused | None = None) -> ResponseReturnValue:
    place = read_place(book)
    uses = _uses(book, place.dealership.id)
    own = [
        Own(row, label_in(row, current_language()), uses.get(row.id, 0))
        for row in list_causes(book, place.dealership)
    ]
    standard = [_standard(info, own) for info in CAUSES.values()]
    return show("settings_causes", place, refused, causes=standard, any_own=bool(own))


def _standard(info: CauseInfo, own: list[Own]) -> Standard:
    owner = None if info.owner is None else OWNERS[info.owner].label
    return Standard(info, owner, [each for each in own if each.row.parent == info.code])


def _show_one(book: Book, cause_id: int, refused: Refused | None = None) -> ResponseReturnValue:
    row = get_visible(book, DealershipCause, cause_id)
    uses = _uses(book, row.dealership_id).get(row.id, 0)
    parent = CAUSES[Cause(row.parent)]
    place = place_of(book, row.dealership_id)
    return show("settings_cause", place, refused, row=row, uses=uses, parent=parent, words=row.labels or {})


def _uses(book: Book, dealership_id: int) -> Mapping[int, int]:
    entry = LedgerEntry
    rows = book.connection.execute(
        select(entry.custom_cause_id, func.count().label("uses"))
        .where(entry.dealership_id == dealership_id, entry.custom_cause_id.is_not(None))
        .group_by(entry.custom_cause_id)
    )
    return {row.custom_cause_id: row.uses for row in rows}


def _add(book: Book) -> None:
    dealership = read_place(book).dealership
    label, code = _label(), _code(request.form.get("code", "") or request.form.get("label", ""))
    parent = request.form.get("parent", "")
    if not _CODE.fullmatch(code):
        text = _("Give it a code of 2 to 40 letters, digits and _, beginning with a letter from A to Z.")
        raise wrong("code", text, code)
    if parent not in set(Cause):
        raise wrong("parent", _("Choose the standard cause that it stands for."))
    if any(row.code == code for row in list_causes(book, dealership)):
        raise Conflict("CAUSE_EXISTS", _("There is already a cause with the code %(code)s.", code=code))
    if code in Cause.__members__:
        text = _("%(code)s is a standard cause; choose another code.", code=code)
        raise Conflict("CAUSE_IS_STANDARD", text)
    define_cause(book, dealership, code, label, Cause(parent))


def _label() -> str:
    text = request.form.get("label", "").strip()
    if not text:
        raise wrong("label", _("Say in a few words what the cause is."))
    return text


def _code(text: str) -> str:
    """A code out of what was typed: capitals without accents, blanks as underscores."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]+", "_", plain.upper()).strip("_")[:_LONGEST_CODE].strip("_")
