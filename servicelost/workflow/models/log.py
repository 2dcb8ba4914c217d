"""The append-only logs: every move of a visit or appointment, every decision about a line."""

from datetime import datetime

from sqlalchemy import Index

from servicelost.kernel.columns import Mapped
from servicelost.kernel.db import PREFIX, Base, Code, Minor, Name, Ref
from servicelost.kernel.lookup import Lookup
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit


class StageEntry(Base):
    """A visit or its appointment went from one state to another."""

    __tablename__ = f"{PREFIX}stage_log"
    __captured__ = True
    __table_args__ = (Index("ix_servicelost_stage_log_visit", "visit_id"),)

    dealership_id: Mapped[Ref]
    visit_id: Mapped[Ref]
    appointment_id: Mapped[Ref | None]
    action: Mapped[Code]
    from_state: Mapped[Code | None]
    to_state: Mapped[Code]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    employee_id: Mapped[Ref | None]
    actor: Mapped[Name]
    note: Mapped[str | None]


class LineEntry(Base):
    """Something happened to a line; the amounts are those after it."""

    __tablename__ = f"{PREFIX}line_log"
    __table_args__ = (Index("ix_servicelost_line_log_line", "line_id"),)

    line_id: Mapped[Ref]
    action: Mapped[Code]
    from_state: Mapped[Code | None]
    to_state: Mapped[Code]
    amount_minor: Mapped[Minor | None]
    centihours: Mapped[int | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    employee_id: Mapped[Ref | None]
    actor: Mapped[Name]
    note: Mapped[str | None]


STAGES_OF_VISIT = Lookup(StageEntry, "visit_id", many=True, parent=Visit)
ENTRIES_OF_LINE = Lookup(LineEntry, "line_id", many=True, parent=Line)
