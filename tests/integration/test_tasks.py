"""Tasks that a person ends: an open quote asked about again, on both databases."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from servicelost.administration.audit import audit_of
from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.followup.models import TASKS_OF_OPPORTUNITY, Task
from servicelost.opportunities.pipeline.call_undoing import take_back_call
from servicelost.opportunities.pipeline.calling import CallOutcome, record_call
from servicelost.opportunities.pipeline.deferring import lapse
from servicelost.opportunities.pipeline.leaving import leave_open, undecided_lines
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.task_endings import finish_by_hand, take_back_end
from servicelost.web.ui.follow_up_rows import When
from servicelost.workflow.appointment_undo import UNDO_FOR
from servicelost.workflow.models.visits import Visit
from tests.desk import Desk, desk
from tests.factories import MONDAY
from tests.integration.calling_world import ANA, BEN, NOW, call, listed


@pytest.fixture
def made(database_url: str) -> Iterator[Desk]:
    with desk(database_url) as found:
        yield found


def ask_again(made: Desk) -> tuple[Opportunity, int]:
    """An open quote with its task to ask again, due by now; the need and the task."""
    made.open_visit("RO-1", NOW - 30)
    made.recommend("RO-1", "L-1", NOW - 29, "120.00")
    made.send("quote.sent", NOW - 28, visit_id="RO-1")
    with made.unit(ANA) as book:
        visit = book.get(Visit, book.connection.scalars(select(Visit.id)).one())
        task = leave_open(book, visit, undecided_lines(book, visit))
        assert task is not None
    made.clock.move(timedelta(days=1))
    return made.only(), task.id


def test_about_an_open_quote_one_calls_once_a_day_until_it_is_decided(made: Desk) -> None:
    need, _task_id = ask_again(made)
    call(made, CallOutcome.NOT_REACHED)
    assert listed(made) == [("task", 1)]
    call(made, CallOutcome.REACHED)
    assert listed(made) == []
    with made.unit(ANA) as book:
        take_back_call(book, book.get(Opportunity, need.id))
    assert listed(made) == [("task", 1)]
    call(made, CallOutcome.REACHED)
    made.clock.move(timedelta(days=1))
    assert listed(made, When.OVERDUE) == [("task", 2)]
    made.send("line.authorized", NOW + 48, visit_id="RO-1", line_id="L-1")
    with made.unit(ANA) as book, pytest.raises(RuleViolation) as refused:
        record_call(book, book.get(Opportunity, need.id), CallOutcome.NOT_REACHED)
    assert refused.value.code == "NOT_WAITING"


def test_a_task_is_done_in_ones_own_name_and_open_again_after_a_wrong_tap(made: Desk) -> None:
    _, task_id = ask_again(made)
    with made.unit(ANA) as book:
        finish_by_hand(book, book.get(Task, task_id))
    with made.unit(BEN) as book:
        task = book.get(Task, task_id)
        assert (task.state, task.done_by, task.outcome) == ("DONE", "ana", "DONE")
        with pytest.raises(RuleViolation, match="ana has done this already"):
            finish_by_hand(book, task)
        with pytest.raises(RuleViolation, match="can not be taken back"):
            take_back_end(book, task)
    assert listed(made) == []
    with made.unit(ANA) as book:
        take_back_end(book, book.get(Task, task_id))
        assert [entry.before for entry in audit_of(book, "task", task_id)] == [{"done_by": "ana"}]
    assert listed(made) == [("task", 0)]
    with made.unit(ANA) as book:
        finish_by_hand(book, book.get(Task, task_id))
    made.clock.move(UNDO_FOR + timedelta(seconds=1))
    with made.unit(ANA) as book, pytest.raises(RuleViolation, match="can not be taken back"):
        take_back_end(book, book.get(Task, task_id))


def test_what_was_asked_for_anew_is_not_asked_for_twice(made: Desk) -> None:
    need, task_id = ask_again(made)
    with made.unit(ANA) as book:
        finish_by_hand(book, book.get(Task, task_id))
        visit = book.get(Visit, need.visit_id or 0)
        leave_open(book, visit, undecided_lines(book, visit))
    with made.unit(ANA) as book, pytest.raises(RuleViolation, match="can not be taken back"):
        take_back_end(book, book.get(Task, task_id))


def test_red_work_is_let_go_with_words_and_not_done_by_a_tap(made: Desk) -> None:
    made.open_visit("RO-1", NOW - 900)
    made.recommend("RO-1", "L-1", NOW - 899, "120.00", severity="RED")
    until = (MONDAY + timedelta(days=880)).date().isoformat()
    made.send("line.deferred", NOW - 898, visit_id="RO-1", line_id="L-1", deferred_until=until)
    red = made.only()
    with made.unit(ANA) as book:
        lapse(book, book.get(Opportunity, red.id))
    with made.unit(ANA) as book:
        [task] = book.many(TASKS_OF_OPPORTUNITY, red.id)
        with pytest.raises(RuleViolation, match="record what the customer said"):
            finish_by_hand(book, task)
