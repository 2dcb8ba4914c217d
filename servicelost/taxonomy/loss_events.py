"""The loss events: WHAT happened when something was lost, with its legal stages and consequences.

How much is lost is computed by the ledger; which causes fit stands in `matrix`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.stages import Stage


class LossEvent(StrEnum):
    """Something that happened and cost the service department a sale."""

    CALL_MISSED = "CALL_MISSED"
    LEAD_UNANSWERED = "LEAD_UNANSWERED"
    LEAD_REJECTED = "LEAD_REJECTED"
    BOOKING_ABANDONED = "BOOKING_ABANDONED"
    APPT_CANCELLED = "APPT_CANCELLED"
    APPT_NO_SHOW = "APPT_NO_SHOW"
    APPT_TURNED_AWAY = "APPT_TURNED_AWAY"
    SCOPE_REDUCED = "SCOPE_REDUCED"
    QUOTE_DECLINED = "QUOTE_DECLINED"
    QUOTE_DEFERRED = "QUOTE_DEFERRED"
    QUOTE_EXPIRED = "QUOTE_EXPIRED"
    ORDER_CANCELLED = "ORDER_CANCELLED"
    PART_NOT_SUPPLIED = "PART_NOT_SUPPLIED"
    NOT_PRESENTED = "NOT_PRESENTED"
    WORK_NOT_DONE = "WORK_NOT_DONE"
    QC_REJECTED_LEFT = "QC_REJECTED_LEFT"
    DISCOUNT_CONCESSION = "DISCOUNT_CONCESSION"
    DEFERRED_LAPSED = "DEFERRED_LAPSED"
    REMINDER_UNANSWERED = "REMINDER_UNANSWERED"
    CUSTOMER_DEFECTED = "CUSTOMER_DEFECTED"


class StatusAfter(StrEnum):
    """What becomes of the opportunity; LEAKAGE is money given away on work that was sold."""

    LOST = "LOST"
    DEFERRED = "DEFERRED"
    LEAKAGE = "LEAKAGE"


@dataclass(frozen=True)
class LossEventInfo:
    """A loss event in words and rules.

    `statuses_after` begins with the default. `default_cause` is what a screen proposes;
    `automatic_cause` is what is recorded when nobody stated a cause: only what the event itself
    says, else UNKNOWN. An event with `inherits_cause` takes over the cause of the deferral it ends.
    """

    code: LossEvent
    label: str
    help: str
    legal_stages: tuple[Stage, ...]
    amount_basis: str
    statuses_after: tuple[StatusAfter, ...] = (StatusAfter.LOST,)
    default_cause: Cause | None = None
    automatic_cause: Cause = Cause.UNKNOWN
    inherits_cause: bool = False
    ledger: bool = True

    @property
    def status_after(self) -> StatusAfter:
        """The status of the opportunity unless the fact itself says otherwise."""
        return self.statuses_after[0]


_QUOTE_STAGES = (Stage.RECEPTION, Stage.WORK, Stage.DELIVERY, Stage.FOLLOW_UP)
_LOST, _DEFERRED = StatusAfter.LOST, StatusAfter.DEFERRED

_ROWS = (
    LossEventInfo(
        LossEvent.CALL_MISSED,
        "Missed call",
        "A call was missed or abandoned and nobody called back in time.",
        (Stage.LEAD,),
        "expected amount: average repair order × share of calls that become bookings",
        default_cause=Cause.NO_CONTACT,
        automatic_cause=Cause.NO_CONTACT,
    ),
    LossEventInfo(
        LossEvent.LEAD_UNANSWERED,
        "Lead without contact",
        "The lead was closed without two-way contact.",
        (Stage.LEAD, Stage.FOLLOW_UP),
        "expected amount",
        default_cause=Cause.NO_CONTACT,
        automatic_cause=Cause.NO_CONTACT,
    ),
    LossEventInfo(
        LossEvent.LEAD_REJECTED,
        "Lead did not book",
        "There was contact, but no booking came of it.",
        (Stage.LEAD,),
        "quoted amount, else expected amount",
    ),
    LossEventInfo(
        LossEvent.BOOKING_ABANDONED,
        "Booking abandoned",
        "The customer left in the middle of booking.",
        (Stage.PLANNING,),
        "menu price of what was being booked",
    ),
    LossEventInfo(
        LossEvent.APPT_CANCELLED,
        "Appointment cancelled",
        "The appointment was cancelled; rebooking within the window takes the loss back.",
        (Stage.PLANNING,),
        "booked lines",
    ),
    LossEventInfo(
        LossEvent.APPT_NO_SHOW,
        "No-show",
        "The car did not come and nobody gave notice; coming within the window takes the loss back.",
        (Stage.PLANNING,),
        "booked lines",
        default_cause=Cause.NO_SHOW,
        automatic_cause=Cause.NO_SHOW,
    ),
    LossEventInfo(
        LossEvent.APPT_TURNED_AWAY,
        "Turned away",
        "The car came and could not be taken in.",
        (Stage.RECEPTION,),
        "booked lines",
        default_cause=Cause.NO_CAPACITY,
    ),
    LossEventInfo(
        LossEvent.SCOPE_REDUCED,
        "Scope reduced",
        "A booked or approved line was removed or made smaller.",
        (Stage.RECEPTION, Stage.WORK),
        "difference of the line",
        statuses_after=(_LOST, _DEFERRED),
    ),
    LossEventInfo(
        LossEvent.QUOTE_DECLINED,
        "Quote declined",
        "The customer said no to a quote or to a line of it.",
        _QUOTE_STAGES,
        "quoted line",
    ),
    LossEventInfo(
        LossEvent.QUOTE_DEFERRED,
        "Quote postponed",
        "The customer said not now; it becomes a loss only if it lapses.",
        _QUOTE_STAGES,
        "quoted line",
        statuses_after=(_DEFERRED,),
    ),
    LossEventInfo(
        LossEvent.QUOTE_EXPIRED,
        "Quote expired",
        "No answer came while the quote was valid.",
        (Stage.WORK, Stage.FOLLOW_UP),
        "quoted amount",
        default_cause=Cause.NO_CONTACT,
    ),
    LossEventInfo(
        LossEvent.ORDER_CANCELLED,
        "Order cancelled",
        "The repair order was cancelled or voided.",
        (Stage.RECEPTION, Stage.WORK, Stage.QUALITY_CONTROL, Stage.DELIVERY),
        "authorised work that was not done",
    ),
    LossEventInfo(
        LossEvent.PART_NOT_SUPPLIED,
        "Part not supplied",
        "A part was asked for at the counter, by telephone or by the workshop and was not sold.",
        (Stage.LEAD, Stage.RECEPTION, Stage.WORK),
        "price of the part × quantity",
        default_cause=Cause.MISSING_PARTS,
    ),
    LossEventInfo(
        LossEvent.NOT_PRESENTED,
        "Never presented",
        "Recommended work was never shown to the customer: no quote was sent and the visit was closed.",
        (Stage.WORK, Stage.DELIVERY),
        "recommended line",
        default_cause=Cause.UNKNOWN,
    ),
    LossEventInfo(
        LossEvent.WORK_NOT_DONE,
        "Work not done",
        "Authorised work was not performed for want of a part, a skill or time.",
        (Stage.WORK, Stage.QUALITY_CONTROL),
        "authorised line",
        statuses_after=(_DEFERRED, _LOST),
        default_cause=Cause.MISSING_PARTS,
    ),
    LossEventInfo(
        LossEvent.QC_REJECTED_LEFT,
        "Left before rework",
        "The check failed, and the customer took the car before the work was put right.",
        (Stage.QUALITY_CONTROL,),
        "rejected line",
        default_cause=Cause.TRUST_QUALITY,
    ),
    LossEventInfo(
        LossEvent.DISCOUNT_CONCESSION,
        "Price given away",
        "A discount or goodwill at delivery; shown in a report, never a row of the ledger.",
        (Stage.DELIVERY,),
        "discount",
        statuses_after=(StatusAfter.LEAKAGE,),
        ledger=False,
    ),
    LossEventInfo(
        LossEvent.DEFERRED_LAPSED,
        "Postponed work lapsed",
        "The agreed date and the days of grace passed and the work was not done.",
        (Stage.FOLLOW_UP,),
        "last quote",
        default_cause=Cause.NO_CONTACT,
        inherits_cause=True,
    ),
    LossEventInfo(
        LossEvent.REMINDER_UNANSWERED,
        "Reminder without effect",
        "A service reminder or follow-up was refused or not answered; never used for a safety recall.",
        (Stage.FOLLOW_UP,),
        "expected amount",
        default_cause=Cause.NO_CONTACT,
    ),
    LossEventInfo(
        LossEvent.CUSTOMER_DEFECTED,
        "Customer lost",
        "The customer stayed away longer than the limit; shown in a report, never a row of the ledger.",
        (Stage.FOLLOW_UP,),
        "expected amount a year",
        ledger=False,
    ),
)

LOSS_EVENTS: Mapping[LossEvent, LossEventInfo] = {row.code: row for row in _ROWS}
