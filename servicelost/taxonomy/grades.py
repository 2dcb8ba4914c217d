"""How sure an amount is: from a decided quote down to an average.

Where the amounts come from is the ledger's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """The confidence grade of an amount, A best."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True)
class GradeInfo:
    """A grade in words; `conservative` grades make up the cautious figure of a report."""

    code: Grade
    label: str
    help: str
    conservative: bool


GRADES: Mapping[Grade, GradeInfo] = {
    row.code: row
    for row in (
        GradeInfo(Grade.A, "Quoted and decided", "The customer was quoted it and decided on it.", True),
        GradeInfo(
            Grade.B,
            "Quoted or booked",
            "Quoted but not decided, or a price from the menu or the booking.",
            True,
        ),
        GradeInfo(
            Grade.C,
            "Operation average",
            "The dealership's own average for this operation over twelve months.",
            False,
        ),
        GradeInfo(
            Grade.D,
            "Segment average",
            "The average repair order of the segment or class of vehicle.",
            False,
        ),
    )
}
