"""Readers of single values: text, codes, numbers, dates; each takes a raw JSON value or refuses it.

Every reader tries the cheap, usual case first, since bulk intake calls it many times an event, and
only then works out what was wrong. Fields, objects and event types are not known here.
"""

import time
import unicodedata
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from servicelost.intake.catalogue.problems import did_you_mean, refuse

Reader = Callable[[object], Any]

EARLIEST_YEAR = 1990
YEARS_AHEAD = 5
_LONGEST_NUMBER = 24
_LONGEST_MOMENT = 40
_DATE_EXPECTED = f"a date YYYY-MM-DD between {EARLIEST_YEAR} and {YEARS_AHEAD} years from now"
_MOMENT_EXPECTED = f"an RFC 3339 time with offset between {EARLIEST_YEAR} and {YEARS_AHEAD} years from now"


_JSON_TYPES: dict[type, str] = {
    str: "text", bool: "true or false", int: "a number", float: "a number", dict: "an object", list: "a list",
}  # fmt: skip


def text_reader(longest: int, *, lines: bool = False, alphabet: str | None = None) -> Reader:
    """Text of 1 to `longest` characters without control characters; outer blanks are dropped."""
    expected = f"text of 1 to {longest} characters" + (f" out of {alphabet}" if alphabet else "")
    allowed = frozenset(alphabet) if alphabet else None
    kept = "\n\r\t" if lines else ""

    def read(value: object) -> str:
        if type(value) is not str:
            raise refuse(value, f"is {_json_type(value)}, not text", expected)
        text = value if value.isprintable() and value[:1] != " " and value[-1:] != " " else value.strip()
        if not text:
            raise refuse(value, "is empty: leave the field out when there is nothing to say", expected)
        if len(text) > longest:
            raise refuse(value, f"is {len(text)} characters long", expected)
        if not text.isprintable():
            _refuse_control_characters(text, kept, expected)
        if allowed is not None and not allowed.issuperset(text):
            raise refuse(value, "contains characters that are not allowed here", expected)
        return text

    return read


def code_reader(codes: Collection[str]) -> Reader:
    """One of the given codes, written exactly so."""
    known = frozenset(codes)
    expected = "one of " + ", ".join(codes)

    def read(value: object) -> str:
        if type(value) is str and value in known:
            return value
        if type(value) is not str:
            raise refuse(value, f"is {_json_type(value)}, not a code", expected)
        raise refuse(value, "is not a known code", did_you_mean(value, known, expected))

    return read


def decimal_reader(decimals: int, highest: Decimal, *, positive: bool = False) -> Reader:
    """A decimal string or an integer, not negative, with at most so many decimals; floats are refused."""
    example = f"{240:.{decimals}f}" if highest > 240 else f"{1:.{decimals}f}"
    lowest = "greater than 0" if positive else "not negative"
    expected = f'a decimal string such as "{example}", {lowest}, at most {highest}, {decimals} decimals'

    def read(value: object) -> Decimal:
        number = _decimal(value, decimals)
        if number is not None and (not positive or number) and number <= highest:
            return number
        raise refuse(value, _why_no_decimal(value, decimals), expected)

    return read


def integer_reader(lowest: int, highest: int) -> Reader:
    """A whole JSON number within the limits."""
    expected = f"a whole number from {lowest} to {highest}"

    def read(value: object) -> int:
        if type(value) is int:
            if lowest <= value <= highest:
                return value
            raise refuse(value, "is out of range", expected)
        raise refuse(value, f"is {_json_type(value)}, not a whole number", expected)

    return read


def read_boolean(value: object) -> bool:
    """true or false, nothing that merely looks like it."""
    if value is True or value is False:
        return bool(value)
    raise refuse(value, f"is {_json_type(value)}, not true or false", "true or false")


def read_date(value: object) -> date:
    """A calendar day written YYYY-MM-DD."""
    if type(value) is not str:
        raise refuse(value, f"is {_json_type(value)}, not a date", _DATE_EXPECTED)
    if len(value) != 10 or value[4::3] != "--":
        raise refuse(value, "is not written as a date", _DATE_EXPECTED)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise refuse(value, "is not a day of the calendar", _DATE_EXPECTED) from None
    if not EARLIEST_YEAR <= day.year <= _latest_year():
        raise refuse(value, "is out of range", _DATE_EXPECTED)
    return day


def read_moment(value: object) -> datetime:
    """A moment with its offset, as aware UTC."""
    if type(value) is not str:
        raise refuse(value, f"is {_json_type(value)}, not a time", _MOMENT_EXPECTED)
    if not 17 <= len(value) <= _LONGEST_MOMENT or value[4::3][:2] != "--" or value[10] not in "Tt ":
        raise refuse(value, "is not written as a time with offset", _MOMENT_EXPECTED)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise refuse(value, "is not a moment of the calendar", _MOMENT_EXPECTED) from None
    if not EARLIEST_YEAR <= moment.year <= _latest_year():
        raise refuse(value, "is out of range", _MOMENT_EXPECTED)
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise refuse(value, "has no offset, so the moment is not known", _MOMENT_EXPECTED)
    return moment.astimezone(UTC)


def _decimal(value: object, decimals: int) -> Decimal | None:
    if type(value) is str:
        whole, dot, fraction = value.partition(".")
        usual = value.isascii() and whole.isdigit() and len(value) <= _LONGEST_NUMBER
        if usual and (not dot or (fraction.isdigit() and len(fraction) <= decimals)):
            return Decimal(value)
    elif type(value) is int and 0 <= value < 10**_LONGEST_NUMBER:
        return Decimal(value)
    return None


def _why_no_decimal(value: object, decimals: int) -> str:
    if type(value) is float:
        return "is a JSON number with a fraction, which is not exact: send decimals as strings"
    if type(value) is int:
        return "is negative" if value < 0 else "is out of range"
    if type(value) is not str:
        return f"is {_json_type(value)}, not a decimal string"
    whole, _, fraction = value.removeprefix("-").partition(".")
    if not value.isascii() or not (whole + fraction).isdigit() or not whole or value.endswith("."):
        return "is not a plain decimal number"
    if value.startswith("-"):
        return "is negative"
    return f"has {len(fraction)} decimals" if len(fraction) > decimals else "is out of range"


def _refuse_control_characters(text: str, kept: str, expected: str) -> None:
    for char in text:
        if not char.isprintable() and char not in kept and unicodedata.category(char) in ("Cc", "Cs"):
            raise refuse(text, f"contains the control character U+{ord(char):04X}", expected)


def _latest_year() -> int:
    return time.gmtime().tm_year + YEARS_AHEAD


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    return _JSON_TYPES.get(type(value), type(value).__name__)
