"""A wrong tap on an appointment taken back: everything stands as before, and the log shows both."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from servicelost.kernel.actor import Actor, Role
from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.parties import Party
from servicelost.workflow import appointments
from servicelost.workflow.appointment_undo import UNDO_FOR, take_back_move
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import StageEntry
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason
from tests.desk import CAR, PERSON, Desk, desk
from tests.ledger_check import check_ledger

ANA, BEN = (Actor(name, frozenset({Role.SERVICE_ADVISOR}), None) for name in ("ana", "ben"))
CALLED_OFF = Reason(cause=Cause.NO_TIME, cancelled_by=Party.CUSTOMER)
Move = Callable[[Book, Appointment], object]
MOVES: dict[str, Move] = {
    "arrive": lambda book, row: appointments.arrive(book, row, at=book.now),
    "miss": lambda book, row: appointments.mark_no_show(book, row, at=book.now),
    "cancel": lambda book, row: appointments.cancel_appointment(book, row, at=book.now, reason=CALLED_OFF),
}


class Stand(NamedTuple):
    """Everything a move can change, without versions and logs."""

    rows: list[tuple[Any, ...]]
    needs: Counter[tuple[Any, ...]]
    money: Counter[tuple[Any, ...]]


def stand_of(made: Desk) -> Stand:
    appointment, visit, line = Appointment, Visit, Line
    asked = (
        select(appointment.state, appointment.settled_at, appointment.arrived_at, appointment.cancelled_by),
        select(visit.state, visit.stage, visit.planned_at),
        select(line.source_id, line.state).order_by(line.id),
    )
    with made.engine.connect() as connection:
        rows = [tuple(row) for query in asked for row in connection.execute(query)]
    needs = Counter(
        (row.need_key, row.state, row.live, row.lost_event, row.outstanding_minor, row.first_lost_at)
        for row in made.opportunities()
    )
    money: Counter[tuple[Any, ...]] = Counter()
    for entry in made.entries():
        sign = 1 if entry.kind == "LOSS" else -1
        money[entry.business_day, entry.stage, entry.event, entry.cause] += sign * entry.amount_minor
    return Stand(rows, needs, +money)


def booked(made: Desk, lines: int) -> None:
    made.send("appointment.booked", 0, appointment_id="A-1", scheduled_at="2026-03-02T10:00:00Z", vehicle=CAR,
              customer=PERSON, expected_amount="120.00")  # fmt: skip
    for number in range(lines):
        made.send("line.booked", 1, appointment_id="A-1", line_id=f"B-{number}", service=f"Service {number}",
                  amount="80.00")  # fmt: skip


def act(made: Desk, move: Move, actor: Actor = ANA) -> None:
    with made.unit(actor) as book:
        move(book, book.get(Appointment, book.connection.scalars(select(Appointment.id)).one()))


@settings(deadline=None, max_examples=40)
@given(
    lines=st.integers(0, 3),
    before=st.sampled_from([(), ("miss",)]),
    move=st.sampled_from(sorted(MOVES)),
    seconds=st.integers(0, 60),
)
def test_any_move_taken_back_leaves_everything_as_before(
    lines: int, before: tuple[str, ...], move: str, seconds: int
) -> None:
    if before == ("miss",) and move != "arrive":
        return
    with desk() as made:
        booked(made, lines)
        for earlier in before:
            act(made, MOVES[earlier])
            made.clock.move(timedelta(hours=1))
        stood = stand_of(made)
        act(made, MOVES[move])
        made.clock.move(timedelta(seconds=seconds))
        act(made, take_back_move)
        assert stand_of(made) == stood
        check_ledger(made.entries(), made.opportunities())
        # And it can be done again, for good.
        act(made, MOVES[move])
        check_ledger(made.entries(), made.opportunities())


def test_the_log_shows_the_move_and_that_it_was_taken_back() -> None:
    with desk() as made:
        booked(made, 1)
        act(made, MOVES["miss"])
        act(made, take_back_move)
        with made.engine.connect() as connection:
            query = select(StageEntry.action, StageEntry.actor).where(StageEntry.actor == "ana")
            logged = [tuple(row) for row in connection.execute(query.order_by(StageEntry.id))]
        assert logged == [("MARK_NO_SHOW", "ana"), ("TAKE_BACK", "ana")]
        assert [(row.kind, row.reason) for row in made.entries()] == [
            ("LOSS", None),
            ("REVERSAL", "ENTRY_ERROR"),
        ]


@pytest.mark.parametrize("why", ["late", "somebody else", "nothing done", "more happened"])
def test_it_is_refused_when_it_is_too_late_or_not_ones_own(why: str) -> None:
    with desk() as made:
        booked(made, 1)
        if why != "nothing done":
            act(made, MOVES["arrive"])
        if why == "late":
            made.clock.move(UNDO_FOR + timedelta(seconds=1))
        if why == "more happened":
            made.send("visit.opened", 24 * 900, appointment_id="A-1", visit_id="RO-1")
        with pytest.raises(RuleViolation, match="can not be taken back"):
            act(made, take_back_move, BEN if why == "somebody else" else ANA)


def test_what_the_dms_tells_of_a_moment_before_is_still_heard() -> None:
    """The move that was taken back is no newest word that would make others late."""
    with desk() as made:
        booked(made, 1)
        act(made, MOVES["miss"])
        made.clock.move(timedelta(seconds=30))
        act(made, take_back_move)
        told = (made.clock.now() - timedelta(seconds=40)).isoformat()
        raw = {"type": "appointment.arrived", "event_id": "x", "source": "dms", "dealership": "NORTH",
               "occurred_at": told, "data": {"appointment_id": "A-1"}}  # fmt: skip
        made.receive(raw)
        with made.engine.connect() as connection:
            assert connection.scalars(select(Appointment.state)).one() == "ARRIVED"
