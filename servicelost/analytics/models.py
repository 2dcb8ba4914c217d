"""The rows of report runs: what was asked, how far it is, and the result as text.

The row is the truth about a run, not the queue. Rules about them are in `runs`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Code, Name, Version


class RunState(StrEnum):
    """How far a run is."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


class ReportRun(Base):
    """One computation of a report.

    `params` is the canonical form and includes the dealerships the caller may see, as does
    `digest`. `lake_version` is the state of the lake the result was computed from. `claim` is the
    token of the worker that computes it, good until `claimed_until`; `queued_at` when it was last
    handed to the queue. `result` is the JSON document.
    """

    __tablename__ = f"{PREFIX}report_run"
    __table_args__ = (
        Index("ix_servicelost_report_run_digest", "digest", "state"),
        Index("ix_servicelost_report_run_state", "state", "queued_at"),
    )

    version: Mapped[Version]
    report: Mapped[Code]
    params: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[Code]
    requested_by: Mapped[Name]
    requested_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(36))
    claimed_until: Mapped[datetime | None]
    lake_version: Mapped[Name | None]
    duration_ms: Mapped[int | None]
    result: Mapped[str | None]
    error: Mapped[str | None]
