"""What a setting may hold: one function for each kind of value, from text or from a Python value.

Each gives back the checked value or raises ValueError saying what was expected; none knows a setting by name.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from re import fullmatch
from typing import Any
from urllib.parse import urlsplit

_YES = ("1", "true", "yes", "on")
_NO = ("0", "false", "no", "off")


def text(value: Any) -> str:
    """A text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("expected a text that is not empty")
    return value.strip()


def secret(value: Any) -> str:
    """A key too long to be guessed."""
    if not isinstance(value, str) or len(value) < 32:
        raise ValueError("expected 32 characters or more")
    return value


def folder(value: Any) -> Path:
    """A folder, made absolute so that it means the same in every process."""
    return (value if isinstance(value, Path) else Path(text(value))).expanduser().absolute()


def location(value: Any) -> str:
    """A folder or the URL of one; which it is, the reader decides."""
    return text(str(value) if isinstance(value, Path) else value)


def url(*schemes: str) -> Callable[[Any], str]:
    """A URL of one of these schemes; a driver may follow the scheme, as in `postgresql+psycopg`."""

    def check(value: Any) -> str:
        address = text(value)
        if urlsplit(address).scheme.partition("+")[0] not in schemes:
            raise ValueError(f"expected a URL that begins with {' or '.join(f'{name}:' for name in schemes)}")
        return address

    return check


def url_prefix(value: Any) -> str:
    """The path a site is mounted at, without a slash at its end; the root becomes the empty text."""
    if value == "/":
        return ""
    if not isinstance(value, str) or not fullmatch(r"(/[A-Za-z0-9._~-]+)+", value):
        raise ValueError(
            "expected a path that begins and does not end with a slash, such as /service, or / alone"
        )
    return value


def queue_name(value: Any) -> str:
    """A name that is safe inside Redis keys."""
    if not isinstance(value, str) or not fullmatch(r"[A-Za-z0-9_-]{1,60}", value):
        raise ValueError("expected up to 60 letters, digits, hyphens or underscores")
    return value


def whole(lowest: int, highest: int) -> Callable[[Any], int]:
    """A whole number within bounds."""

    def check(value: Any) -> int:
        number = int(value) if isinstance(value, str) and fullmatch(r"\s*[+-]?\d{1,18}\s*", value) else value
        if not isinstance(number, int) or isinstance(number, bool) or not lowest <= number <= highest:
            raise ValueError(f"expected a whole number from {lowest} to {highest}")
        return number

    return check


def duration(unit: timedelta, lowest: int, highest: int) -> Callable[[Any], timedelta]:
    """A duration, given as a whole number of units or as a timedelta."""
    count = whole(lowest, highest)

    def check(value: Any) -> timedelta:
        return count(value // unit if isinstance(value, timedelta) else value) * unit

    return check


def choice(*allowed: str) -> Callable[[Any], str]:
    """One word out of a list."""

    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"expected one of {', '.join(allowed)}")
        return str(value)

    return check


def switch(value: Any) -> bool:
    """Yes or no, in the words people use for it."""
    word = str(value).strip().lower()
    if word not in _YES + _NO:
        raise ValueError("expected yes or no")
    return word in _YES


def names(value: Any) -> tuple[str, ...]:
    """Names as a list or separated by commas, each once."""
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError("expected names separated by commas")
    return tuple(dict.fromkeys(parts))


def tables(value: Any) -> Mapping[str, Mapping[str, Any]]:
    """One table of values for each name, given as JSON or as mappings."""
    found = _json(value) if isinstance(value, str) else value
    if not isinstance(found, Mapping) or not all(isinstance(table, Mapping) for table in found.values()):
        raise ValueError(
            'expected one JSON object for each name, such as {"adf": {"to": "leads@example.com"}}'
        )
    return {str(name): dict(table) for name, table in found.items()}


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise ValueError(f"expected JSON: {error}") from None
