"""The change log: which captured rows a transaction wrote, for the lake to pick up.

Consumers take whole entries and delete exactly those they took, so an entry that becomes visible
late is never missed. What the rows mean is no concern of this file.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy import String

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base

_IDS_PER_ENTRY = 5000


class ChangeEntry(Base):
    """Ids of the rows of one table that one transaction added or changed."""

    __tablename__ = f"{PREFIX}change_log"

    table_name: Mapped[str] = mapped_column(String(60))
    row_ids: Mapped[list[int]]
    recorded_at: Mapped[datetime]


def change_entries(table_name: str, row_ids: Iterable[int], now: datetime) -> Iterator[ChangeEntry]:
    """Entries for so many changed rows, without ids of their own yet."""
    rest = iter(row_ids)
    while chunk := list(islice(rest, _IDS_PER_ENTRY)):
        yield ChangeEntry(table_name=table_name, row_ids=chunk, recorded_at=now)
