"""How values are written on a page: money, days, times, readings; what is not known is a dash.

How a language writes a number stands in `web.languages.formats`; what is asked of it, here.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from servicelost.kernel.money import from_minor, minor_digits
from servicelost.web.languages import formats
from servicelost.web.languages import gettext as _

NOTHING = "–"


def joined(what: str, told: str) -> str:
    """A thing and what is told of it, with the language's own signs between."""
    return _("%(what)s: %(told)s", what=what, told=told)


def money(minor: int | None, currency: str) -> str:
    """An amount of a line, with its cents: €1,240.00."""
    return NOTHING if minor is None else _exact(from_minor(minor, currency), currency)


def round_money(minor: int | None, currency: str) -> str:
    """An amount of an overview, without cents: €1,240."""
    return NOTHING if minor is None else rounded(from_minor(minor, currency), currency)


def rounded(amount: Decimal, currency: str) -> str:
    """A Decimal amount without its cents: €1,240."""
    return formats.currency(amount.to_integral_value(ROUND_HALF_UP), currency, 0)


def amount_text(text: str | None, currency: str) -> str:
    """An amount given as decimal text, with its cents."""
    return NOTHING if text is None else _exact(Decimal(text), currency)


def day(value: date | None) -> str:
    """A day: Tue, 3 Nov 2026."""
    return NOTHING if value is None else formats.day(value, "yMMMEd")


def short_day(value: date | None) -> str:
    """A day in a long list: 3 Nov 2026."""
    return NOTHING if value is None else formats.day(value, "yMMMd")


def moment(value: datetime | None, timezone: str) -> str:
    """A moment on the dealership's own clock: 3 Nov 2026, 14:02."""
    if value is None:
        return NOTHING
    zone = ZoneInfo(timezone)
    return f"{formats.day(value.astimezone(zone).date(), 'yMMMd')}, {formats.clock(value, zone)}"


def clock(value: datetime | None, timezone: str) -> str:
    """The time of day on the dealership's own clock: 14:02."""
    return NOTHING if value is None else formats.clock(value, ZoneInfo(timezone))


def odometer(km: int | None) -> str:
    """A reading: 84,120 km."""
    return NOTHING if km is None else _("%(count)s km", count=formats.count(km))


def _exact(amount: Decimal, currency: str) -> str:
    return formats.currency(amount, currency, minor_digits(currency))
