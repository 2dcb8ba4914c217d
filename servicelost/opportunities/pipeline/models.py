"""The rows of the pipeline: opportunities, which lines presented them, and each decision."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text

from servicelost.directory.models import Customer, Vehicle
from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Code, Minor, Name, Ref, SourceId, Version
from servicelost.kernel.lookup import Lookup
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.signals import Call


class Opportunity(Base):
    """A piece of work that could be sold: one need in one episode.

    `need_key` identifies the need; `live` is 1 while the episode may still take decisions and NULL
    afterwards, so that the database itself refuses a second live episode of a need.
    The `board_*` columns make it a card of the board: the rule that fills them stands in `board`.
    `amount_minor` is the latest price; `outstanding_minor` what the ledger holds against it: LOSS
    less REVERSAL less released, zero unless the state is LOST. `loss_id` is the LOSS that is open,
    `lost_event` its event; `first_lost_*` keep the period of the episode's first loss for restated
    amounts.
    """

    __tablename__ = f"{PREFIX}opportunity"
    __captured__ = True
    __place__ = "live"
    __table_args__ = (
        Index(
            "uq_servicelost_opportunity_live_need",
            "dealership_id",
            "need_key",
            unique=True,
            postgresql_where=text("live = 1"),
            sqlite_where=text("live = 1"),
        ),
        Index("ix_servicelost_opportunity_state", "dealership_id", "state", "opened_at"),
        Index("ix_servicelost_opportunity_due", "state", "deferred_until"),
        Index("ix_servicelost_opportunity_vehicle", "vehicle_id"),
        Index("ix_servicelost_opportunity_need", "dealership_id", "need_key"),
        Index("ix_servicelost_opportunity_customer", "customer_id"),
        Index("ix_servicelost_opportunity_call", "call_id"),
        Index("ix_servicelost_opportunity_lost", "dealership_id", "lost_event", "opened_at"),
        # It holds everything that is counted and filtered by, so that a column is added up from it alone.
        Index(
            "ix_servicelost_opportunity_board",
            "dealership_id",
            "board_column",
            "board_at",
            "id",
            "board_owner_id",
            "amount_minor",
            "version",
            "category_id",
            "source",
            "severity",
            postgresql_where=text("board_column IS NOT NULL"),
            sqlite_where=text("board_column IS NOT NULL"),
        ),
    )

    version: Mapped[Version]
    dealership_id: Mapped[Ref]
    need_key: Mapped[SourceId]
    live: Mapped[int | None]
    state: Mapped[Code]
    source: Mapped[Code]
    visit_id: Mapped[Ref | None]
    appointment_id: Mapped[Ref | None]
    line_id: Mapped[Ref | None]
    call_id: Mapped[Ref | None]
    part_request_id: Mapped[Ref | None]
    customer_id: Mapped[Ref | None]
    vehicle_id: Mapped[Ref | None]
    category_id: Mapped[Ref | None]
    labor_operation_id: Mapped[Ref | None]
    position: Mapped[Code | None]
    advisor_id: Mapped[Ref | None]
    technician_id: Mapped[Ref | None]
    owner_id: Mapped[Ref | None]
    severity: Mapped[Code | None]
    pay_type: Mapped[Code | None]
    amount_minor: Mapped[Minor | None]
    labour_minor: Mapped[Minor | None]
    parts_minor: Mapped[Minor | None]
    centihours: Mapped[int | None]
    opened_at: Mapped[datetime]
    last_decision_at: Mapped[datetime | None]
    presentations: Mapped[int] = mapped_column(default=0)
    outstanding_minor: Mapped[Minor] = mapped_column(default=0)
    loss_id: Mapped[Ref | None]
    lost_event: Mapped[Code | None]
    first_lost_at: Mapped[datetime | None]
    first_lost_stage: Mapped[Code | None]
    deferred_until: Mapped[date | None]
    deferred_until_km: Mapped[int | None]
    deferred_cause: Mapped[Code | None]
    deferred_stage: Mapped[Code | None]
    deferred_event: Mapped[Code | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[Name | None]
    won_at: Mapped[datetime | None]
    won_minor: Mapped[Minor | None]
    won_basis: Mapped[Code | None]
    closed_reason: Mapped[Code | None]
    board_column: Mapped[Code | None]
    board_at: Mapped[datetime | None]
    board_owner_id: Mapped[Ref | None]
    board_visit_id: Mapped[Ref | None]


class Presentation(Base):
    """A line that put the need before the customer, or booked it, on one visit.

    `refusal` is the last word against the line as it was told (`told` packs it), with the day or the odometer
    it was put off until: from these words a need that several lines name is told anew.
    """

    __tablename__ = f"{PREFIX}presentation"
    __captured__ = True
    __table_args__ = (
        UniqueConstraint("line_id"),
        Index("ix_servicelost_presentation_opportunity", "opportunity_id"),
    )

    version: Mapped[Version]
    dealership_id: Mapped[Ref]
    opportunity_id: Mapped[Ref]
    line_id: Mapped[Ref]
    visit_id: Mapped[Ref]
    presented_at: Mapped[datetime]
    refusal: Mapped[dict[str, Any] | None]
    put_off_until: Mapped[date | None]
    put_off_until_km: Mapped[int | None]


class Decision(Base):
    """One decision about an opportunity, kept for good; `effect` says what it did to the money."""

    __tablename__ = f"{PREFIX}decision"
    __captured__ = True
    __table_args__ = (Index("ix_servicelost_decision_opportunity", "opportunity_id"),)

    dealership_id: Mapped[Ref]
    opportunity_id: Mapped[Ref]
    line_id: Mapped[Ref | None]
    visit_id: Mapped[Ref | None]
    kind: Mapped[Code]
    effect: Mapped[Code]
    event: Mapped[Code | None]
    stage: Mapped[Code | None]
    cause: Mapped[Code | None]
    amount_minor: Mapped[Minor | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    employee_id: Mapped[Ref | None]
    actor: Mapped[Name]
    note: Mapped[str | None]


OPPORTUNITIES_OF_VEHICLE = Lookup(Opportunity, "vehicle_id", many=True, parent=Vehicle)
OPPORTUNITIES_OF_NEED = Lookup(Opportunity, "dealership_id", "need_key", many=True)
OPPORTUNITIES_OF_CUSTOMER = Lookup(Opportunity, "customer_id", many=True, parent=Customer)
OPPORTUNITIES_OF_CALL = Lookup(Opportunity, "call_id", many=True, parent=Call)
PRESENTATION_OF_LINE = Lookup(Presentation, "line_id", parent=Line)
PRESENTATIONS_OF_OPPORTUNITY = Lookup(
    Presentation, "opportunity_id", many=True, parent=Opportunity, movable=True
)
DECISIONS_OF_OPPORTUNITY = Lookup(Decision, "opportunity_id", many=True, parent=Opportunity)
