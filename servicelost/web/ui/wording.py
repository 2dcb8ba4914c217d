"""How values are written on a page: money, days, times, counts; what is not known is a dash.

Numbers of reports are put in words by `analytics`; here are those of visits, lines and the ledger.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from servicelost.kernel.money import from_minor, minor_digits

NOTHING = "–"
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}


def money(minor: int | None, currency: str) -> str:
    """An amount of a line, with its cents: €1,240.00."""
    if minor is None:
        return NOTHING
    return _signed(f"{abs(from_minor(minor, currency)):,.{minor_digits(currency)}f}", currency, minor < 0)


def round_money(minor: int | None, currency: str) -> str:
    """An amount of an overview, without cents: €1,240."""
    if minor is None:
        return NOTHING
    return rounded(from_minor(minor, currency), currency)


def rounded(amount: Decimal, currency: str) -> str:
    """A Decimal amount without its cents: €1,240."""
    whole = amount.to_integral_value(ROUND_HALF_UP)
    return _signed(f"{abs(whole):,}", currency, whole < 0)


def amount_text(text: str | None, currency: str) -> str:
    """An amount given as decimal text, with its cents."""
    if text is None:
        return NOTHING
    amount = Decimal(text)
    return _signed(f"{abs(amount):,.{minor_digits(currency)}f}", currency, amount < 0)


def day(value: date | None) -> str:
    """A day: Tue 3 Nov 2026."""
    return NOTHING if value is None else f"{value:%a} {value.day} {value:%b %Y}"


def short_day(value: date | None) -> str:
    """A day in a long list: 3 Nov 26."""
    return NOTHING if value is None else f"{value.day} {value:%b %y}"


def moment(value: datetime | None, timezone: str) -> str:
    """A moment on the dealership's own clock: 3 Nov 2026, 14:02."""
    if value is None:
        return NOTHING
    local = value.astimezone(ZoneInfo(timezone))
    return f"{local.day} {local:%b %Y, %H:%M}"


def clock(value: datetime | None, timezone: str) -> str:
    """The time of day on the dealership's own clock: 14:02."""
    return NOTHING if value is None else f"{value.astimezone(ZoneInfo(timezone)):%H:%M}"


def odometer(km: int | None) -> str:
    """A reading: 84,120 km."""
    return NOTHING if km is None else f"{km:,} km"


def counted(number: int, one: str, many: str) -> str:
    """A count with its noun: 1 line, 12 lines."""
    return f"{number:,} {one if number == 1 else many}"


def _signed(digits: str, currency: str, negative: bool) -> str:
    sign = _SIGNS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
    return f"{'−' if negative else ''}{sign}{digits}"
