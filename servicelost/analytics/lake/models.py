"""The database's own note of the lake it feeds, so that no change ever goes to two lakes or to none."""

from sqlalchemy import String

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base


class LakeMark(Base):
    """The state of the lake that holds all changes deleted from the change log so far; one row."""

    __tablename__ = f"{PREFIX}lake_mark"

    state: Mapped[str] = mapped_column(String(36))
