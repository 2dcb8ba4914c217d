"""Lines: each piece of work on a visit, booked or recommended, with what was decided about it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Code, Minor, Name, Ref, SourceId, SourceName, Version
from servicelost.kernel.lookup import Lookup
from servicelost.workflow.models.visits import Visit


class Line(Base):
    """One line of a repair order.

    `amount_minor` is the latest price net of tax (None: nobody has named one); labour and parts are
    its split where the source gives one. `centihours` are billed flat-rate hours times 100.
    `priced_as` says where the amount comes from: QUOTED, BOOKED or RECOMMENDED.
    """

    __tablename__ = f"{PREFIX}line"
    __captured__ = True
    __table_args__ = (
        UniqueConstraint("visit_id", "source", "source_id"),
        Index("ix_servicelost_line_source", "dealership_id", "source", "source_id"),
    )

    version: Mapped[Version]
    dealership_id: Mapped[Ref]
    visit_id: Mapped[Ref] = mapped_column(ForeignKey(Visit.id))
    source: Mapped[SourceName]
    source_id: Mapped[SourceId]
    state: Mapped[Code]
    origin: Mapped[Code]
    labor_operation_id: Mapped[Ref | None]
    category_id: Mapped[Ref | None]
    position: Mapped[Code | None]
    description: Mapped[str | None]
    severity: Mapped[Code | None]
    pay_type: Mapped[Code | None]
    labour_minor: Mapped[Minor | None]
    parts_minor: Mapped[Minor | None]
    amount_minor: Mapped[Minor | None]
    priced_as: Mapped[Code | None]
    centihours: Mapped[int | None]
    part_number: Mapped[Code | None]
    skill: Mapped[Code | None]
    technician_id: Mapped[Ref | None]
    complaint: Mapped[str | None]
    cause_text: Mapped[str | None]
    correction: Mapped[str | None]
    created_at: Mapped[datetime]
    presented_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Code | None]
    authorization_method: Mapped[Code | None]
    authorized_by: Mapped[Name | None]
    authorized_minor: Mapped[Minor | None]
    deferred_until: Mapped[date | None]
    deferred_until_km: Mapped[int | None]
    completed_at: Mapped[datetime | None]
    invoiced_minor: Mapped[Minor | None]


LINES_OF_VISIT = Lookup(Line, "visit_id", many=True, parent=Visit)
LINES_BY_SOURCE = Lookup(Line, "dealership_id", "source", "source_id", many=True)
