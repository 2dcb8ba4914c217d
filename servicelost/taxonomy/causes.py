"""The causes of a loss: WHY it was lost, who could have changed it, what else it tells.

Which cause fits which event stands in `matrix`; a dealership's own causes are rows of the directory.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from servicelost.taxonomy.parties import Owner


class Cause(StrEnum):
    """A standard cause of a loss, or a reason why there is no loss at all."""

    NO_SHOW = "NO_SHOW"
    FORGOT = "FORGOT"
    NO_CONTACT = "NO_CONTACT"
    LATE_RESPONSE = "LATE_RESPONSE"
    MISSING_PARTS = "MISSING_PARTS"
    NO_CAPACITY = "NO_CAPACITY"
    NO_SKILL = "NO_SKILL"
    NO_LOANER = "NO_LOANER"
    WAIT_TOO_LONG = "WAIT_TOO_LONG"
    PRICE_TOO_HIGH = "PRICE_TOO_HIGH"
    CANNOT_AFFORD = "CANNOT_AFFORD"
    COMPETITOR_OFFER = "COMPETITOR_OFFER"
    DONE_ELSEWHERE = "DONE_ELSEWHERE"
    DIY = "DIY"
    NOT_NEEDED = "NOT_NEEDED"
    NO_TIME = "NO_TIME"
    TRUST_QUALITY = "TRUST_QUALITY"
    WARRANTY_DENIED = "WARRANTY_DENIED"
    CREDIT_BLOCK = "CREDIT_BLOCK"
    AUTH_NOT_GIVEN = "AUTH_NOT_GIVEN"
    VEHICLE_SOLD = "VEHICLE_SOLD"
    VEHICLE_TOTALLED = "VEHICLE_TOTALLED"
    MOVED_AWAY = "MOVED_AWAY"
    DECEASED = "DECEASED"
    RESCHEDULED = "RESCHEDULED"
    DUPLICATE = "DUPLICATE"
    ENTRY_ERROR = "ENTRY_ERROR"
    PRICE_INQUIRY_ONLY = "PRICE_INQUIRY_ONLY"
    SUPERSEDED = "SUPERSEDED"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


class Demand(StrEnum):
    """What a loss says was asked for and not there: parts for stocking, hours for planning."""

    PARTS = "parts"
    HOURS = "hours"


@dataclass(frozen=True)
class CauseInfo:
    """A cause in words and flags; `owners` begins with the default, the rest are offered as alternatives."""

    code: Cause
    label: str
    help: str
    owners: tuple[Owner, ...] = ()
    demand: Demand | None = None
    competitor: bool = False
    not_a_loss: bool = False
    needs_text: bool = False
    stop_list: bool = False

    @property
    def owner(self) -> Owner | None:
        """The default owner; None where nobody can be named (OTHER, UNKNOWN, not a loss)."""
        return self.owners[0] if self.owners else None

    @property
    def other_owners(self) -> tuple[Owner, ...]:
        """The owners a screen offers instead of the default."""
        return self.owners[1:]

    @property
    def counts_as_demand(self) -> bool:
        """Whether a loss with this cause is a signal for parts stocking or workshop planning."""
        return self.demand is not None


_D, _C, _X = (Owner.DEALER,), (Owner.CUSTOMER,), (Owner.EXTERNAL,)


def _not_a_loss(code: Cause, label: str, text: str) -> CauseInfo:
    return CauseInfo(code, label, text, not_a_loss=True)


_ROWS = (
    CauseInfo(
        Cause.NO_SHOW,
        "Did not come",
        "The customer did not come and gave no notice; the reason behind it is not known.",
        _C,
    ),
    CauseInfo(Cause.FORGOT, "Forgot", "The customer forgot, or no reminder reached the customer.", _D),
    CauseInfo(
        Cause.NO_CONTACT,
        "No contact",
        "The customer could not be reached, or nobody reached out.",
        _D,
    ),
    CauseInfo(Cause.LATE_RESPONSE, "Answered too late", "The answer came when it was too late.", _D),
    CauseInfo(
        Cause.MISSING_PARTS,
        "Part not available",
        "A part was not in stock or on back-order when it was needed.",
        _D + _X,
        demand=Demand.PARTS,
    ),
    CauseInfo(
        Cause.NO_CAPACITY,
        "No workshop slot",
        "No workshop slot was free within an acceptable time.",
        _D,
        demand=Demand.HOURS,
    ),
    CauseInfo(
        Cause.NO_SKILL,
        "No skill or tool",
        "No technician with the skill, or no tool, was available for this work.",
        _D,
        demand=Demand.HOURS,
    ),
    CauseInfo(Cause.NO_LOANER, "No courtesy car", "No courtesy car or other mobility could be offered.", _D),
    CauseInfo(
        Cause.WAIT_TOO_LONG,
        "Wait too long",
        "The promised time or the waiting was not acceptable to the customer.",
        _D,
        demand=Demand.HOURS,
    ),
    CauseInfo(Cause.PRICE_TOO_HIGH, "Too expensive", "The quote was too high.", _D, competitor=True),
    CauseInfo(Cause.CANNOT_AFFORD, "No budget now", "The customer cannot pay for it now.", _C),
    CauseInfo(
        Cause.COMPETITOR_OFFER,
        "Competitor's offer",
        "The customer goes to a competitor.",
        _X + _D,
        competitor=True,
    ),
    CauseInfo(
        Cause.DONE_ELSEWHERE,
        "Done elsewhere",
        "The work has already been done somewhere else.",
        _C,
        competitor=True,
    ),
    CauseInfo(Cause.DIY, "Does it himself", "The customer does the work without a workshop.", _C),
    CauseInfo(
        Cause.NOT_NEEDED,
        "Not convinced",
        "The customer is not convinced that it is needed, or wants a second opinion.",
        _C + _D,
    ),
    CauseInfo(Cause.NO_TIME, "No time today", "The customer has no time for it now.", _C),
    CauseInfo(
        Cause.TRUST_QUALITY,
        "Trust or quality",
        "A bad experience: a comeback, a complaint, work that had to be done again.",
        _D,
    ),
    CauseInfo(
        Cause.WARRANTY_DENIED,
        "Coverage refused",
        "The customer expected it free of charge and coverage was refused.",
        _X,
    ),
    CauseInfo(
        Cause.CREDIT_BLOCK,
        "Credit or payment",
        "A credit limit or an open payment stood in the way.",
        _C + _D,
    ),
    CauseInfo(
        Cause.AUTH_NOT_GIVEN,
        "Payer did not approve",
        "The fleet, lessor or insurer did not approve the work.",
        _X,
    ),
    CauseInfo(Cause.VEHICLE_SOLD, "Car sold", "The customer no longer has the car.", _X),
    CauseInfo(Cause.VEHICLE_TOTALLED, "Car written off", "The car is a total loss.", _X),
    CauseInfo(Cause.MOVED_AWAY, "Moved away", "The customer moved out of reach.", _X, stop_list=True),
    CauseInfo(Cause.DECEASED, "Deceased", "The customer has died.", _X, stop_list=True),
    _not_a_loss(Cause.RESCHEDULED, "Rescheduled", "The visit takes place at another time."),
    _not_a_loss(Cause.DUPLICATE, "Duplicate", "The same need is already recorded."),
    _not_a_loss(Cause.ENTRY_ERROR, "Entered by mistake", "It never happened; it was a wrong entry."),
    _not_a_loss(
        Cause.PRICE_INQUIRY_ONLY,
        "Only asked for a price",
        "There was no intent to have the work done; a question about a price is not a lost sale.",
    ),
    _not_a_loss(Cause.SUPERSEDED, "Superseded", "Another line or quote took its place."),
    CauseInfo(Cause.OTHER, "Other", "None of the causes fits; say in words what it was.", needs_text=True),
    CauseInfo(Cause.UNKNOWN, "Not recorded", "Nobody stated a cause; shown as a gap in the data."),
)  # fmt: skip

CAUSES: Mapping[Cause, CauseInfo] = {row.code: row for row in _ROWS}
NOT_A_LOSS: frozenset[Cause] = frozenset(row.code for row in _ROWS if row.not_a_loss)
