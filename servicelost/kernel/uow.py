"""The unit of work: one transaction, one book, one commit, and that at the outermost edge.

Nested use is a no-op. In a host's own transaction we write inside a savepoint and never commit.
No other file of ours may commit, except those that the law test names.
"""

import random
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, SessionTransaction, scoped_session

from servicelost.kernel.actor import Actor
from servicelost.kernel.book import Book
from servicelost.kernel.clock import Clock
from servicelost.kernel.errors import StaleRow
from servicelost.kernel.events import EventBus
from servicelost.kernel.ids import IdFeed, IdPool

T = TypeVar("T")

# Seconds at most before the work is tried again.
_LONGEST_PAUSE = 0.5


class UnitOfWork:
    """`with unit as book:` does everything in one transaction, or nothing.

    `after_commit` calls of the book run once the data is committed, also when it is the host that
    commits. A `reading` unit takes no write lock and must add nothing; a `glance` is one that asks a
    single question, for which no transaction is needed.
    """

    def __init__(
        self, engine: Engine, pool: IdPool | None, bus: EventBus, clock: Clock, actor: Actor,
        *, reading: bool = False, glance: bool = False, host: Session | scoped_session[Session] | None = None,
    ) -> None:  # fmt: skip
        self._engine, self._pool, self._bus, self._clock = engine, pool, bus, clock
        self._actor, self._reading, self._glance = actor, reading or glance, glance
        self._host = host() if isinstance(host, scoped_session) else host
        self._depth = 0
        self._connection: Connection | None = None
        self._book: Book | None = None

    def __enter__(self) -> Book:
        """Begin, or join what this unit has already begun."""
        if self._book is None:
            connection = self._connection = self._open()
            self._book = Book(
                connection, IdFeed(connection, self._pool), self._bus, self._actor, self._clock.now()
            )
        self._depth += 1
        return self._book

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit what went well; roll back what did not."""
        self._depth -= 1
        if self._depth:
            return
        assert self._connection is not None
        assert self._book is not None
        book, connection = self._book, self._connection
        self._book = self._connection = None
        if self._host is not None:
            self._leave_host(book, failed=error is not None)
        else:
            self._leave_own(book, connection, failed=error is not None)

    def _open(self) -> Connection:
        if self._host is not None:
            self._savepoint = self._host.begin_nested()
            return self._host.connection()
        connection = self._engine.connect()
        try:
            if connection.dialect.name == "postgresql":
                # Rules read row by row: all they see has to be of one and the same moment.
                level = "AUTOCOMMIT" if self._glance else "REPEATABLE READ"
                connection = connection.execution_options(isolation_level=level)
            elif self._reading:
                connection = connection.execution_options(servicelost_reading=True)
            connection.begin()
        except BaseException:
            connection.close()
            raise
        return connection

    def _leave_own(self, book: Book, connection: Connection, *, failed: bool) -> None:
        try:
            if failed:
                connection.rollback()
                return
            book.write(connection.commit)
        finally:
            connection.close()
        for call in book.taken_after_commit():
            call()

    def _leave_host(self, book: Book, *, failed: bool) -> None:
        assert self._host is not None
        if failed:
            self._savepoint.rollback()
            return
        try:
            book.write()
        except BaseException:
            self._savepoint.rollback()
            raise
        self._savepoint.commit()
        _call_after_root_commit(self._host, book.taken_after_commit())


_WAITING = "servicelost_after_commit"


def _call_after_root_commit(session: Session, calls: Sequence[Callable[[], None]]) -> None:
    """Make the calls once the host's own transaction is committed, never at a savepoint.

    They are lost with a rollback of that transaction or of a savepoint around our data, and only then.
    """
    if _WAITING not in session.info:
        session.info[_WAITING] = []
        event.listen(session, "after_commit", _call_waiting)
        event.listen(session, "after_soft_rollback", _drop_rolled_back)
        event.listen(session, "after_transaction_end", _drop_unfinished)
    around = _transactions_around(session)
    session.info[_WAITING].extend((around, call) for call in calls)


def _transactions_around(session: Session) -> frozenset[SessionTransaction]:
    found, transaction = set(), session.get_nested_transaction() or session.get_transaction()
    while transaction is not None:
        found.add(transaction)
        transaction = transaction.parent
    return frozenset(found)


def _call_waiting(session: Session) -> None:
    if session.in_nested_transaction():
        return
    waiting, session.info[_WAITING] = session.info[_WAITING], []
    for _, call in waiting:
        call()


def _drop_rolled_back(session: Session, transaction: SessionTransaction) -> None:
    session.info[_WAITING] = [entry for entry in session.info[_WAITING] if transaction not in entry[0]]


def _drop_unfinished(session: Session, transaction: SessionTransaction) -> None:
    # A session may also be closed without a commit or a rollback.
    if transaction.parent is None:
        session.info[_WAITING] = []


def repeated(make: Callable[[], UnitOfWork], work: Callable[[Book], T], attempts: int = 10) -> T:
    """Do the work in a fresh unit, again when another writer got in between.

    For work that decides from what it reads; a person's own stale page must not come through here.
    """
    for attempt in range(1, attempts + 1):
        try:
            with make() as book:
                return work(book)
        except (StaleRow, IntegrityError, OperationalError) as error:
            if attempt == attempts or not _worth_repeating(error):
                raise
            time.sleep(random.uniform(0, min(0.01 * 2**attempt, _LONGEST_PAUSE)))  # noqa: S311 - no secret
    raise AssertionError("unreachable")


def _worth_repeating(error: Exception) -> bool:
    if isinstance(error, OperationalError):
        state = getattr(error.orig, "sqlstate", None)
        return state in {"40001", "40P01"} or "locked" in str(error.orig)
    return True
