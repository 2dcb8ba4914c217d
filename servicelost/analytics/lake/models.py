"""The database's own note of the lake it feeds, so that no change ever goes to two lakes or to none."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from servicelost.kernel.db import PREFIX, Base


class LakeMark(Base):
    """Which lake has taken the changes, and up to which of its numbers; one row."""

    __tablename__ = f"{PREFIX}lake_mark"

    lake_id: Mapped[str] = mapped_column(String(36))
    number: Mapped[int] = mapped_column(BigInteger)
