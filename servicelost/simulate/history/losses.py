"""The ledger of a history: losses at every stage for every cause the matrix allows, and what came back.

Entry number n is the LOSS of need n, but every eighth entry takes back or recovers the loss of an
earlier need. The weights are plausible, taken from no dealership.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from servicelost.opportunities.ledger.models import CauseBasis, EntryKind
from servicelost.simulate.history.dice import Ints, choice, share
from servicelost.simulate.history.needs import PAY_TYPES, SEVERITIES, Needs
from servicelost.taxonomy.causes import CAUSES, Cause
from servicelost.taxonomy.grades import Grade
from servicelost.taxonomy.loss_events import LOSS_EVENTS, LossEvent, StatusAfter
from servicelost.taxonomy.matrix import EVENT_CAUSES
from servicelost.taxonomy.stages import Stage

LATER_EVERY = 8
KINDS = (EntryKind.LOSS, EntryKind.REVERSAL, EntryKind.RECOVERY)
GRADES = tuple(Grade)
BASES = (CauseBasis.STATED, CauseBasis.AUTOMATIC)
REASONS = (Cause.ENTRY_ERROR, Cause.RESCHEDULED)
_GRADES = (52, 30, 13, 5)
_EVENTS = {
    LossEvent.QUOTE_DECLINED: 40, LossEvent.DEFERRED_LAPSED: 12, LossEvent.APPT_NO_SHOW: 8,
    LossEvent.APPT_CANCELLED: 7, LossEvent.NOT_PRESENTED: 6, LossEvent.CALL_MISSED: 5,
}  # fmt: skip
_ANY_OTHER = 2
_UNSAID, _OTHER = 0.18, 0.03
_OLDEST = {Cause.UNKNOWN: _UNSAID, Cause.OTHER: _OTHER}
# How much of the history lies between a loss and what became of it, one for each kind of later entry:
# an entry error, a visit rebooked, work sold after a reminder, work sold a year later.
_LAGS = (0.0, 0.004, 0.03, 0.24)
_BACK = (1, 2, 3, 5)


class Reason(NamedTuple):
    """Where, what and why something is lost, and how often beside the others."""

    stage: Stage
    event: LossEvent
    cause: Cause
    weight: float


def _reasons() -> Iterator[Reason]:
    for event, info in LOSS_EVENTS.items():
        if not info.ledger or info.statuses_after == (StatusAfter.DEFERRED,):
            continue
        named = {cause: 1 / (place + 1) for place, cause in enumerate(EVENT_CAUSES[event])}
        causes = {cause: weight / sum(named.values()) for cause, weight in named.items()} | _OLDEST
        for stage in info.legal_stages:
            weight = _EVENTS.get(event, _ANY_OTHER) / len(info.legal_stages)
            yield from (Reason(stage, event, cause, weight * part) for cause, part in causes.items())


REASONS_OF_LOSS = tuple(_reasons())
_WEIGHTS = [reason.weight for reason in REASONS_OF_LOSS]
_OWNERS = tuple(CAUSES[reason.cause].owner for reason in REASONS_OF_LOSS)
_AUTOMATIC = np.array(
    [reason.cause in (LOSS_EVENTS[reason.event].automatic_cause, Cause.UNKNOWN) for reason in REASONS_OF_LOSS]
)


def loss_of(numbers: Ints, whole_history: int) -> Ints:
    """For each entry the LOSS it belongs to: its own number, or that of the earlier one it changes."""
    kind = numbers // LATER_EVERY % len(_LAGS)
    lags = np.array([round(lag * whole_history / LATER_EVERY) * LATER_EVERY for lag in _LAGS])
    earlier = numbers - lags[kind] - np.array(_BACK)[kind]
    return np.where((numbers % LATER_EVERY == 0) & (earlier > 0), earlier, numbers)


def reason_of(losses: Ints) -> Ints:
    """For each LOSS its place in REASONS_OF_LOSS."""
    return choice(losses, "reason", _WEIGHTS)


def entries(numbers: Ints, here: Needs, of: Needs) -> dict[str, Any]:
    """The ledger's columns; `here` are the needs of these numbers, `of` those whose LOSS it is about."""
    losses = of.numbers
    kind = _kind(numbers, losses)
    loss, recovery = kind == 0, kind == 2
    moment = np.where(recovery, here.moment, of.moment)
    factor = 0.85 + 0.3 * share(numbers, "sold")
    released = np.where(share(numbers, "released") < 0.8, of.amount, of.amount // 2)
    return {
        "id": numbers, "kind": (kind, KINDS), "loss_id": (losses, ~loss), "occurred_at": moment,
        "decided_at": moment, "recorded_at": here.moment, "loss_day": of.day,
        "business_day": np.where(recovery, here.day, of.day),
        "amount_minor": np.where(recovery, released, of.amount),
        "revenue_minor": (np.rint(released * factor).astype(np.int64), recovery),
        "reason": (numbers // LATER_EVERY % len(REASONS), REASONS, kind == 1),
        "recorded_by_id": here.advisor,
    } | _traits(of)  # fmt: skip


def _kind(numbers: Ints, losses: Ints) -> Ints:
    """A place in KINDS: errors and what was rebooked are reversed, work sold later is recovered."""
    sold = numbers // LATER_EVERY % len(_LAGS) >= len(_LAGS) // 2
    return np.where(losses == numbers, 0, np.where(sold, 2, 1))


def _traits(of: Needs) -> dict[str, Any]:
    """What every entry has from its LOSS."""
    reason = reason_of(of.numbers)
    stages, events, causes, _ = zip(*REASONS_OF_LOSS, strict=True)
    return {
        "dealership_id": of.dealership, "opportunity_id": of.numbers, "line_id": of.numbers,
        "visit_id": of.visit, "customer_id": of.customer, "vehicle_id": of.customer,
        "category_id": of.category, "labor_operation_id": of.operation, "advisor_id": of.advisor,
        "technician_id": of.technician, "stage": (reason, stages), "origin_stage": (reason, stages),
        "event": (reason, events), "cause": (reason, causes), "owner": (reason, _OWNERS),
        "cause_basis": (_AUTOMATIC[reason].astype(np.int64), BASES),
        "grade": (choice(of.numbers, "grade", _GRADES), GRADES),
        "labour_minor": of.price[:, 0], "parts_minor": of.price[:, 1], "centihours": of.price[:, 2],
        "pay_type": (of.pay_type, PAY_TYPES), "severity": (of.severity, SEVERITIES),
    }  # fmt: skip
