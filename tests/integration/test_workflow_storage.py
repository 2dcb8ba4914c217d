"""What the workflow writes is what it reads back, in another unit, on both databases."""

from collections.abc import Iterator
from random import Random
from typing import TypeVar

import pytest
from sqlalchemy import select

from servicelost.kernel.actor import Actor, Role
from servicelost.kernel.book import Book
from servicelost.kernel.db import Base
from servicelost.kernel.errors import ServiceLostError
from servicelost.taxonomy.parties import Party
from servicelost.taxonomy.severity import Severity
from servicelost.taxonomy.stages import Stage
from servicelost.workflow import facts
from servicelost.workflow.appointments import cancel_appointment, confirm_appointment, reschedule_appointment
from servicelost.workflow.decisions import authorize_line, decline_line
from servicelost.workflow.history import entries_of_visit
from servicelost.workflow.invoices import InvoicedLine, post_invoice
from servicelost.workflow.lines import find_line
from servicelost.workflow.models.appointments import APPOINTMENT_BY_SOURCE, Appointment
from servicelost.workflow.models.invoices import InvoiceLine
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.log import ENTRIES_OF_LINE, STAGES_OF_VISIT, LineEntry, StageEntry
from servicelost.workflow.models.quotes import Quote
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.queries import VisitFilter, due_quotes, overdue_appointments, visits_of
from servicelost.workflow.quotes import expire_quote, send_quote, sent_quote
from servicelost.workflow.reason import Reason
from servicelost.workflow.visits import (
    cancel_visit,
    close_visit,
    deliver_visit,
    find_visit,
    move_visit,
)
from servicelost.workflow.work import complete_line, pass_quality
from tests.factories import (
    DEALERSHIP,
    MONDAY,
    House,
    at,
    house,
    make_appointment,
    make_booked,
    make_recommended,
    make_visit,
)
from tests.workflow_moves import MOVES, Scene, Turn, make_scene

R = TypeVar("R", bound=Base)

ADVISOR = Actor("ana", frozenset({Role.SERVICE_ADVISOR}), frozenset({DEALERSHIP}), employee_id=12)


@pytest.fixture
def world(database_url: str) -> Iterator[House]:
    with house(database_url) as made:
        yield made


def open_order(book: Book) -> Visit:
    """The one order of the test, as this unit reads it."""
    visit = find_visit(book, DEALERSHIP, "dms", "RO-1")
    assert visit is not None
    return visit


def stored_visit(world: House) -> tuple[Visit, list[Line]]:
    """The one order and its lines, as a fresh unit reads them."""
    with world.unit() as book:
        visit = open_order(book)
        return visit, book.many(LINES_OF_VISIT, visit.id)


def _book_and_open(world: House) -> None:
    with world.unit() as book:
        appointment = make_appointment(book, source_id="A-1")
        make_booked(book, book.get(Visit, appointment.visit_id), at(-72), source_id="1")
    with world.unit() as book:
        found = book.one(APPOINTMENT_BY_SOURCE, DEALERSHIP, "dms", "A-1")
        assert found is not None
        confirm_appointment(book, found, at=at(-24))
        make_visit(book, source_id="RO-1", at=at(4), appointment=found, odometer_km=52_000)


def _recommend(world: House) -> None:
    with world.unit(ADVISOR) as book:
        visit = open_order(book)
        move_visit(book, visit, Stage.WORK, at=at(5), inspected=True)
        for number in ("2", "3"):
            make_recommended(book, visit, at(5), source_id=number, severity=Severity.RED)
        send_quote(book, visit, at=at(5.5), source_id="Q-1", valid_until=at(48))


def _decide_work_and_close(world: House) -> None:
    with world.unit(ADVISOR) as book:
        visit = open_order(book)
        one, two, three = book.many(LINES_OF_VISIT, visit.id)
        authorize_line(book, two, at=at(6))
        decline_line(book, three, at=at(6), reason=Reason(decided_by=Party.CUSTOMER))
        for line in (one, two):
            complete_line(book, line, at=at(7))
        pass_quality(book, visit, at=at(7.5))
        charged = [InvoicedLine(one), InvoicedLine(two)]
        post_invoice(
            book, visit, source="dms", source_id="I-1", at=at(8), business_day=MONDAY.date(), lines=charged
        )
        deliver_visit(book, visit, at=at(8.5))
        close_visit(book, visit, at=at(9))


def test_a_whole_visit_over_many_units(world: House) -> None:
    _book_and_open(world)
    _recommend(world)
    _decide_work_and_close(world)

    visit, lines = stored_visit(world)
    assert (visit.state, visit.stage) == ("CLOSED", "FOLLOW_UP")
    assert (visit.odometer_km, visit.inspected, visit.delivered_at, visit.closed_at) == (
        52_000,
        True,
        at(8.5),
        at(9),
    )
    assert [line.state for line in lines] == ["INVOICED", "INVOICED", "DECLINED"]
    assert sum(row.amount_minor for row in _all(world, InvoiceLine)) == 48000
    moves = [entry for entry in _all(world, StageEntry) if entry.appointment_id is None]
    assert [entry.to_state for entry in moves] == [
        "PLANNING", "RECEPTION", "WORK", "QUALITY_CONTROL", "DELIVERY", "FOLLOW_UP", "CLOSED"
    ]  # fmt: skip
    assert [(entry.actor, entry.employee_id) for entry in moves[1:3]] == [("system", None), ("ana", 12)]


def test_a_decision_told_late_is_late_in_a_fresh_unit_too(world: House) -> None:
    with world.unit() as book:
        visit = make_visit(book, source_id="RO-1")
        line = make_recommended(book, visit, source_id="1")
        authorize_line(book, line, at=at(5))
        move_visit(book, visit, Stage.DELIVERY, at=at(6))
    with world.unit() as book:
        found = open_order(book)
        again = find_line(book, found, "dms", "1")
        assert again is not None
        decline_line(book, again, at=at(4))
        move_visit(book, found, Stage.WORK, at=at(2))

    visit, (line,) = stored_visit(world)
    assert (visit.state, line.state) == ("DELIVERY", "AUTHORIZED")
    assert world.told(facts.LineDeclined) == []
    assert [entry.action for entry in _all(world, LineEntry)] == ["RECOMMEND", "AUTHORIZE", "DECLINE"]


def test_rebooking_in_another_unit_brings_the_lines_back(world: House) -> None:
    with world.unit() as book:
        appointment = make_appointment(book, source_id="A-1")
        make_booked(book, book.get(Visit, appointment.visit_id), at(-72))
    for act in (
        lambda book, row: cancel_appointment(book, row, at=at(1), reason=Reason(cancelled_by=Party.CUSTOMER)),
        lambda book, row: reschedule_appointment(book, row, at=at(2), scheduled_at=at(50)),
    ):
        with world.unit() as book:
            act(book, book.one(APPOINTMENT_BY_SOURCE, DEALERSHIP, "dms", "A-1"))
    assert [row.state for row in (*_all(world, Appointment), *_all(world, Visit), *_all(world, Line))] == [
        "BOOKED", "PLANNING", "BOOKED"
    ]  # fmt: skip


def test_a_big_batch_of_random_moves_is_stored_as_it_was(world: House) -> None:
    chance = Random(17)
    with world.unit() as book:
        scenes = [make_scene(book, f"S{number}") for number in range(60)]
        for scene in scenes:
            _play(scene, chance)
    with world.unit() as book:
        for scene in scenes:
            appointment = book.get(Appointment, scene.appointment.id)
            visit = book.get(Visit, scene.visit.id)
            _play(Scene(book, appointment, visit, scene.name), chance)

    with world.unit() as book:
        for visit in _all(world, Visit):
            moves = entries_of_visit(book, visit)
            assert moves[-1].to_state == visit.state
        for line in _all(world, Line):
            assert book.many(ENTRIES_OF_LINE, line.id)[-1].to_state == line.state
        for appointment in _all(world, Appointment):
            own = [
                row
                for row in book.many(STAGES_OF_VISIT, appointment.visit_id)
                if row.appointment_id is not None
            ]
            assert own[-1].to_state == appointment.state
    assert len(_all(world, StageEntry)) > 200


def test_jobs_find_what_is_due(world: House) -> None:
    with world.unit() as book:
        late, later, arrived, foreign = (
            make_appointment(book, scheduled_at=at(hour), dealership_id=dealer)
            for hour, dealer in ((2, DEALERSHIP), (1, DEALERSHIP), (1, DEALERSHIP), (1, 99))
        )
        make_visit(book, appointment=arrived, at=at(1))
        confirm_appointment(book, late, at=at(-10))
        visit = make_visit(book, source_id="RO-1")
        lines = [make_recommended(book, visit) for _ in range(3)]
        for number, (line, hour) in enumerate(zip(lines, (30, 20, 60), strict=True)):
            send_quote(book, visit, at=at(2), lines=[line], source_id=f"Q-{number}", valid_until=at(hour))
    with world.unit() as book:
        assert overdue_appointments(book.connection, DEALERSHIP, at(3)) == [later.id, late.id]
        assert overdue_appointments(book.connection, DEALERSHIP, at(1.5), limit=5) == [later.id]
        assert overdue_appointments(book.connection, foreign.dealership_id, at(3)) == [foreign.id]
        due = due_quotes(book.connection, at(30))
        visit_now = book.get(Visit, visit.id)
        expected = [sent_quote(book, visit_now, name) for name in ("Q-1", "Q-0")]
        assert due == [quote.id for quote in expected if quote]
        for quote_id in due:
            expire_quote(book, book.get(Quote, quote_id), at=at(30))
    with world.unit() as book:
        assert due_quotes(book.connection, at(30)) == []
    assert [line.state for line in stored_visit(world)[1]] == ["EXPIRED", "EXPIRED", "QUOTED"]


def test_pages_of_visits(world: House) -> None:
    with world.unit() as book:
        for number in range(5):
            make_visit(book, source_id=f"RO-{number}", at=at(number), advisor_id=number % 2)
        make_visit(book, source_id="X%", at=at(9), dealership_id=99)
        planned = book.get(Visit, make_appointment(book, scheduled_at=at(20)).visit_id)
        cancel_visit(book, planned, at=at(1), reason=Reason(cancelled_by=Party.CUSTOMER))
    with world.unit() as book:

        def numbers(wanted: VisitFilter | None = None, **page: int) -> list[str | None]:
            found = visits_of(book.connection, [DEALERSHIP], wanted, **page)
            return [visit.source_id for visit in found.visits]

        first = visits_of(book.connection, [DEALERSHIP], page=1, per_page=4)
        assert (first.total, first.pages) == (6, 2)
        assert [visit.source_id for visit in first.visits] == [None, "RO-4", "RO-3", "RO-2"]
        assert numbers(page=2, per_page=4) == ["RO-1", "RO-0"]
        assert numbers(VisitFilter(states=["RECEPTION"], advisor_id=1)) == ["RO-3", "RO-1"]
        assert numbers(VisitFilter(opened_from=at(1), opened_to=at(3))) == ["RO-2", "RO-1"]
        assert numbers(VisitFilter(number="RO-3")) == ["RO-3"]
        assert numbers(VisitFilter(number="%")) == []
        assert visits_of(book.connection, []).total == 0
        assert visits_of(book.connection, None).total == 7


def _play(scene: Scene, chance: Random) -> None:
    names = sorted(MOVES)
    for hour in range(12):
        name = "open" if hour == 0 else chance.choice(names)
        turn = Turn(at(hour), chance.randrange(5), chance.randrange(10))
        try:
            with scene.book.step():
                MOVES[name](scene, turn)
        except ServiceLostError:
            continue


def _all(world: House, model: type[R]) -> list[R]:
    with world.engine.connect().execution_options(servicelost_reading=True) as connection:
        table = model.__table__
        return [model(**row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()]
