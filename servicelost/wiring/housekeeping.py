"""The tasks that let time act: nobody came, a quote ran out, postponed work lapsed, a run was stranded.

Each finds what is due and calls one verb of a room, one thing a transaction, so that one that fails holds up
no other. What the verbs mean is decided in their rooms.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from sqlalchemy import select

from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import NO_SHOW_AFTER, WIN_BACK
from servicelost.analytics.runs import requeue_stranded
from servicelost.directory.models import Dealership
from servicelost.intake.models import EventStatus, ReceivedEvent
from servicelost.intake.service import retry_parked
from servicelost.jobs.requests import ask_for_run
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.book import Book
from servicelost.kernel.errors import ServiceLostError
from servicelost.opportunities.pipeline.board import place_card
from servicelost.opportunities.pipeline.deferring import lapse, last_good_day
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.queries import due_deferrals, lost_cards, unacknowledged_deferrals
from servicelost.runtime import Runtime
from servicelost.workflow.appointments import mark_no_show
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.quotes import Quote
from servicelost.workflow.queries import due_quotes, overdue_appointments
from servicelost.workflow.quotes import expire_quote

log = logging.getLogger(__name__)


def recover_runs(runtime: Runtime) -> None:
    """Ask again for report runs that the queue forgot or whose worker died."""
    runtime.repeated(SYSTEM, lambda book: requeue_stranded(book, lambda run_id: ask_for_run(runtime, run_id)))


def mark_no_shows(runtime: Runtime) -> None:
    """Settle appointments nobody came to, at the moment the dealership's patience ended."""

    def patience(book: Book, dealership_id: int) -> timedelta:
        return timedelta(minutes=read_setting(book, dealership_id, NO_SHOW_AFTER))

    def due(book: Book, dealership: Dealership) -> Iterable[int]:
        return overdue_appointments(book.connection, dealership.id, book.now - patience(book, dealership.id))

    def act(book: Book, row_id: int) -> None:
        appointment = book.get(Appointment, row_id)
        at = appointment.scheduled_at + patience(book, appointment.dealership_id)
        mark_no_show(book, appointment, at=at)

    _for_each(runtime, due, act)


def expire_quotes(runtime: Runtime) -> None:
    """Let quotes run out whose time is over."""

    def due(book: Book) -> Iterable[int]:
        return due_quotes(book.connection, book.now)

    def act(book: Book, row_id: int) -> None:
        quote = book.get(Quote, row_id)
        expire_quote(book, quote, at=quote.valid_until or book.now)

    _work_off(runtime, due, act)


def lapse_deferrals(runtime: Runtime) -> None:
    """Turn postponed work whose day has passed into losses; red work first asks for an acknowledgement."""

    def due(book: Book, dealership: Dealership) -> Iterable[int]:
        before = last_good_day(book, dealership)
        return [
            *due_deferrals(book.connection, dealership.id, before),
            *unacknowledged_deferrals(book.connection, dealership.id, before),
        ]

    _for_each(runtime, due, lambda book, row_id: lapse(book, book.get(Opportunity, row_id)))


def clear_board(runtime: Runtime) -> None:
    """Take cards off the board that were lost too long ago to be won back."""

    def due(book: Book, dealership: Dealership) -> Iterable[int]:
        days = read_setting(book, dealership.id, WIN_BACK)
        return lost_cards(book.connection, dealership.id, book.now - timedelta(days=days))

    _for_each(runtime, due, lambda book, row_id: place_card(book, book.get(Opportunity, row_id)))


def retry_parked_events(runtime: Runtime) -> None:
    """Try again the events that wait for something, oldest first; those still too early stay parked."""

    def due(book: Book) -> Iterable[int]:
        parked = select(ReceivedEvent.id).where(ReceivedEvent.status == EventStatus.PARKED)
        return book.connection.scalars(parked.order_by(ReceivedEvent.occurred_at, ReceivedEvent.id))

    def act(book: Book, row_id: int) -> None:
        parked = book.get(ReceivedEvent, row_id)
        if parked.status == EventStatus.PARKED:
            retry_parked(book, parked)

    _work_off(runtime, due, act)


def _for_each(
    runtime: Runtime,
    due: Callable[[Book, Dealership], Iterable[int]],
    act: Callable[[Book, int], object],
) -> None:
    """Work off what is due at each dealership."""
    with runtime.unit(SYSTEM, reading=True) as book:
        ids = book.connection.scalars(select(Dealership.id).order_by(Dealership.id)).all()
    for dealership_id in ids:

        def due_here(book: Book, dealership_id: int = dealership_id) -> Iterable[int]:
            return due(book, book.get(Dealership, dealership_id))

        _work_off(runtime, due_here, act)


def _work_off(
    runtime: Runtime, due: Callable[[Book], Iterable[int]], act: Callable[[Book, int], object]
) -> None:
    """Act on everything due, a portion at a time, until nothing new is found."""
    tried: set[int] = set()
    while fresh := [row_id for row_id in _due(runtime, due) if row_id not in tried]:
        for row_id in fresh:
            _try(runtime, act, row_id)
        tried.update(fresh)


def _due(runtime: Runtime, due: Callable[[Book], Iterable[int]]) -> list[int]:
    with runtime.unit(SYSTEM, reading=True) as book:
        return list(due(book))


def _try(runtime: Runtime, act: Callable[[Book, int], object], row_id: int) -> None:
    try:
        runtime.repeated(SYSTEM, lambda book: act(book, row_id))
    except ServiceLostError as error:
        log.warning("row %d was left as it is: %s", row_id, error)
