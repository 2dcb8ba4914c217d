"""The seven stages a service visit passes through, in order: WHERE something was lost.

The states of appointments, visits and lines are the workflow's business, not this file's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """A stage of the service workflow; `order` tells earlier from later."""

    LEAD = "LEAD"
    PLANNING = "PLANNING"
    RECEPTION = "RECEPTION"
    WORK = "WORK"
    QUALITY_CONTROL = "QUALITY_CONTROL"
    DELIVERY = "DELIVERY"
    FOLLOW_UP = "FOLLOW_UP"

    @property
    def order(self) -> int:
        """The place in the workflow, 1 (LEAD) to 7 (FOLLOW_UP)."""
        return STAGES[self].order


@dataclass(frozen=True)
class StageInfo:
    """A stage in words; `star_anchor` names the matching repair stages of the STAR standard."""

    code: Stage
    order: int
    label: str
    help: str
    star_anchor: tuple[str, ...]


def _table(*rows: tuple[Stage, str, str, tuple[str, ...]]) -> Mapping[Stage, StageInfo]:
    return {
        code: StageInfo(code, order, label, text, star)
        for order, (code, label, text, star) in enumerate(rows, start=1)
    }


STAGES: Mapping[Stage, StageInfo] = _table(
    (
        Stage.LEAD,
        "Lead",
        "Somebody asks for service or could be asked: a call, a web request, a lead of the manufacturer.",
        (),
    ),
    (
        Stage.PLANNING,
        "Planning",
        "A visit is being booked or is booked, up to the moment the car arrives.",
        ("APPOINTMENT_SCHEDULED",),
    ),
    (
        Stage.RECEPTION,
        "Reception",
        "The car is here; the advisor and the customer agree on what will be done.",
        ("VEHICLE_RECEIVED",),
    ),
    (
        Stage.WORK,
        "Work",
        "The car is inspected, work is quoted, authorised and done.",
        (
            "EVALUATION",
            "PROPOSAL_BUILD",
            "AWAITING_CUSTOMER_AUTHORIZATION",
            "PARTS_ORDERED",
            "WORK_IN_PROGRESS",
        ),
    ),
    (
        Stage.QUALITY_CONTROL,
        "Quality control",
        "The work is checked; what fails goes back to the workshop.",
        ("QUALITY_ASSURANCE",),
    ),
    (
        Stage.DELIVERY,
        "Delivery",
        "The invoice is explained and paid, the car goes back to the customer.",
        ("INVOICE", "CHECKOUT", "VEHICLE_DELIVERED"),
    ),
    (
        Stage.FOLLOW_UP,
        "Follow-up",
        "After the visit: open quotes, postponed work and reminders are followed up.",
        ("FOLLOW_UP",),
    ),
)
