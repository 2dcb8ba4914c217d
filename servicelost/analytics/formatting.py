"""Values of a report as plain English text, for terminals, tables and figures.

Stored values stay numbers; other languages write them in their own way at the edge.
"""

from decimal import Decimal
from typing import Any

from servicelost.analytics.spec import Kind

NOTHING = "–"


def shown(kind: str, value: Any, *, cents: bool = True) -> str:
    """The value as text; without `cents` money is rounded to whole units."""
    if value is None:
        return NOTHING
    if kind == Kind.MONEY:
        amount = Decimal(value)
        return f"{amount:,}" if cents else f"{amount:,.0f}"
    if kind == Kind.PERCENT:
        return f"{value:.1%}".replace("%", " %")
    if kind == Kind.HOURS:
        return f"{value:,.1f} h"
    if kind == Kind.QUANTITY:
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{value:,}" if kind == Kind.COUNT else str(value)


def shown_interval(kind: str, interval: Any) -> str:
    """The interval as text, empty where there is none."""
    return "" if not interval else f"{shown(kind, interval[0])} to {shown(kind, interval[1])}"


def headline(number: dict[str, Any]) -> str:
    """A headline number in words: its value with currency, or that it is not available."""
    if not number["available"]:
        return "not available"
    text = shown(number["kind"], number["value"])
    return f"{text} {number['currency']}" if number["kind"] == Kind.MONEY else text
