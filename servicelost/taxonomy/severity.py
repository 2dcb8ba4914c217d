"""The colours of an inspection: how urgent a recommendation is.

Colours of a page are chosen elsewhere; these are codes.
"""

from collections.abc import Mapping
from enum import StrEnum

from servicelost.taxonomy.codes import Words, glossary


class Severity(StrEnum):
    """The inspection code of a recommendation."""

    RED = "RED"
    YELLOW = "YELLOW"
    GREEN = "GREEN"


SEVERITIES: Mapping[Severity, Words[Severity]] = glossary(
    (Severity.RED, "Red", "Immediate attention or a matter of safety; never dropped silently."),
    (Severity.YELLOW, "Yellow", "Attention soon; also called amber."),
    (Severity.GREEN, "Green", "In order."),
)

SEVERITY_SPELLINGS: Mapping[str, Severity] = {
    "R": Severity.RED,
    "A": Severity.YELLOW,
    "Y": Severity.YELLOW,
    "G": Severity.GREEN,
    "AMBER": Severity.YELLOW,
    "ORANGE": Severity.YELLOW,
}
