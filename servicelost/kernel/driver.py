"""The database driver below SQLAlchemy, for the statements of the book and the writer.

SQLAlchemy opens connections, holds transactions and knows the types. For a row by its key, what it
adds to a statement costs more than the database itself, so these go straight to the driver. No SQL
is written here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

Record = Sequence[Any]
Convert = Callable[[Any], Any]


class Driver:
    """One connection's driver; everything happens in the transaction SQLAlchemy has begun.

    Errors have the classes SQLAlchemy gives them, and a connection that broke is not used again.
    `mark` stands for a parameter in a statement.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect
        self.mark = "?" if self.dialect.paramstyle == "qmark" else "%s"
        self.is_psycopg = self.dialect.driver == "psycopg"

    def rows(self, statement: str, parameters: Record) -> list[Record]:
        """All rows of a query."""
        with self._told_as_sqlalchemy_tells(statement):
            cursor = self._raw.cursor()
            cursor.execute(statement, parameters)
            found = list(cursor.fetchall())
            cursor.close()
        return found

    def rows_of_each(self, asked: Sequence[tuple[str, Any]]) -> list[list[Record]]:
        """All rows of each of several queries, asked in one go where the driver can."""
        cursors = [self._raw.cursor() for _ in asked]
        with self.together():
            for cursor, (statement, parameters) in zip(cursors, asked, strict=True):
                with self._told_as_sqlalchemy_tells(statement):
                    cursor.execute(statement, parameters)
        return [list(cursor.fetchall()) for cursor in cursors]

    def run(self, statement: str, records: Sequence[Record]) -> Callable[[], int]:
        """Run a statement for each record; how many rows it met can be asked after `together` has ended."""
        cursor: Any = self._raw.cursor()
        with self._told_as_sqlalchemy_tells(statement):
            if len(records) == 1:
                cursor.execute(statement, records[0])
            else:
                cursor.executemany(statement, records)
        return lambda: int(cursor.rowcount)

    def copy(self, statement: str, records: Iterable[Record]) -> None:
        """Send the records through a COPY; psycopg only, and not within `together`."""
        cursor: Any = self._raw.cursor()
        with self._told_as_sqlalchemy_tells(statement), cursor.copy(statement) as copy:
            for record in records:
                copy.write_row(record)
        cursor.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send what runs within in one go, where the driver can; its errors may come only at the end."""
        if not self.is_psycopg:
            yield
            return
        from servicelost.kernel.pipelining import in_one_go  # noqa: PLC0415 - not everybody has psycopg

        raw: Any = self._raw.driver_connection
        first: DBAPIError | None = None
        with self._told_as_sqlalchemy_tells("a plan"):
            try:
                with in_one_go(raw):
                    try:
                        yield
                    except DBAPIError as error:
                        # Leaving with an error of its own, a pipeline would complain about it in the log.
                        first = error
            except self.dialect.loaded_dbapi.Error:
                if first is None:
                    raise
        if first is not None:
            raise first

    @property
    def _raw(self) -> PoolProxiedConnection:
        return self.connection.connection

    @contextmanager
    def _told_as_sqlalchemy_tells(self, statement: str) -> Iterator[None]:
        driver = self.dialect.loaded_dbapi
        try:
            yield
        except driver.Error as error:
            gone = self.dialect.is_disconnect(error, self._raw, None)
            if gone:
                self.connection.invalidate(error)
            raise DBAPIError.instance(
                statement,
                None,
                error,
                driver.Error,
                connection_invalidated=gone,
                dialect=self.dialect,
            ) from error


@lru_cache(maxsize=512)
def to_driver(table: Table, dialect: Dialect) -> dict[str, Convert]:
    """What the types of the table's columns do to a value on its way in, where they do anything."""
    found = {
        column.key: column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns
    }
    return {name: convert for name, convert in found.items() if convert is not None}


@lru_cache(maxsize=512)
def from_driver(table: Table, dialect: Dialect) -> tuple[tuple[int, Convert], ...]:
    """What the types of the table's columns do to a value on its way out, by the column's place."""
    found = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in table.columns]
    return tuple((place, convert) for place, convert in enumerate(found) if convert is not None)
