"""The rows of the loss ledger; append-only, so that no model here has a version.

Who may write them and when is decided in `gate` and `entries`.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Code, Minor, Name, Ref
from servicelost.kernel.lookup import Lookup


class EntryKind(StrEnum):
    """What an entry does to the sum of losses."""

    LOSS = "LOSS"
    REVERSAL = "REVERSAL"
    RECOVERY = "RECOVERY"


class CauseBasis(StrEnum):
    """How the cause came to be known."""

    STATED = "STATED"
    AUTOMATIC = "AUTOMATIC"


class RevenueBasis(StrEnum):
    """What the revenue of a recovery rests on."""

    INVOICED = "INVOICED"
    AUTHORIZED = "AUTHORIZED"


class LedgerEntry(Base):
    """One entry of the ledger.

    `amount_minor` is net of tax: of a LOSS what was lost, of a REVERSAL the whole LOSS it takes
    back, of a RECOVERY what it releases of its LOSS (`revenue_minor` is what was sold for it).
    `loss_id` names the LOSS of a REVERSAL or RECOVERY. `occurred_at` and `business_day` (the
    dealership's own calendar day) decide the period: a REVERSAL stands in its LOSS's period.
    `decided_at` is the decision this entry rests on; `recorded_at` when it was written.
    """

    __tablename__ = f"{PREFIX}ledger_entry"
    __captured__ = True
    __table_args__ = (
        Index("ix_servicelost_ledger_entry_day", "dealership_id", "business_day"),
        Index("ix_servicelost_ledger_entry_opportunity", "opportunity_id"),
        Index("ix_servicelost_ledger_entry_loss", "loss_id"),
    )

    dealership_id: Mapped[Ref]
    kind: Mapped[Code]
    loss_id: Mapped[Ref | None] = mapped_column(ForeignKey(f"{PREFIX}ledger_entry.id"))
    opportunity_id: Mapped[Ref]
    appointment_id: Mapped[Ref | None]
    visit_id: Mapped[Ref | None]
    line_id: Mapped[Ref | None]
    customer_id: Mapped[Ref | None]
    vehicle_id: Mapped[Ref | None]
    category_id: Mapped[Ref | None]
    labor_operation_id: Mapped[Ref | None]
    advisor_id: Mapped[Ref | None]
    technician_id: Mapped[Ref | None]
    stage: Mapped[Code]
    origin_stage: Mapped[Code]
    event: Mapped[Code]
    cause: Mapped[Code]
    cause_basis: Mapped[Code]
    custom_cause_id: Mapped[Ref | None]
    contributing: Mapped[list[str] | None]
    owner: Mapped[Code | None]
    note: Mapped[str | None]
    amount_minor: Mapped[Minor]
    labour_minor: Mapped[Minor | None]
    parts_minor: Mapped[Minor | None]
    currency: Mapped[Code]
    grade: Mapped[Code]
    centihours: Mapped[int | None]
    pay_type: Mapped[Code | None]
    severity: Mapped[Code | None]
    decided_by: Mapped[Code | None]
    cancelled_by: Mapped[Code | None]
    competitor_id: Mapped[Ref | None]
    competitor_price_minor: Mapped[Minor | None]
    reason: Mapped[Code | None]
    revenue_minor: Mapped[Minor | None]
    revenue_basis: Mapped[Code | None]
    occurred_at: Mapped[datetime]
    business_day: Mapped[date]
    decided_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[Ref | None]
    recorded_by: Mapped[Name]
    document: Mapped[Name | None]
    evidence: Mapped[dict[str, Any] | None]


ENTRIES_OF_OPPORTUNITY = Lookup(LedgerEntry, "opportunity_id", many=True)
ENTRIES_OF_LOSS = Lookup(LedgerEntry, "loss_id", many=True, parent=LedgerEntry)
