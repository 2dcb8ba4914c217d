"""How the language of the request writes numbers, money and days: by the patterns of Unicode's CLDR.

Which of them a page shows, and what it writes where nothing is known, stands with the pages.
"""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from re import compile as pattern_of
from typing import Any, cast

from servicelost.web.languages.choice import ENGLISH, current_language

# English of a continent that writes the day before the month.
_REGIONS = {ENGLISH: "en_GB"}
_LETTER_BEFORE_DIGIT = pattern_of(r"(?<=[^\W\d_])(?=\d)")


def count(number: int) -> str:
    """A whole number: 12,345."""
    return decimal(number, "#,##0")


def decimal(number: Decimal | float, pattern: str) -> str:
    """A number by a CLDR pattern such as ``#,##0.0``; it keeps the pattern's number of decimals."""
    from babel.numbers import format_decimal

    return format_decimal(number, pattern, locale=_locale(current_language()))


def separators() -> str:
    """The sign before decimals and the one between thousands, as plotly wants them: ``.,``."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    locale = _locale(current_language())
    return get_decimal_symbol(locale) + get_group_symbol(locale)


def percent(share: float) -> str:
    """A share: 12.3 %."""
    return f"{decimal(100 * share, '#,##0.0')}\N{NO-BREAK SPACE}%"


def currency(amount: Decimal, code: str, digits: int) -> str:
    """Money with so many decimals: €1,240.00, or 1 240,00 €."""
    return _money(current_language(), amount, code, digits)


def day(value: date, skeleton: str) -> str:
    """A day in the parts that a CLDR skeleton such as ``yMMMd`` names, in the language's own order."""
    from babel.dates import format_skeleton

    return format_skeleton(skeleton, value, locale=_locale(current_language()))


def clock(value: datetime, zone: tzinfo) -> str:
    """The time of day in the zone, 24 hours: 14:02."""
    return f"{value.astimezone(zone):%H:%M}"


@lru_cache(maxsize=8192)
def _money(language: str, amount: Decimal, code: str, digits: int) -> str:
    """The amount as the language writes it; the same ones come again on every page."""
    from babel.numbers import format_currency

    locale = _locale(language)
    text = format_currency(amount, code, _money_pattern(locale, digits), locale, currency_digits=False)
    return _LETTER_BEFORE_DIGIT.sub("\N{NO-BREAK SPACE}", text).replace("-", "\N{MINUS SIGN}")


@cache
def _locale(language: str) -> Any:
    from babel import Locale

    return Locale.parse(_REGIONS.get(language, language))


@cache
def _money_pattern(locale: Any, digits: int) -> str:
    """The language's own pattern of money, with so many decimals whatever the currency."""
    pattern = locale.currency_formats["standard"].pattern
    decimals = f".{'0' * digits}" if digits else ""
    return cast(str, pattern.replace(".00", decimals).replace("¤¤", "¤"))
