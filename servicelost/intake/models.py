"""What intake remembers: every event taken in, once.

The content of an event is kept only while it is parked; what it did stands in the rooms it went to.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Code, Ref, SourceId, SourceName, Version
from servicelost.kernel.lookup import Lookup


class EventStatus(StrEnum):
    """What became of an event that was kept; a rejected one is handed back and not kept."""

    ACCEPTED = "ACCEPTED"
    PARKED = "PARKED"


class ReceivedEvent(Base):
    """An event by its source and id, so that it acts once however often it is sent."""

    __tablename__ = f"{PREFIX}received_event"
    __table_args__ = (UniqueConstraint("source", "event_id"),)

    version: Mapped[Version]
    source: Mapped[SourceName]
    event_id: Mapped[SourceId]
    type: Mapped[Code]
    content_hash: Mapped[str] = mapped_column(String(32))
    status: Mapped[Code]
    dealership_id: Mapped[Ref | None]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    waits_for: Mapped[str | None] = mapped_column(String(300))
    why: Mapped[str | None]
    payload: Mapped[dict[str, Any] | None]


class EventWait(Base):
    """A thing that a parked event waits, or waited, for; append-only.

    First it may wait for its visit and then for its line, and what a lookup searches by must never
    change: so each thing is a row of its own. `ReceivedEvent.waits_for` repeats the latest for people.
    """

    __tablename__ = f"{PREFIX}event_wait"
    __table_args__ = (Index("ix_servicelost_event_wait_thing", "thing"),)

    received_event_id: Mapped[Ref]
    thing: Mapped[str] = mapped_column(String(300))


RECEIVED_BY_EVENT = Lookup(ReceivedEvent, "source", "event_id")
WAITS_FOR = Lookup(EventWait, "thing", many=True)
