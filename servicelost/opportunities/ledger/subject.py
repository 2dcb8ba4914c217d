"""What a ledger entry is about, in the ledger's own words.

The ledger stands below the pipeline and does not know its rows: they are described to it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from servicelost.taxonomy.grades import Grade
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.reason import UNSTATED, Reason


@dataclass(frozen=True)
class Subject:
    """The opportunity and whom and what it concerns, as surrogate keys and codes."""

    dealership_id: int
    opportunity_id: int
    customer_id: int | None = None
    vehicle_id: int | None = None
    category_id: int | None = None
    labor_operation_id: int | None = None
    advisor_id: int | None = None
    technician_id: int | None = None
    pay_type: str | None = None
    severity: str | None = None


@dataclass(frozen=True)
class Value:
    """Money at stake in minor units net of tax, with its split as far as known, and its grade."""

    amount_minor: int
    grade: Grade
    labour_minor: int | None = None
    parts_minor: int | None = None
    centihours: int | None = None


@dataclass(frozen=True)
class Loss:
    """A loss to be posted.

    `occurred_at` decides the period, `decided_at` is the decision it rests on; they differ when an
    earlier loss is restated. `deferred_by` is the event of a deferral that lapsed.
    """

    subject: Subject
    event: LossEvent
    stage: Stage
    value: Value
    occurred_at: datetime
    decided_at: datetime
    reason: Reason = UNSTATED
    origin_stage: Stage | None = None
    deferred_by: LossEvent | None = None
    appointment_id: int | None = None
    visit_id: int | None = None
    line_id: int | None = None
    document: str | None = None
    evidence: dict[str, Any] | None = None
    stock_covered: bool = False
