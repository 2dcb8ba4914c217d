"""The typed declarative base, our column types and how an embedded SQLite is opened.

Models of all rooms build on `Base`; their instances are plain data that a `Book` reads and the
writer stores, so no ORM session ever flushes them. No query and no model of the trade belongs here.
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from servicelost.kernel.columns import Mapped, declare_table, mapped_column
from servicelost.kernel.pooling import connect_options, watch_connections

PREFIX = "servicelost_"

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments and shift the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value.isoformat()} must not be stored")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back aware UTC, whatever the driver made of it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A small JSON document kept as text, equal on every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write compact JSON with sorted keys."""
        return (
            None
            if value is None
            else json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        )

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the JSON text."""
        return None if value is None else json.loads(value)


Id = Annotated[int, mapped_column(BigInteger, primary_key=True, autoincrement=False)]
Version = Annotated[int, mapped_column(Integer, default=1)]
Minor = Annotated[int, mapped_column(BigInteger)]
Ref = Annotated[int, mapped_column(BigInteger)]
Code = Annotated[str, mapped_column(String(40))]
SourceName = Annotated[str, mapped_column(String(60))]
SourceId = Annotated[str, mapped_column(String(200))]
Name = Annotated[str, mapped_column(String(200))]


_KINDS: dict[Any, TypeEngine[Any]] = {
    int: Integer(),
    bool: Boolean(),
    str: Text(),
    datetime: UtcDateTime(),
    date: Date(),
    dict[str, Any]: Json(),
    list[str]: Json(),
    list[int]: Json(),
}


class Base:
    """Base of all our tables: own metadata, own prefix, block-allocated ids.

    A model with a `version` column may be changed, each update guarded by it; one without is
    append-only and the writer refuses to change its rows. `__captured__` models are reported to
    the change log from which the lake is fed. `__place__` names a column that is NULL unless the row
    holds a place of which there is only one.
    """

    metadata: ClassVar = MetaData(naming_convention=NAMING)
    __tablename__: ClassVar[str]
    __table__: ClassVar[Table]
    __captured__: ClassVar[bool] = False
    __place__: ClassVar[str | None] = None

    id: Mapped[Id]

    def __init_subclass__(cls) -> None:
        """Declare the table."""
        cls.__table__ = declare_table(cls, cls.metadata, _KINDS)

    def __init__(self, **values: Any) -> None:
        """Take the values as they are: rows are data, and defaults are filled in by the book."""
        self.__dict__.update(values)

    @classmethod
    def __clause_element__(cls) -> Table:
        """Let a model stand for its table in a query."""
        return cls.__table__


def open_engine(url: str, *, statement_timeout: timedelta | None = None, **options: Any) -> Engine:
    """An engine for the URL; SQLite is opened in WAL mode with real, explicit transactions.

    On PostgreSQL connections that the server has closed are replaced, and waiting for locks is bounded; so is
    every statement, if a `statement_timeout` is given.
    """
    parsed = make_url(url)
    if parsed.get_driver_name() == "psycopg":
        engine = create_engine(url, connect_args=connect_options(parsed), **options)
        watch_connections(engine, statement_timeout)
        return engine
    engine = create_engine(url, **options)
    if engine.dialect.name == "sqlite":
        if engine.url.database not in (None, "", ":memory:"):
            Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling would begin late and leak rows past savepoints.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: upgrading a read transaction later could only fail.
    reading = connection.get_execution_options().get("servicelost_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
