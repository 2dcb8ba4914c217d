"""Calling about a need that waits, on both databases: what is kept, taken back, and found by the list."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.pipeline.call_undoing import take_back_call
from servicelost.opportunities.pipeline.calling import CallOutcome, calls_in, lose_call, record_call
from servicelost.opportunities.pipeline.corrections import undo_loss
from servicelost.opportunities.pipeline.evidence import evidence_of_lines
from servicelost.opportunities.pipeline.leaving import check_decided, leave_open, move_on, undecided_lines
from servicelost.opportunities.pipeline.models import DECISIONS_OF_OPPORTUNITY, Opportunity
from servicelost.taxonomy.causes import Cause
from servicelost.web.ui.follow_up_rows import When
from servicelost.workflow import decisions
from servicelost.workflow.appointment_undo import UNDO_FOR
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason
from servicelost.workflow.states import VisitState
from tests.desk import PERSON, Desk, desk
from tests.factories import MONDAY
from tests.integration.calling_world import ANA, BEN, NOW, call, listed, missed
from tests.ledger_check import check_ledger


@pytest.fixture
def made(database_url: str) -> Iterator[Desk]:
    with desk(database_url) as found:
        yield found


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


@pytest.mark.parametrize("hours", [0.5, 3])
def test_a_no_that_was_none_leaves_the_call_missed_as_it_was(made: Desk, hours: float) -> None:
    before = missed(made, hours)
    for _ in range(2):
        with made.unit(ANA) as book:
            need = book.get(Opportunity, before.id)
            record_call(book, need, CallOutcome.NOT_INTERESTED)
            lose_call(book, need, Reason(cause=Cause.DONE_ELSEWHERE))
        assert listed(made) == []
        with made.unit(ANA) as book:
            take_back_call(book, book.get(Opportunity, before.id))
        after = made.only()
        assert (after.state, after.lost_event, after.outstanding_minor, after.first_lost_at) == (
            before.state, before.lost_event, before.outstanding_minor, before.first_lost_at
        )  # fmt: skip
        assert listed(made) == [("call", 0)]
        check_ledger(made.entries(), made.opportunities())
    call(made, CallOutcome.BOOKS)
    assert listed(made) == []


@pytest.mark.parametrize("why", ["late", "somebody else", "more happened"])
def test_a_no_stands_when_it_is_too_late_or_not_ones_own(made: Desk, why: str) -> None:
    called = missed(made)
    with made.unit(ANA) as book:
        need = book.get(Opportunity, called.id)
        record_call(book, need, CallOutcome.NOT_INTERESTED)
        lose_call(book, need, Reason(cause=Cause.DONE_ELSEWHERE))
    if why == "late":
        made.clock.move(UNDO_FOR + timedelta(seconds=1))
    elif why == "more happened":
        loss_id = made.only().loss_id or 0
        with made.unit(ANA) as book:
            undo_loss(book, loss_id)
    stood = [(row.kind, row.event) for row in made.entries()]
    with made.unit(BEN if why == "somebody else" else ANA) as book, pytest.raises(RuleViolation) as refused:
        take_back_call(book, book.get(Opportunity, called.id))
    assert refused.value.code == "NOT_UNDOABLE"
    assert [(row.kind, row.event) for row in made.entries()] == stood


def test_a_no_that_was_none_postpones_the_work_again_until_its_day(made: Desk) -> None:
    made.open_visit("RO-1", NOW - 900)
    made.recommend("RO-1", "L-1", NOW - 899, "120.00")
    until = (MONDAY + timedelta(days=900)).date()
    made.send("line.deferred", NOW - 898, visit_id="RO-1", line_id="L-1", deferred_until=until.isoformat(),
              deferred_until_odometer=90_000, cause="NO_TIME")  # fmt: skip
    made.send("visit.closed", NOW - 897, visit_id="RO-1")
    before = made.only()
    with made.unit(ANA) as book:
        record_call(book, book.get(Opportunity, before.id), CallOutcome.NOT_INTERESTED)
        reason = Reason(cause=Cause.PRICE_TOO_HIGH)
        decisions.decline_line(book, book.get(Line, before.line_id or 0), at=book.now, reason=reason)
    assert (made.only().state, listed(made)) == ("LOST", [])
    with made.unit(ANA) as book:
        take_back_call(book, book.get(Opportunity, before.id))
        line = book.get(Line, before.line_id or 0)
        assert (line.state, line.deferred_until, line.deferred_until_km) == ("DEFERRED", until, 90_000)
    assert deferral_of(made.only()) == deferral_of(before)
    assert listed(made) == [("deferred", 0)]
    assert [(row.kind, row.reason) for row in made.entries()] == [("LOSS", None), ("REVERSAL", "ENTRY_ERROR")]
    assert (made.balance(), made.outstanding()) == (0, 0)
    check_ledger(made.entries(), made.opportunities())


def deferral_of(need: Opportunity) -> tuple[object, ...]:
    return (need.state, need.live, need.deferred_until, need.deferred_until_km, need.deferred_cause,
            need.deferred_stage, need.deferred_event)  # fmt: skip


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
