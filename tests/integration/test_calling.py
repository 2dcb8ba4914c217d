"""Calling about a need that waits, on both databases: what is kept, taken back, and found by the list."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from servicelost.directory.calendar import local_day
from servicelost.directory.dealerships import dealership_by_code
from servicelost.kernel.actor import Actor, Role
from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.pipeline.calling import (
    CallOutcome,
    calls_in,
    lose_call,
    record_call,
    take_back_call,
)
from servicelost.opportunities.pipeline.evidence import evidence_of_lines
from servicelost.opportunities.pipeline.leaving import check_decided, leave_open, move_on, undecided_lines
from servicelost.opportunities.pipeline.models import DECISIONS_OF_OPPORTUNITY, Opportunity
from servicelost.taxonomy.causes import Cause
from servicelost.web.ui.follow_up_rows import When, due_until, page_due
from servicelost.workflow.models.lines import LINES_OF_VISIT
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason
from servicelost.workflow.states import VisitState
from tests.desk import PERSON, Desk, desk
from tests.factories import MONDAY
from tests.ledger_check import check_ledger

ANA = Actor("ana", frozenset({Role.SERVICE_ADVISOR}), None)
NOW = 24 * 900  # the desk's clock stands so many hours after Monday morning


@pytest.fixture
def made(database_url: str) -> Iterator[Desk]:
    with desk(database_url) as found:
        yield found


def missed(made: Desk, hours: float = 0.5) -> Opportunity:
    made.send("call.missed", NOW - hours, call_id="T-1", phone="+34 911 000 001", purpose="SERVICE")
    return made.only()


def call(made: Desk, outcome: CallOutcome) -> None:
    need = made.only()
    with made.unit(ANA) as book:
        record_call(book, book.get(Opportunity, need.id), outcome)


def listed(made: Desk, when: When = When.ALL) -> list[tuple[str, int]]:
    with made.unit(ANA) as book:
        dealership = dealership_by_code(book, "NORTH")
        due = due_until(dealership, local_day(dealership, book.now), own=None, when=when)
        rows, total = page_due(book, due, 0, 50)
        assert total == len(rows)
        return [(row.kind, row.called) for row in rows]


def test_a_call_in_vain_stays_on_the_list_with_its_number(made: Desk) -> None:
    missed(made)
    call(made, CallOutcome.NOT_REACHED)
    assert listed(made) == listed(made, When.DUE) == [("call", 1)]
    assert listed(made, When.OVERDUE) == []
    assert made.balance() == made.outstanding()


def test_spoken_to_in_time_and_taken_back_the_loss_is_what_it_was(made: Desk) -> None:
    before = missed(made)
    call(made, CallOutcome.REACHED)
    assert (made.only().state, listed(made)) == ("OPEN", [])
    with made.unit(ANA) as book:
        take_back_call(book, book.get(Opportunity, before.id))
    after = made.only()
    assert (after.state, after.lost_event, after.first_lost_at) == (
        "LOST",
        "CALL_MISSED",
        before.first_lost_at,
    )
    assert listed(made) == [("call", 0)]
    check_ledger(made.entries(), made.opportunities())


def test_taking_back_twice_is_refused(made: Desk) -> None:
    need = missed(made)
    call(made, CallOutcome.NOT_REACHED)
    with made.unit(ANA) as book:
        take_back_call(book, book.get(Opportunity, need.id))
    with made.unit(ANA) as book, pytest.raises(RuleViolation, match="can not be taken back"):
        take_back_call(book, book.get(Opportunity, need.id))


def test_a_call_on_the_next_day_is_overdue_until_somebody_is_spoken_to(made: Desk) -> None:
    missed(made)
    made.clock.move(timedelta(days=1))
    assert listed(made, When.OVERDUE) == [("call", 0)]
    call(made, CallOutcome.BOOKS)
    assert listed(made) == []
    assert made.only().state == "LOST"


@pytest.mark.parametrize("hours", [0.5, 3])
def test_who_wants_it_no_more_is_one_loss_however_late(made: Desk, hours: float) -> None:
    called = missed(made, hours)
    with made.unit(ANA) as book:
        need = book.get(Opportunity, called.id)
        record_call(book, need, CallOutcome.NOT_INTERESTED)
        lose_call(book, need, Reason(cause=Cause.DONE_ELSEWHERE))
    assert (made.only().state, made.only().lost_event) == ("LOST", "LEAD_REJECTED")
    assert made.balance() == made.outstanding()
    check_ledger(made.entries(), made.opportunities())


def test_work_put_off_is_not_listed_on_the_day_of_a_talk(made: Desk) -> None:
    made.open_visit("RO-1", NOW - 900)
    made.recommend("RO-1", "L-1", NOW - 899, "120.00")
    until = (MONDAY + timedelta(days=900)).date().isoformat()
    made.send("line.deferred", NOW - 898, visit_id="RO-1", line_id="L-1", deferred_until=until)
    assert listed(made) == [("deferred", 0)]
    call(made, CallOutcome.REACHED)
    assert listed(made) == []
    made.clock.move(timedelta(days=1))
    assert listed(made, When.OVERDUE) == [("deferred", 1)]


def test_a_call_taken_back_was_no_attempt(made: Desk) -> None:
    made.open_visit("RO-1", NOW - 5)
    made.recommend("RO-1", "L-1", NOW - 4, "120.00")
    made.send("line.deferred", NOW - 3, visit_id="RO-1", line_id="L-1", deferred_until_odometer=90_000)
    for _ in range(2):
        call(made, CallOutcome.NOT_REACHED)
    called = made.only()
    with made.unit(ANA) as book:
        need = book.get(Opportunity, called.id)
        take_back_call(book, need)
        calls = calls_in(book.many(DECISIONS_OF_OPPORTUNITY, need.id))
        assert calls is not None
        assert calls.times == 1
    with made.unit(ANA) as book:
        visit = book.get(Visit, book.connection.scalars(select(Visit.id)).one())
        lines = book.many(LINES_OF_VISIT, visit.id)
        assert evidence_of_lines(book, visit, lines)[lines[0].id].attempts == 1


def test_the_customers_own_number_is_enough(made: Desk) -> None:
    """A call of the same number, told with the customer, is answered by calling either back."""
    missed(made)
    made.send(
        "call.missed", NOW - 0.4, call_id="T-2", phone=PERSON["phone"], purpose="SERVICE", customer=PERSON
    )
    first = min(made.opportunities(), key=lambda row: row.id)
    with made.unit(ANA) as book:
        record_call(book, book.get(Opportunity, first.id), CallOutcome.REACHED)
    assert {row.state for row in made.opportunities()} == {"OPEN"}


def test_a_visit_leaves_with_open_work_only_after_an_answer(made: Desk) -> None:
    made.open_visit("RO-1", NOW - 5)
    made.recommend("RO-1", "L-1", NOW - 4, "120.00")
    made.send("quote.sent", NOW - 3, visit_id="RO-1")
    with made.unit(ANA) as book:
        visit = book.get(Visit, book.connection.scalars(select(Visit.id)).one())
        check_decided(book, visit, VisitState.QUALITY_CONTROL)
        for to in (VisitState.DELIVERY, VisitState.FOLLOW_UP, VisitState.CLOSED):
            with pytest.raises(RuleViolation) as refused:
                check_decided(book, visit, to)
            assert refused.value.code == "UNDECIDED"
        leave_open(book, visit, undecided_lines(book, visit))
        move_on(book, visit, VisitState.DELIVERY)
    assert made.only().state == "OPEN"
