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
        bare = text.strip(_SIGNS)
        if len(bare) > _LONGEST or not bare.isascii():
            return None
        negative = bare.startswith("(") and bare.endswith(")")
        inside = bare[1:-1] if negative else bare
        match = pattern.fullmatch(
            inside.strip(_SIGNS).removeprefix(currency).removesuffix(currency).strip(_SIGNS)
        )
        if match is None:
            return None
        digits = match[2].replace(thousands_mark, "") if thousands_mark else match[2]
        number = Decimal(f"{digits}.{match[3]}" if match[3] else digits)
        return -number if negative or match[1] or match[4] else number

    return read


def plain(number: Decimal) -> str:
    """The number as the catalogue wants it: a decimal point, no exponent."""
    return format(number, "f")
