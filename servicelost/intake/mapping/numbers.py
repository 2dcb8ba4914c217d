"""Reading numbers as exports write them: 1,234.50 or 1.234,50, with or without a currency sign.

Grouping is checked, so that 1,50 is never taken for 150. What the number is for is not known here.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from servicelost.intake.mapping.cells import Exact

_SIGNS = "$€£¥ \u00a0\u202f"
_EXACT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_LONGEST = 40

NumberReader = Callable[[str], Decimal | None]


def number_reader(decimal_mark: str, thousands_mark: str, currency: str) -> NumberReader:
    """A function from a cell's text to its number, or None if it is none in this notation."""
    mark, group = re.escape(decimal_mark), re.escape(thousands_mark)
    whole = rf"[0-9]+|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+" if thousands_mark else r"[0-9]+"
    pattern = re.compile(rf"(-?)({whole})(?:{mark}([0-9]+))?(-?)")

    def read(text: str) -> Decimal | None:
        if type(text) is Exact:
            return Decimal(text) if _EXACT.fullmatch(text) else None
        if len(text) > _LONGEST or not text.strip(_SIGNS).isascii():
            return None
        match = pattern.fullmatch(_bare(text, currency))
        if match is None:
            return None
        digits = match[2].replace(thousands_mark, "") if thousands_mark else match[2]
        number = Decimal(f"{digits}.{match[3]}" if match[3] else digits)
        return -number if match[1] or match[4] or _in_parentheses(text) else number

    return read


def plain(number: Decimal) -> str:
    """The number as the catalogue wants it: a decimal point, no exponent."""
    return format(number, "f")


def _bare(text: str, currency: str) -> str:
    bare = text.strip(_SIGNS)
    if _in_parentheses(bare):
        bare = bare[1:-1]
    return bare.removeprefix(currency).removesuffix(currency).strip(_SIGNS)


def _in_parentheses(text: str) -> bool:
    """Accounts write a negative number in parentheses."""
    return text.startswith("(") and text.endswith(")")
