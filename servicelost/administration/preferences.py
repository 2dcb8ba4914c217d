"""Reading and changing the settings of one dealership.

Which settings there are and what they may hold stands in `settings`.
"""

from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import TypeVar

from servicelost.administration.access import require_manager
from servicelost.administration.audit import record_audit
from servicelost.administration.models import SETTINGS_OF_DEALERSHIP, DealershipSetting
from servicelost.administration.settings import SETTINGS, Setting
from servicelost.kernel.book import Book
from servicelost.kernel.errors import FieldProblem, InvalidInput, StaleRow

V = TypeVar("V")


@dataclass(frozen=True)
class SettingState:
    """A setting with its value at one dealership; `version` is 0 while it was never changed."""

    setting: Setting[int] | Setting[Decimal] | Setting[Decimal | None]
    value: int | Decimal | None
    changed: bool
    version: int


def read_setting(book: Book, dealership_id: int, setting: Setting[V]) -> V:
    """The value in force at the dealership, typed; costs one query a dealership and book."""
    row = _row(book, dealership_id, setting.key)
    return setting.default if row is None or row.value is None else setting.read(row.value)


def list_settings(book: Book, dealership_id: int) -> list[SettingState]:
    """All settings with their values in force, in the order of their declaration."""
    return [_state(book, dealership_id, key) for key in SETTINGS]


def change_setting(
    book: Book, dealership_id: int, key: str, text: str | None, *, version: int | None = None
) -> None:
    """Set a setting, or give it its default back with None; repeating it changes nothing.

    `version` is the version the person saw (0: never changed); another one raises StaleRow. Raises
    InvalidInput for an unknown key or a value out of range, Forbidden for anyone but a manager.
    """
    require_manager(book, dealership_id)
    setting = find_setting(key)
    value = None if text is None else str(setting.read(text))
    row = _row(book, dealership_id, setting.key)
    if version is not None and version != (row.version if row else 0):
        raise StaleRow("dealership_setting", row.id if row else 0)
    before = row.value if row else None
    if value != before:
        row = _write(book, dealership_id, setting.key, row, value)
        record_audit(
            book,
            "SETTING_CHANGED",
            "dealership_setting",
            row.id,
            dealership_id=dealership_id,
            before={setting.key: before},
            after={setting.key: value},
        )


def find_setting(key: str) -> Setting[int] | Setting[Decimal] | Setting[Decimal | None]:
    """The setting with this key; raises InvalidInput that names the nearest known one."""
    if key in SETTINGS:
        return SETTINGS[key]
    near = get_close_matches(key, SETTINGS, n=1)
    hint = f"did you mean {near[0]}?" if near else "known are: " + ", ".join(SETTINGS)
    message = f"{key!r} is not a setting of a dealership; {hint}"
    raise InvalidInput("UNKNOWN_SETTING", message, errors=[FieldProblem("key", message, key)])


def _row(book: Book, dealership_id: int, key: str) -> DealershipSetting | None:
    rows = book.many(SETTINGS_OF_DEALERSHIP, dealership_id)
    return next((row for row in rows if row.key == key), None)


def _write(
    book: Book, dealership_id: int, key: str, row: DealershipSetting | None, value: str | None
) -> DealershipSetting:
    if row is None:
        return book.add(DealershipSetting(dealership_id=dealership_id, key=key, value=value))
    row.value = value
    return row


def _state(book: Book, dealership_id: int, key: str) -> SettingState:
    setting, row = SETTINGS[key], _row(book, dealership_id, key)
    value = setting.default if row is None or row.value is None else setting.read(row.value)
    return SettingState(setting, value, row is not None and row.value is not None, row.version if row else 0)
