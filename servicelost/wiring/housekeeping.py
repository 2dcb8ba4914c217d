"""The tasks that let time act: nobody came, a quote ran out, postponed work lapsed, a run was stranded.

Each finds what is due and calls one verb of a room, one thing a transaction, so that one that fails holds up
no other. What the verbs mean is decided in their rooms.
"""

import logging
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection, select

from servicelost.analytics.runs import requeue_stranded
from servicelost.directory.models import Dealership
from servicelost.jobs.requests import ask_for_run
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.book import Book
from servicelost.kernel.errors import ServiceLostError
from servicelost.opportunities.pipeline.deferring import lapse, last_good_day
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.queries import due_deferrals
from servicelost.runtime import Runtime

log = logging.getLogger(__name__)


def recover_runs(runtime: Runtime) -> None:
    """Ask again for report runs that the queue forgot or whose worker died."""
    runtime.repeated(SYSTEM, lambda book: requeue_stranded(book, lambda run_id: ask_for_run(runtime, run_id)))


def lapse_deferrals(runtime: Runtime) -> None:
    """Turn postponed work whose day has passed into losses; red work waits for somebody's acknowledgement."""

    def due(book: Book, dealership: Dealership) -> Iterable[int]:
        return due_deferrals(book.connection, dealership.id, last_good_day(book, dealership))

    _for_each(runtime, due, lambda book, row_id: lapse(book, book.get(Opportunity, row_id)))


def _for_each(
    runtime: Runtime,
    due: Callable[[Book, Dealership], Iterable[int]],
    act: Callable[[Book, int], object],
) -> None:
    """Act on everything due at each dealership, a portion at a time until nothing new is found."""
    for dealership_id in _dealership_ids(runtime):
        tried: set[int] = set()
        while fresh := [row for row in _due(runtime, dealership_id, due) if row not in tried]:
            for row_id in fresh:
                _try(runtime, act, row_id)
            tried.update(fresh)


def _due(
    runtime: Runtime, dealership_id: int, due: Callable[[Book, Dealership], Iterable[int]]
) -> Sequence[int]:
    with runtime.unit(SYSTEM, reading=True) as book:
        return list(due(book, book.get(Dealership, dealership_id)))


def _try(runtime: Runtime, act: Callable[[Book, int], object], row_id: int) -> None:
    try:
        runtime.repeated(SYSTEM, lambda book: act(book, row_id))
    except ServiceLostError as error:
        log.warning("row %d was left as it is: %s", row_id, error)


def _dealership_ids(runtime: Runtime) -> Sequence[int]:
    with runtime.unit(SYSTEM, reading=True) as book:
        return _ids(book.connection)


def _ids(connection: Connection) -> Sequence[int]:
    return connection.scalars(select(Dealership.id).order_by(Dealership.id)).all()
