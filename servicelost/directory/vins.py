"""Vehicle identification numbers: their format (ISO 3779) and check digit (49 CFR 565).

A wrong check digit is an error only where it is mandatory (first character 1 to 5); elsewhere
valid VINs may fail it. Cars themselves are in `vehicles`.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from servicelost.directory.texts import refused

_FORMAT = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_NORTH_AMERICA = "12345"


class Vin(NamedTuple):
    """A VIN of the right format; `warning` if its check digit does not fit."""

    value: str
    warning: bool


@lru_cache(maxsize=65536)
def read_vin(text: str) -> Vin:
    """The VIN in upper case; raises InvalidInput for a wrong format or a wrong mandatory check digit."""
    vin = text.strip().upper()
    if not _FORMAT.fullmatch(vin):
        raise refused("vin", text, "a VIN of 17 letters and digits without I, O and Q")
    expected = check_digit(vin)
    fits = vin[8] == expected
    if not fits and vin[0] in _NORTH_AMERICA:
        raise refused("vin", text, f"a VIN with the check digit {expected} at the ninth place")
    return Vin(vin, warning=not fits)


def check_digit(vin: str) -> str:
    """The check digit (ninth place) that belongs to a VIN of the right format."""
    values = (int(char) if char.isdigit() else _VALUES[char] for char in vin)
    rest = sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)
