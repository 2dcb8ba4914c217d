"""The thresholds and grace periods of a dealership: each with its own small form, changed and given back.

What each setting means and may hold stands in `administration/settings`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from servicelost.administration.models import SETTINGS_OF_DEALERSHIP
from servicelost.administration.preferences import SettingState, change_setting, find_setting, list_settings
from servicelost.administration.settings import SETTINGS, Unit
from servicelost.kernel.book import Book
from servicelost.kernel.errors import InvalidInput, NotFound
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import formats
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.ui.blueprint import page
from servicelost.web.ui.settings_place import (
    Place,
    Refused,
    attempt,
    done,
    expect_version,
    read_place,
    show,
    wrong,
)
from servicelost.web.ui.settings_words import UNIT_WORDS
from servicelost.web.ui.wording import NOTHING

_DIGITS_OF_A_THOUSAND = 3


@dataclass(frozen=True)
class Row:
    """A setting as it is shown; `default` and `unit` are in words."""

    state: SettingState
    value: str
    default: str
    unit: str
    bounds: str

    @property
    def key(self) -> str:
        """What the setting is known by."""
        return self.state.setting.key


@page("/settings", Action.READ_SETTINGS)
def settings() -> ResponseReturnValue:
    """All of them with their values in force."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return _show(book)


@page("/settings/thresholds/<key>", Action.CHANGE_SETTINGS, method="POST", endpoint="settings__save")
def save_setting(key: str) -> ResponseReturnValue:
    """Set one of them, or give it its default back."""
    if key not in SETTINGS:
        raise NotFound("NOT_FOUND", f"{key!r} is not a setting")
    refused = attempt(lambda book: _change(book, read_place(book), key), key)
    with current_runtime().unit(current_actor(), reading=True) as book:
        if refused is not None:
            return _show(book, refused)
        return done("settings", read_place(book).dealership.id, _anchor=key)


def _show(book: Book, refused: Refused | None = None) -> ResponseReturnValue:
    place = read_place(book)
    rows = [_row(state, place) for state in list_settings(book, place.dealership.id)]
    return show("settings", place, refused, rows=rows)


def _change(book: Book, place: Place, key: str) -> None:
    dealership = place.dealership
    known = {row.key: row for row in book.many(SETTINGS_OF_DEALERSHIP, dealership.id)}
    row = known.get(key)
    expect_version(book, dealership, "dealership_setting", row.id if row else 0, row.version if row else 0)
    text = None if request.form.get("default") else _plain(request.form.get("value", ""))
    try:
        change_setting(book, dealership.id, key, text)
    except InvalidInput:
        raise wrong("value", _expected(key), text) from None


def _plain(text: str) -> str:
    """A number as many languages write it, with a decimal comma; what may part thousands is left."""
    whole, comma, part = text.strip().partition(",")
    return f"{whole}.{part}" if comma and part and len(part) != _DIGITS_OF_A_THOUSAND else text.strip()


def _expected(key: str) -> str:
    setting = find_setting(key)
    values: dict[str, Any] = {
        "name": _(setting.label), "low": _told(setting.minimum), "high": _told(setting.maximum)
    }  # fmt: skip
    if setting.whole:
        return _("%(name)s: enter a whole number from %(low)s to %(high)s.", **values)
    return _("%(name)s: enter a number from %(low)s to %(high)s, such as 0.60.", **values)


def _row(state: SettingState, place: Place) -> Row:
    setting, currency = state.setting, place.dealership.currency
    bounds = _("from %(low)s to %(high)s", low=_told(setting.minimum), high=_told(setting.maximum))
    unit = currency if setting.unit is Unit.MONEY else _(UNIT_WORDS[setting.unit])
    return Row(state, _typed(state.value), _told(setting.default), unit, bounds)


def _typed(value: int | Decimal | None) -> str:
    """The value as it stands in its field."""
    return "" if value is None else format(Decimal(value), "f")


def _told(value: int | Decimal | None) -> str:
    """The value as the language writes it, with as many decimals as it was set with."""
    if value is None:
        return NOTHING
    decimals = format(Decimal(value), "f").partition(".")[2]
    return formats.decimal(value, f"#,##0.{'0' * len(decimals)}" if decimals else "#,##0")
