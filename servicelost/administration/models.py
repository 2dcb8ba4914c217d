"""The rows of the administration: settings of a dealership, choices of a person, the audit log.

A dealership is only a number here, since the directory stands above this room.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Code, Name, Ref, Version
from servicelost.kernel.lookup import Lookup


class DealershipSetting(Base):
    """A setting that was changed for a dealership; `value` is None when it is back to the default."""

    __tablename__ = f"{PREFIX}dealership_setting"
    __table_args__ = (UniqueConstraint("dealership_id", "key"),)

    version: Mapped[Version]
    dealership_id: Mapped[Ref]
    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[str | None] = mapped_column(String(200))


class PersonPreference(Base):
    """What somebody has chosen for herself; `value` is None when it is back to the default."""

    __tablename__ = f"{PREFIX}person_preference"
    __table_args__ = (UniqueConstraint("person", "key"),)

    version: Mapped[Version]
    person: Mapped[Name]
    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[str | None] = mapped_column(String(200))


class AuditEntry(Base):
    """Who changed what and when, with the values before and after; append-only."""

    __tablename__ = f"{PREFIX}audit_entry"
    __table_args__ = (
        Index("ix_servicelost_audit_entry_subject", "subject", "subject_id"),
        Index("ix_servicelost_audit_entry_dealership", "dealership_id", "recorded_at"),
    )

    recorded_at: Mapped[datetime]
    actor: Mapped[Name]
    dealership_id: Mapped[Ref | None]
    action: Mapped[Code]
    subject: Mapped[Code]
    subject_id: Mapped[Ref | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


SETTINGS_OF_DEALERSHIP = Lookup(DealershipSetting, "dealership_id", many=True)
PREFERENCES_OF_PERSON = Lookup(PersonPreference, "person", many=True)
AUDIT_OF_SUBJECT = Lookup(AuditEntry, "subject", "subject_id", many=True)
