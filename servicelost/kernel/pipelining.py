"""Statements that go to PostgreSQL in one message and whose answers come back in one.

psycopg's own pipeline sends each statement by itself and looks after each whether something has come
back: for the dozen of a decision that is fifty calls of the system, which cost more than the database.
Imported only where psycopg is in use; no statement is written here.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection, Pipeline
from psycopg.abc import PQGen
from psycopg.generators import send
from typing_extensions import override


class _InOneGo(Pipeline):
    """A pipeline that sends nothing and waits for nothing until it is left."""

    @override
    def _communicate_gen(self) -> PQGen[None]:
        """Hand the statements over to libpq, which gathers them."""
        while self.command_queue:
            self.command_queue.popleft()()
        yield from ()

    @override
    def _sync_gen(self) -> PQGen[None]:
        """A BEGIN or a COMMIT goes along with the others."""
        yield from self._communicate_gen()

    @override
    def _exit_gen(self) -> PQGen[None]:
        self._enqueue_sync()
        yield from self._communicate_gen()
        yield from send(self.pgconn)
        yield from self._fetch_gen(flush=False)


@contextmanager
def in_one_go(connection: Connection) -> Iterator[None]:
    """Send what runs within when the block ends; an error of any of it comes then, and undoes the rest."""
    with connection.pipeline() as pipeline:
        pipeline.__class__ = _InOneGo
        yield
