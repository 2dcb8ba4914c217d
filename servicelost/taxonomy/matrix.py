"""Which stage, event and cause go together: the legal matrix and its checks.

Every path that records a loss asks here, and nowhere else, whether the combination is legal.
"""

from collections.abc import Iterable, Mapping

from servicelost.kernel.errors import RuleViolation
from servicelost.taxonomy.causes import NOT_A_LOSS, Cause
from servicelost.taxonomy.loss_events import LOSS_EVENTS, LossEvent
from servicelost.taxonomy.parties import Party
from servicelost.taxonomy.stages import Stage

_CAR_GONE = (Cause.VEHICLE_SOLD, Cause.VEHICLE_TOTALLED)
_CUSTOMER_GONE = (Cause.MOVED_AWAY, Cause.DECEASED)
_NO_ANSWER = (
    Cause.NO_CONTACT,
    Cause.LATE_RESPONSE,
    Cause.DONE_ELSEWHERE,
    Cause.COMPETITOR_OFFER,
    *_CAR_GONE,
    *_CUSTOMER_GONE,
)
_UNHEARD = (Cause.NO_CONTACT, Cause.LATE_RESPONSE, Cause.COMPETITOR_OFFER)
_DECISION = (
    Cause.PRICE_TOO_HIGH,
    Cause.CANNOT_AFFORD,
    Cause.NO_TIME,
    Cause.NOT_NEEDED,
    Cause.COMPETITOR_OFFER,
    Cause.DIY,
    Cause.DONE_ELSEWHERE,
    Cause.TRUST_QUALITY,
    Cause.WARRANTY_DENIED,
    Cause.AUTH_NOT_GIVEN,
    Cause.VEHICLE_SOLD,
    Cause.MISSING_PARTS,
    Cause.NO_CAPACITY,
    Cause.WAIT_TOO_LONG,
    Cause.NO_SKILL,
    Cause.NO_LOANER,
)

CANCELLED_BY_CAUSES: Mapping[Party, tuple[Cause, ...]] = {
    Party.CUSTOMER: (
        Cause.NO_TIME,
        Cause.DONE_ELSEWHERE,
        Cause.COMPETITOR_OFFER,
        Cause.PRICE_TOO_HIGH,
        *_CAR_GONE,
    ),
    Party.DEALER: (Cause.MISSING_PARTS, Cause.NO_CAPACITY, Cause.NO_SKILL, Cause.NO_LOANER),
}

# The causes each event names; those that fit everywhere are in ALWAYS_LEGAL.
EVENT_CAUSES: Mapping[LossEvent, tuple[Cause, ...]] = {
    LossEvent.CALL_MISSED: _UNHEARD,
    LossEvent.LEAD_UNANSWERED: _UNHEARD,
    LossEvent.LEAD_REJECTED: (
        Cause.PRICE_TOO_HIGH,
        Cause.NO_CAPACITY,
        Cause.COMPETITOR_OFFER,
        Cause.NO_LOANER,
        Cause.NOT_NEEDED,
        Cause.NO_TIME,
        Cause.DONE_ELSEWHERE,
        *_CUSTOMER_GONE,
        Cause.VEHICLE_SOLD,
    ),
    LossEvent.BOOKING_ABANDONED: (
        Cause.NO_CAPACITY,
        Cause.PRICE_TOO_HIGH,
        Cause.NO_LOANER,
        Cause.WAIT_TOO_LONG,
        Cause.COMPETITOR_OFFER,
    ),
    LossEvent.APPT_CANCELLED: CANCELLED_BY_CAUSES[Party.CUSTOMER] + CANCELLED_BY_CAUSES[Party.DEALER],
    LossEvent.APPT_NO_SHOW: (
        Cause.NO_SHOW,
        Cause.FORGOT,
        Cause.DONE_ELSEWHERE,
        Cause.COMPETITOR_OFFER,
        *_CAR_GONE,
    ),
    LossEvent.APPT_TURNED_AWAY: (
        Cause.NO_CAPACITY,
        Cause.WAIT_TOO_LONG,
        Cause.NO_SKILL,
        Cause.NO_LOANER,
        Cause.MISSING_PARTS,
        Cause.CREDIT_BLOCK,
    ),
    LossEvent.SCOPE_REDUCED: (
        Cause.NO_TIME,
        Cause.CANNOT_AFFORD,
        Cause.PRICE_TOO_HIGH,
        Cause.NO_CAPACITY,
        Cause.MISSING_PARTS,
        Cause.NOT_NEEDED,
    ),
    LossEvent.QUOTE_DECLINED: _DECISION,
    LossEvent.QUOTE_DEFERRED: _DECISION,
    LossEvent.QUOTE_EXPIRED: _NO_ANSWER,
    LossEvent.ORDER_CANCELLED: (
        Cause.MISSING_PARTS,
        Cause.WAIT_TOO_LONG,
        Cause.PRICE_TOO_HIGH,
        Cause.CREDIT_BLOCK,
        Cause.AUTH_NOT_GIVEN,
        Cause.VEHICLE_TOTALLED,
        Cause.WARRANTY_DENIED,
    ),
    LossEvent.PART_NOT_SUPPLIED: (
        Cause.MISSING_PARTS,
        Cause.PRICE_TOO_HIGH,
        Cause.COMPETITOR_OFFER,
        Cause.CREDIT_BLOCK,
    ),
    LossEvent.NOT_PRESENTED: (Cause.UNKNOWN, Cause.NO_CONTACT, Cause.NO_TIME),
    LossEvent.WORK_NOT_DONE: (Cause.MISSING_PARTS, Cause.NO_CAPACITY, Cause.NO_SKILL, Cause.NO_TIME),
    LossEvent.QC_REJECTED_LEFT: (Cause.TRUST_QUALITY, Cause.WAIT_TOO_LONG),
    # Money given away was the dealer's own act; the source names no cause of its own for it.
    LossEvent.DISCOUNT_CONCESSION: (),
    LossEvent.DEFERRED_LAPSED: _NO_ANSWER,
    LossEvent.REMINDER_UNANSWERED: _NO_ANSWER,
    LossEvent.CUSTOMER_DEFECTED: (
        Cause.COMPETITOR_OFFER,
        Cause.TRUST_QUALITY,
        Cause.PRICE_TOO_HIGH,
        *_CUSTOMER_GONE,
        Cause.VEHICLE_SOLD,
    ),
}

ALWAYS_LEGAL: frozenset[Cause] = NOT_A_LOSS | {Cause.OTHER, Cause.UNKNOWN}


def legal_causes(event: LossEvent, *, cancelled_by: Party | None = None) -> tuple[Cause, ...]:
    """The causes to offer for an event, likeliest first, without those that fit every event.

    A cancelled appointment offers only the side that cancelled, where that is known.
    """
    if event is LossEvent.APPT_CANCELLED and cancelled_by is not None:
        return CANCELLED_BY_CAUSES.get(cancelled_by, ())
    return EVENT_CAUSES[event]


def is_legal_cause(
    event: LossEvent,
    cause: Cause,
    *,
    cancelled_by: Party | None = None,
    deferred_by: LossEvent | None = None,
) -> bool:
    """Whether the cause fits the event.

    `deferred_by` is the event of the deferral that ends now: an event that inherits its cause
    also accepts the causes of that earlier event.
    """
    if cause in ALWAYS_LEGAL or cause in legal_causes(event, cancelled_by=cancelled_by):
        return True
    return (
        LOSS_EVENTS[event].inherits_cause and deferred_by is not None and cause in EVENT_CAUSES[deferred_by]
    )


def check_cause(
    event: LossEvent,
    cause: Cause,
    *,
    cancelled_by: Party | None = None,
    deferred_by: LossEvent | None = None,
) -> None:
    """Refuse a cause that does not fit the event; raises RuleViolation CAUSE_NOT_LEGAL."""
    if is_legal_cause(event, cause, cancelled_by=cancelled_by, deferred_by=deferred_by):
        return
    who = f" by {cancelled_by}" if event is LossEvent.APPT_CANCELLED and cancelled_by else ""
    legal = _listed([*legal_causes(event, cancelled_by=cancelled_by), Cause.OTHER, Cause.UNKNOWN])
    raise RuleViolation(
        "CAUSE_NOT_LEGAL",
        f"cause {cause} does not fit {event}{who}; fitting are: {legal}",
        field="cause",
        value=cause,
        expected=legal,
    )


def check_stage(event: LossEvent, stage: Stage) -> None:
    """Refuse an event at a stage where it cannot happen; raises RuleViolation STAGE_NOT_LEGAL."""
    if stage not in LOSS_EVENTS[event].legal_stages:
        raise _illegal_stage(event, stage)


def legal_stage_for(event: LossEvent, stage: Stage) -> Stage:
    """The stage to record: this one if legal, else the latest legal stage before it.

    A visit often moves on before the loss is recorded. Raises RuleViolation STAGE_NOT_LEGAL when
    the event can only happen later.
    """
    earlier = [legal for legal in LOSS_EVENTS[event].legal_stages if legal.order <= stage.order]
    if not earlier:
        raise _illegal_stage(event, stage)
    return max(earlier, key=lambda legal: legal.order)


def _illegal_stage(event: LossEvent, stage: Stage) -> RuleViolation:
    legal = _listed(LOSS_EVENTS[event].legal_stages)
    message = f"{event} cannot happen at stage {stage}; legal stages are: {legal}"
    return RuleViolation("STAGE_NOT_LEGAL", message, field="stage", value=stage, expected=legal)


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(codes))
