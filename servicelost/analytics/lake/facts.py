"""The facts of the lake as data: which rows of the database, which columns, fed by which tables.

Every fact has a `business_day` in its dealership's time zone and the `month` it lies in (its first
day). Keys and codes only: a column with a person's name or words must not be added here.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, func, or_, select

from servicelost.analytics.lake.desk_facts import CAPACITY, PART_REQUESTS, PART_STOCK
from servicelost.analytics.lake.fact import BUSINESS_DAY, MONTH, Fact, Parent, columns_of
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.models import Decision, Opportunity, Presentation
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.invoices import InvoiceLine
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import StageEntry
from servicelost.workflow.models.visits import Visit

LOST_AS = ("stage", "cause", "owner")

_loss = LedgerEntry.__table__.alias("loss")
_entry = LedgerEntry.__table__


def _of_loss(names: str) -> list[ColumnElement[Any]]:
    """Columns of the LOSS an entry belongs to, which for a LOSS is itself."""
    own = _loss.c.id.is_(None)
    return [case((own, _entry.c[name]), else_=_loss.c[name]).label(name) for name in names.split()]


LEDGER = Fact(
    "ledger",
    LedgerEntry.__tablename__,
    "Every entry of the loss ledger with the traits and hours of the LOSS it belongs to; `loss_day` and "
    "`loss_month` are that LOSS's, so that no report has to look for it.",
    select(
        *columns_of(LedgerEntry, "id dealership_id kind loss_id opportunity_id"),
        *_of_loss(
            "appointment_id visit_id line_id customer_id vehicle_id category_id labor_operation_id "
            "advisor_id technician_id stage origin_stage event cause cause_basis custom_cause_id "
            "contributing owner grade centihours pay_type severity decided_by cancelled_by"
        ),
        *columns_of(
            LedgerEntry,
            "amount_minor labour_minor parts_minor revenue_minor revenue_basis competitor_id "
            "competitor_price_minor reason occurred_at decided_at recorded_at recorded_by_id business_day",
        ),
        func.coalesce(_loss.c.business_day, _entry.c.business_day).label("loss_day"),
    ).select_from(_entry.outerjoin(_loss, _loss.c.id == _entry.c.loss_id)),
    ("amount_minor", "revenue_minor", "centihours"),
    months={MONTH: BUSINESS_DAY, "loss_month": "loss_day"},
    joined={"lost_as": LOST_AS},
    append_only=True,
)

_line, _visit = Line.__table__, Visit.__table__
_shown = Presentation.__table__.alias("shown")
_earlier = Presentation.__table__.alias("earlier")
_sibling = Presentation.__table__.alias("sibling")
_need = Opportunity.__table__.alias("need")
_episode = Opportunity.__table__.alias("episode")
_number = (
    select(func.count())
    .where(
        _earlier.c.opportunity_id == _shown.c.opportunity_id,
        or_(
            _earlier.c.presented_at < _shown.c.presented_at,
            and_(_earlier.c.presented_at == _shown.c.presented_at, _earlier.c.id <= _shown.c.id),
        ),
    )
    .correlate(_shown)
    .scalar_subquery()
)

LINES = Fact(
    "lines",
    Line.__tablename__,
    "Every line with its visit; `presentation_number` is 1 where its need was shown first.",
    select(
        *columns_of(Line, "id dealership_id visit_id"),
        *columns_of(Visit, "customer_id vehicle_id advisor_id walk_in inspected"),
        _visit.c.state.label("visit_state"),
        func.coalesce(_line.c.technician_id, _visit.c.technician_id).label("technician_id"),
        func.coalesce(_line.c.pay_type, _visit.c.pay_type).label("pay_type"),
        *columns_of(
            Line,
            "category_id labor_operation_id position state origin severity priced_as amount_minor "
            "labour_minor parts_minor authorized_minor invoiced_minor centihours decided_by "
            "authorization_method created_at presented_at decided_at completed_at deferred_until",
        ),
        func.upper(_line.c.part_number).label("part_number"),
        func.upper(_line.c.skill).label("skill"),
        func.coalesce(_visit.c.opened_at, _visit.c.planned_at, _line.c.created_at).label("visit_at"),
        _shown.c.opportunity_id,
        func.nullif(_number, 0, type_=Integer()).label("presentation_number"),
    ).select_from(
        _line.join(_visit, _visit.c.id == _line.c.visit_id).outerjoin(_shown, _shown.c.line_id == _line.c.id)
    ),
    ("amount_minor", "authorized_minor", "invoiced_minor", "centihours", "presentation_number"),
    days={"business_day": "visit_at"},
    parents={
        Visit.__tablename__: Parent(select(_line.c.id), _line.c.visit_id),
        # One that becomes known late, or moves to another episode, moves the numbers of others of its need.
        Presentation.__tablename__: Parent(
            select(_sibling.c.line_id)
            .join_from(_shown, _need, _need.c.id == _shown.c.opportunity_id)
            .join(
                _episode,
                and_(
                    _episode.c.dealership_id == _need.c.dealership_id,
                    _episode.c.need_key == _need.c.need_key,
                ),
            )
            .join(_sibling, _sibling.c.opportunity_id == _episode.c.id),
            _shown.c.id,
        ),
    },
)

REVENUE = Fact(
    "revenue",
    InvoiceLine.__tablename__,
    "Realised revenue, a row an invoice line; `line_id` is empty for what an invoice holds beyond its lines.",
    select(
        *columns_of(
            InvoiceLine,
            "id dealership_id invoice_id visit_id line_id customer_id vehicle_id advisor_id category_id "
            "pay_type amount_minor labour_minor parts_minor cost_minor discount_minor centihours posted_at "
            "business_day",
        )
    ),
    ("amount_minor", "cost_minor", "centihours"),
    append_only=True,
)

_came = func.coalesce(_visit.c.opened_at, _visit.c.planned_at, _visit.c.delivered_at, _visit.c.closed_at)

VISITS = Fact(
    "visits",
    Visit.__tablename__,
    "Every visit as it stands; its day is that of opening, else the planned one, else none.",
    select(
        *columns_of(
            Visit,
            "id dealership_id customer_id vehicle_id advisor_id technician_id pay_type state stage walk_in "
            "inspected odometer_km planned_at promised_at opened_at delivered_at closed_at",
        ),
        _came.label("visit_at"),
    ),
    ("odometer_km",),
    days={"business_day": "visit_at"},
)

APPOINTMENTS = Fact(
    "appointments",
    Appointment.__tablename__,
    "Every appointment as it stands; its day is that for which it is scheduled now.",
    select(
        *columns_of(
            Appointment,
            "id dealership_id visit_id customer_id vehicle_id advisor_id booked_by_id state channel "
            "cancelled_by expected_minor reschedules booked_at scheduled_at promised_at arrived_at "
            "settled_at",
        )
    ),
    ("expected_minor", "reschedules"),
    days={"business_day": "scheduled_at", "booked_day": "booked_at"},
)

OPPORTUNITIES = Fact(
    "opportunities",
    Opportunity.__tablename__,
    "Every opportunity (one need in one episode) as it stands; its day is that of its opening.",
    select(
        *columns_of(
            Opportunity,
            "id dealership_id state source live visit_id appointment_id line_id part_request_id customer_id "
            "vehicle_id category_id labor_operation_id position advisor_id technician_id owner_id severity "
            "pay_type amount_minor labour_minor parts_minor centihours outstanding_minor won_minor won_basis "
            "presentations loss_id first_lost_stage deferred_cause deferred_stage closed_reason opened_at "
            "last_decision_at first_lost_at won_at deferred_until",
        )
    ),
    ("amount_minor", "outstanding_minor", "won_minor", "presentations"),
    days={"business_day": "opened_at", "first_lost_day": "first_lost_at", "won_day": "won_at"},
)

DECISIONS = Fact(
    "decisions",
    Decision.__tablename__,
    "Every decision about an opportunity; its day is that on which it was taken.",
    select(
        *columns_of(
            Decision,
            "id dealership_id opportunity_id line_id visit_id kind effect event stage cause amount_minor "
            "occurred_at recorded_at employee_id",
        )
    ),
    ("amount_minor",),
    days={"business_day": "occurred_at"},
    append_only=True,
)

STAGES = Fact(
    "stages",
    StageEntry.__tablename__,
    "Every move of a visit or its appointment from one state to the next, on the day it happened.",
    select(
        *columns_of(
            StageEntry,
            "id dealership_id visit_id appointment_id action from_state to_state occurred_at recorded_at "
            "employee_id",
        )
    ),
    (),
    days={"business_day": "occurred_at"},
    append_only=True,
)

FACTS: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        LEDGER, LINES, REVENUE, VISITS, APPOINTMENTS, OPPORTUNITIES, DECISIONS, STAGES, PART_REQUESTS,
        PART_STOCK, CAPACITY,
    )
}  # fmt: skip
