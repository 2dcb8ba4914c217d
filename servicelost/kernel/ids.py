"""Row ids from blocks, so that a plan knows its foreign keys before anything is written.

One counter serves all tables. Nothing but numbers comes from here.
"""

import os
import threading
import weakref
from functools import partial

from sqlalchemy import BigInteger, Connection, Engine, String, insert, update
from sqlalchemy.exc import IntegrityError

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base

_COUNTER = "rows"


class IdBlock(Base):
    """The next free id; one row, moved by whole blocks."""

    __tablename__ = f"{PREFIX}id_block"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    next_id: Mapped[int] = mapped_column(BigInteger)


def reserve(connection: Connection, size: int) -> int:
    """Reserve `size` ids within the connection's transaction and return the first one."""
    table = IdBlock.__table__
    move = (
        update(IdBlock)
        .where(IdBlock.name == _COUNTER)
        .values(next_id=table.c.next_id + size)
        .returning(IdBlock.next_id)
    )
    end = connection.execute(move).scalar()
    if end is None:
        connection.execute(insert(IdBlock).values(id=1, name=_COUNTER, next_id=1 + size))
        end = 1 + size
    return int(end) - size


class IdPool:
    """Blocks shared by the threads of one process; a forked child starts with an empty pool.

    Only for databases with concurrent writers: the block is taken in a transaction of its own, so
    that nobody waits for the counter until a long plan commits.
    """

    def __init__(self, engine: Engine, block: int = 1000) -> None:
        self._engine = engine
        self._block = block
        self._lock = threading.Lock()
        self._next = self._end = 0
        os.register_at_fork(after_in_child=partial(_start_anew, weakref.ref(self)))

    def take(self, count: int) -> range:
        """So many fresh ids, consecutive."""
        with self._lock:
            if self._end - self._next < count:
                self._refill(max(self._block, count))
            first = self._next
            self._next += count
            return range(first, self._next)

    def _refill(self, size: int) -> None:
        try:
            with self._engine.begin() as connection:
                self._next = reserve(connection, size)
        except IntegrityError:  # another process created the counter in the same moment
            with self._engine.begin() as connection:
                self._next = reserve(connection, size)
        self._end = self._next + size


def _start_anew(reference: "weakref.ref[IdPool]") -> None:
    """Forget the parent's block, and its lock, which another of the parent's threads may have held."""
    pool = reference()
    if pool is not None:
        pool._lock, pool._next, pool._end = threading.Lock(), 0, 0


class IdFeed:
    """The ids of one unit of work, drawn in growing blocks.

    With a pool they come from there; without one (a database with a single writer) they are
    reserved inside the unit's own transaction and what is left over is forgotten with it.
    """

    def __init__(self, connection: Connection, pool: IdPool | None) -> None:
        self._connection = connection
        self._pool = pool
        self._size = 16
        self._left: list[int] = []

    def next(self) -> int:
        """One fresh id."""
        if not self._left:
            self._left = list(reversed(self._draw()))
            self._size = min(self._size * 4, 4096)
        return self._left.pop()

    def _draw(self) -> range:
        if self._pool is not None:
            return self._pool.take(self._size)
        first = reserve(self._connection, self._size)
        return range(first, first + self._size)
