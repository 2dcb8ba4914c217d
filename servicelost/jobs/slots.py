"""Periodic jobs as data: what has to happen again and again, and the record of who asked for it.

The loop that asks is in `schedule`; nothing here may need the queue, for every process knows these tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from re import fullmatch

from sqlalchemy import String, UniqueConstraint

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class PeriodicJob:
    """A task to ask for once in every period of time, counted from midnight UTC of a fixed day.

    `shift` moves the moment within the period: every day with a shift of 3 hours is at 03:00 UTC.
    """

    name: str
    every: timedelta
    task: str
    payload: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    shift: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        """Refuse what could not be asked for."""
        if not fullmatch(r"[A-Za-z0-9_-]{1,60}", self.name) or self.every < timedelta(seconds=1):
            raise ValueError(
                f"periodic job {self.name!r}: a plain name and a period of a second or more are needed"
            )

    def slot(self, now: datetime) -> datetime:
        """The beginning of the period that `now` is in."""
        return now - (now - _EPOCH - self.shift) % self.every


class JobSlot(Base):
    """One period of one periodic job, claimed by the scheduler that inserted the row."""

    __tablename__ = f"{PREFIX}job_slot"
    __table_args__ = (UniqueConstraint("name", "slot"),)

    name: Mapped[str] = mapped_column(String(60))
    slot: Mapped[datetime]
    claimed_at: Mapped[datetime]
    enqueued_at: Mapped[datetime | None]
