"""Customers, cars, orders and bookings can be searched for: a table of keys, filled for all that is there.

How a text becomes a key cannot be said in SQL: the rules themselves are asked, with values read by plain
statements.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

from servicelost.directory.searching import CARS, CUSTOMERS
from servicelost.kernel.driver import Driver
from servicelost.kernel.ids import reserve
from servicelost.search.keys import Searchable
from servicelost.workflow.searching import BOOKINGS, ORDERS

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NAME = "servicelost_search_key"
_INDEX = "ix_servicelost_search_key_find"
_CODE_POINTS = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
_BATCH = 20_000
_COLUMNS = ("id", "dealership_id", "kind", "key", "row_id")
_KEYS = sa.table(_NAME, *map(sa.column, _COLUMNS))
_SOURCES: tuple[tuple[str, Searchable], ...] = (
    ("servicelost_customer", CUSTOMERS),
    ("servicelost_vehicle", CARS),
    ("servicelost_repair_order", ORDERS),
    ("servicelost_appointment", BOOKINGS),
)
_Row = tuple[int, str, str, int]


def build_keys(connection: sa.Connection) -> None:
    """Write the keys of all rows; there must be none yet."""
    for table, searchable in _SOURCES:
        keys = _keys_of(connection, table, searchable)
        while batch := list(islice(keys, _BATCH)):
            _write(connection, batch)


def upgrade() -> None:
    op.create_table(
        _NAME,
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("dealership_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key", _CODE_POINTS, nullable=False),
        sa.Column("row_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{_NAME}"),
    )
    build_keys(op.get_bind())
    op.create_index(_INDEX, _NAME, ["kind", "key", "row_id", "dealership_id"])
    op.create_index("ix_servicelost_visit_customer", "servicelost_visit", ["customer_id"])


def downgrade() -> None:
    op.drop_index("ix_servicelost_visit_customer", "servicelost_visit")
    op.drop_table(_NAME)


def _keys_of(connection: sa.Connection, table: str, searchable: Searchable) -> Iterator[_Row]:
    for row in _rows(connection, table, (searchable.subject, *searchable.columns)):
        for key in sorted(searchable.keys_of(dict(row._mapping))):
            yield row.dealership_id, key.kind.value, key.text, row._mapping[searchable.subject]


def _rows(connection: sa.Connection, table: str, columns: Iterable[str]) -> Iterator[sa.Row[Any]]:
    """All rows of the table, a batch at a time, so that none of them has to be remembered."""
    wanted = dict.fromkeys(("id", "dealership_id", *columns))
    source = sa.table(table, *map(sa.column, wanted))
    last = 0
    while True:
        query = sa.select(source).where(source.c.id > last).order_by(source.c.id).limit(_BATCH)
        found = connection.execute(query).all()
        if not found:
            return
        yield from found
        last = found[-1].id


def _write(connection: sa.Connection, batch: list[_Row]) -> None:
    first = reserve(connection, len(batch))
    rows = [(first + place, *row) for place, row in enumerate(batch)]
    driver = Driver(connection)
    if driver.is_psycopg:
        driver.copy(f"COPY {_NAME} ({', '.join(_COLUMNS)}) FROM STDIN", rows)
    else:
        connection.execute(sa.insert(_KEYS), [dict(zip(_COLUMNS, row, strict=True)) for row in rows])
