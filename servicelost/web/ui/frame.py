"""What the frame around a page knows: where one can go, who is signed in, what was just said.

The content of pages is in the views.
"""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from servicelost.web.current import kept
from servicelost.web.identity import find_caller
from servicelost.web.languages import LANGUAGES, current_language, formats, gettext, ngettext
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action, may
from servicelost.web.ui import wording
from servicelost.web.ui.addresses import this_page, url_with
from servicelost.web.ui.assets import asset_url
from servicelost.web.ui.labels import SEVERITY_ICONS, grade_label, severity_label

_HOME = "M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-5v-6h-4v6H5a1 1 0 0 1-1-1z"
_DAY = "M5 6h14v14H5zM5 10h14M9 3v4m6-4v4"
_COLUMNS = "M4 5h4v14H4zM10 5h4v9h-4zM16 5h4v6h-4z"
_CAR = "M5 16v2m14-2v2M4 16v-4l2-5h12l2 5v4zm3-3h.01M17 13h.01M5 11h14"
_CHART = "M4 20V4m0 16h16M8 16v-5m4 5V8m4 8v-3"
_BOOK = "M6 4h11a1 1 0 0 1 1 1v15H7a2 2 0 0 1-2-2V5a1 1 0 0 1 1-1zm-1 14a2 2 0 0 1 2-2h11M9 8h6"
_SLIDERS = "M4 7h9m4 0h3M4 17h3m4 0h9M13 7a2 2 0 1 0 4 0 2 2 0 1 0-4 0M7 17a2 2 0 1 0 4 0 2 2 0 1 0-4 0"


@dataclass(frozen=True)
class Place:
    """A page one can go to from everywhere."""

    label: str
    url: str
    icon: str
    here: bool


@dataclass(frozen=True)
class Message:
    """Something said at the top of a page.

    With `undo_url` what was done can be taken back; with `keep_url` what a colleague did can be left so.
    """

    text: str
    wrong: bool = False
    undo_url: str | None = None
    keep_url: str | None = None


PLACES = (
    ("Today", "today", _DAY, Action.READ_VISITS, ("today", "follow_ups")),
    ("Board", "board", _COLUMNS, Action.READ_BOARD, ("board", "card", "new_card")),
    ("Overview", "home", _HOME, Action.RUN_REPORTS, ("home",)),
    ("Visits", "visits", _CAR, Action.READ_VISITS, ("visit",)),
    ("Reports", "reports", _CHART, Action.READ_REPORTS, ("report", "rows")),
    ("Ledger", "ledger", _BOOK, Action.READ_LEDGER, ("ledger", "entry")),
    ("Settings", "settings", _SLIDERS, Action.READ_SETTINGS, ("settings",)),
)


def navigation() -> list[Place]:
    """The places the caller may go to; none for somebody who is not signed in."""
    caller = find_caller()
    if caller is None:
        return []
    here = (request.endpoint or "").rpartition(".")[2]
    return [
        Place(_(label), url_for(f".{endpoint}"), icon, any(here.startswith(stem) for stem in stems))
        for label, endpoint, icon, action, stems in PLACES
        if may(caller, action)
    ]


def person() -> str | None:
    """The sign-in name of the caller."""
    caller = find_caller()
    return None if caller is None else caller.actor.name


def can(action: str) -> bool:
    """Whether the caller may do this at all."""
    caller = find_caller()
    return caller is not None and may(caller, Action(action))


def say(message: Message) -> None:
    """Show this at the top of the page that answers the request."""
    kept().setdefault("messages", []).append(message)


def messages() -> list[Message]:
    """What is to be said, in the order it was said."""
    said: list[Message] = kept().get("messages", [])
    return said


def page_tools() -> dict[str, Any]:
    """What every template of ours can use."""
    return {
        "asset_url": asset_url,
        "url_with": url_with,
        "this_page": this_page,
        "navigation": navigation,
        "person": person,
        "can": can,
        "messages": messages,
        "grade_label": grade_label,
        "severity_icon": SEVERITY_ICONS.__getitem__,
        "severity_label": severity_label,
        "money": wording.money,
        "round_money": wording.round_money,
        "day": wording.day,
        "short_day": wording.short_day,
        "amount_text": wording.amount_text,
        "moment": wording.moment,
        "clock": wording.clock,
        "joined": wording.joined,
        "odometer": wording.odometer,
        "count": formats.count,
        "language": current_language,
        "languages": LANGUAGES,
        "_": gettext,
        "ngettext": ngettext,
    }
