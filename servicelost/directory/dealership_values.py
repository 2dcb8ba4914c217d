"""What a dealership's values may be: zone, currency, place and opening hours, each checked.

Only values are judged here; who may change them is decided in `dealerships`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any, Required, TypedDict, cast
from zoneinfo import available_timezones

from servicelost.directory.calendar import WEEKDAYS
from servicelost.directory.currencies import CURRENCIES
from servicelost.directory.texts import language_tag, needed, refused, tidy

Intervals = Sequence[Sequence[str]]


class DealershipData(TypedDict, total=False):
    """What is said about a dealership; a field that is not sent is not touched.

    A weekday without intervals is closed; a weekday that is not named stays out of the week.
    """

    code: Required[str]
    name: str
    timezone: str
    currency: str
    locale: str
    country: str
    subdivision: str | None
    opening_hours: Mapping[str, Intervals]
    closed_days: Sequence[str]


_WEEK = {day: [["08:00", "18:00"]] for day in WEEKDAYS[:5]} | {"SAT": [["08:00", "13:00"]]}
DEFAULTS: dict[str, Any] = {
    "locale": "en",
    "subdivision": None,
    "opening_hours": _WEEK,
    "closed_days": [],
}


def dealership_values(data: DealershipData, country: str) -> dict[str, Any]:
    """The checked values of what was sent; raises InvalidInput. `country` is where it is or will be."""
    values: dict[str, Any] = {
        field: check(cast(Any, data)[field]) for field, check in _CHECKS.items() if field in data
    }
    if "subdivision" in data:
        values["subdivision"] = _subdivision(data["subdivision"], _country(country))
    return values


def _name(text: str) -> str:
    return needed(text, "name", 200)


def _timezone(text: str) -> str:
    name = text.strip()
    if name not in _zones():
        raise refused("timezone", text, "an IANA time zone such as Europe/Berlin")
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _currency(text: str) -> str:
    code = text.strip().upper()
    if code not in CURRENCIES:
        raise refused("currency", text, "a currency code of ISO 4217 such as EUR")
    return code


def _locale(text: str) -> str:
    tag = language_tag(text, "locale")
    if tag is None:
        raise refused("locale", text, "a language tag such as en or de-CH")
    return tag


def _country(text: str) -> str:
    import phonenumbers

    code = text.strip().upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise refused("country", text, "a country code of ISO 3166 such as DE")
    return code


def _subdivision(text: str | None, country: str) -> str | None:
    import holidays

    code = tidy(text, "subdivision", 10)
    known = holidays.list_supported_countries().get(country, [])
    if code is not None and code not in known:
        raise refused("subdivision", code, f"one of {', '.join(known) or 'none'} for {country}")
    return code


def _opening_hours(week: Mapping[str, Intervals]) -> dict[str, list[list[str]]]:
    for day in week:
        if day not in WEEKDAYS:
            raise refused("opening_hours", day, f"one of {', '.join(WEEKDAYS)}")
    return {day: _intervals(day, week[day]) for day in WEEKDAYS if week.get(day)}


def _intervals(day: str, intervals: Intervals) -> list[list[str]]:
    kept = [list(interval) for interval in intervals]
    moments = [moment for interval in kept for moment in interval]
    in_pairs = all(len(interval) == 2 for interval in kept)
    in_order = all(earlier < later for earlier, later in pairwise(moments))
    if not in_pairs or not in_order or not all(map(_is_clock, moments)):
        expected = 'pairs of times in order such as [["08:00", "12:00"], ["13:00", "18:00"]]'
        raise refused(f"opening_hours.{day}", str(kept), expected)
    return kept


def _is_clock(text: str) -> bool:
    hours, colon, minutes = text.partition(":")
    if not (colon and len(hours) == len(minutes) == 2 and (hours + minutes).isdecimal()):
        return False
    return text == "24:00" or (int(hours) < 24 and int(minutes) < 60)


def _closed_days(days: Sequence[str]) -> list[str]:
    for day in days:
        try:
            date.fromisoformat(day)
        except ValueError:
            raise refused("closed_days", day, "a date such as 2026-12-24") from None
    return sorted({date.fromisoformat(day).isoformat() for day in days})


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "name": _name,
    "timezone": _timezone,
    "currency": _currency,
    "locale": _locale,
    "country": _country,
    "opening_hours": _opening_hours,
    "closed_days": _closed_days,
}
