"""The search keys: one row a word, plate, number or end of a number, pointing at the row it finds.

A plain index in the order of code points answers "begins with" on every database, without any extension. How
a text becomes a key stands in `spelling` and `keys`.
"""

from enum import StrEnum

from sqlalchemy import Index, String

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Ref

LONGEST_KEY = 60
# Elsewhere texts are compared by their code points anyway.
_BY_CODE_POINTS = String(LONGEST_KEY).with_variant(String(LONGEST_KEY, collation="C"), "postgresql")


class KeyKind(StrEnum):
    """What a key was made of."""

    NAME = "NAME"
    PHONE = "PHONE"
    PLATE = "PLATE"
    VIN = "VIN"
    ORDER = "ORDER"
    BOOKING = "BOOKING"


class SearchKey(Base):
    """A key of a row; never changed, only taken away when what it was made of is gone.

    The kind says which table `row_id` is of: NAME and PHONE find customers, PLATE and VIN cars, ORDER visits,
    BOOKING appointments.
    """

    __tablename__ = f"{PREFIX}search_key"
    __table_args__ = (
        # It holds all that a search asks for, so that the rows themselves are not read.
        Index("ix_servicelost_search_key_find", "kind", "key", "row_id", "dealership_id"),
    )

    dealership_id: Mapped[Ref]
    kind: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(_BY_CODE_POINTS)
    row_id: Mapped[Ref]
