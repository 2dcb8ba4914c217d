"""What a wrong tap on a row to follow up did is taken back for a minute: a call, a no, a task done."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from servicelost.kernel.actor import SYSTEM, Role
from servicelost.opportunities.followup.models import Contact, Task
from servicelost.opportunities.pipeline.leaving import leave_open, undecided_lines
from servicelost.workflow.models.visits import Visit
from tests.web.calling_desk import LIST, TODAY, ledger, need, rows_of, tap, undo, wait_for_calls
from tests.web.conftest import World, event
from tests.web.ui_pages import forms, submit, words

ASKED = "Quote still open: ask again"


@pytest.fixture
def waiting(world: World) -> World:
    return wait_for_calls(world)


@pytest.mark.parametrize("outcome", ["NOT_REACHED", "REACHED"])
def test_a_wrong_tap_is_taken_back_and_the_money_is_as_before(
    waiting: World, client: FlaskClient, outcome: str
) -> None:
    done = tap(waiting, client, "call", outcome=outcome)
    back = submit(client, done.location, "/undo", {})
    told = words(client.get(back.location).text)
    assert "Taken back." in told
    assert "Missed call" in told
    assert "called once" not in told
    assert (need(waiting, "call").state, need(waiting, "call").lost_event) == ("LOST", "CALL_MISSED")
    assert [kind for (kind,) in rows_of(waiting, Contact, "kind")][1:] == ["TAKEN_BACK"]
    assert [kind for kind, *_ in ledger(waiting)] in (["LOSS"], ["LOSS", "REVERSAL", "LOSS"])


@pytest.mark.parametrize("page", [TODAY, LIST])
def test_a_no_is_taken_back_like_any_other_tap(waiting: World, client: FlaskClient, page: str) -> None:
    waiting.clock.move(timedelta(days=1))
    for kind, cause in (("call", "DONE_ELSEWHERE"), ("deferred", "CANNOT_AFFORD")):
        if kind == "call" and page == TODAY:
            continue  # Today names the calls missed on the day itself
        before = need(waiting, kind)
        done = tap(waiting, client, kind, page, cause=cause)
        assert "Called: not interested." in words(client.get(done.location).text)
        back = undo(client, done.location)
        told = words(client.get(back.location).text)
        assert "Taken back." in told
        assert "not interested" not in told
        after = need(waiting, kind)
        assert (after.state, after.lost_event, after.deferred_until) == (
            before.state, before.lost_event, before.deferred_until
        )  # fmt: skip
        assert [to for to in forms(client.get(page).text) if f"/{after.id}/called" in to]


def test_a_no_is_taken_back_for_a_minute_only(waiting: World, client: FlaskClient) -> None:
    done = tap(waiting, client, "deferred", cause="CANNOT_AFFORD")
    [(address, held)] = [
        (to, form) for to, form in forms(client.get(done.location).text).items() if "/undo" in to
    ]
    waiting.clock.move(timedelta(seconds=61))
    assert not [to for to in forms(client.get(done.location).text) if "/undo" in to]
    assert client.post(address, data=held).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert need(waiting, "deferred").state == "LOST"


def test_undo_is_over_after_a_minute_and_nobody_elses(waiting: World, client: FlaskClient) -> None:
    done = tap(waiting, client, "call", outcome="NOT_REACHED")
    [(address, held)] = [
        (to, form) for to, form in forms(client.get(done.location).text).items() if "/undo" in to
    ]
    waiting.sign_in(Role.SERVICE_ADVISOR, name="ben")
    assert not [to for to in forms(client.get(done.location).text) if "/undo" in to]
    waiting.sign_in(Role.SERVICE_ADVISOR)
    waiting.clock.move(timedelta(seconds=61))
    late = client.post(address, data=held)
    assert late.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "can not be taken back any more" in words(late.text)
    assert len(rows_of(waiting, Contact, "id")) == 1


@pytest.fixture
def open_quote(world: World) -> World:
    """A quote left open yesterday with the task to ask again, of a customer whose number is known."""
    reached_at = {"id": "C-1", "phone": "030 901820"}
    world.send(event("customer.consent", "NORTH", 6, customer=reached_at, channel="EMAIL", purpose="SERVICE",
                     status="GRANTED"))  # fmt: skip
    world.sign_in(Role.SERVICE_ADVISOR)
    with world.runtime.unit(SYSTEM) as book:
        visit = book.get(Visit, book.connection.scalars(select(Visit.id).order_by(Visit.id)).first() or 0)
        leave_open(book, visit, undecided_lines(book, visit))
    world.clock.move(timedelta(days=1))
    return world


def task_form(client: FlaskClient, page: str, ending: str) -> tuple[str, dict[str, str]]:
    found = forms(client.get(page).text)
    [address] = [to for to in found if ending in to]
    return address, found[address]


@pytest.mark.parametrize("page", [TODAY, LIST])
def test_a_task_is_done_with_one_tap_and_open_again_with_another(
    open_quote: World, client: FlaskClient, page: str
) -> None:
    address, held = task_form(client, page, "/done")
    done = client.post(address, data=held)
    assert done.status_code == HTTPStatus.SEE_OTHER
    told = words(client.get(done.location).text)
    assert f"Done: {ASKED}." in told
    assert f"{ASKED}, " not in told
    assert rows_of(open_quote, Task, "state", "done_by", "outcome") == [("DONE", "ana", "DONE")]
    again = client.post(address, data=held)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "ana has done this already" in words(again.text)
    back = undo(client, done.location)
    told = words(client.get(back.location).text)
    assert "Taken back." in told
    assert f"{ASKED}, " in told
    assert rows_of(open_quote, Task, "state", "done_by", "outcome") == [("OPEN", None, None)]


def test_a_task_done_stays_done_after_a_minute(open_quote: World, client: FlaskClient) -> None:
    address, held = task_form(client, TODAY, "/done")
    done = client.post(address, data=held)
    undoing, held = task_form(client, done.location, "/undo")
    open_quote.clock.move(timedelta(seconds=61))
    assert not [to for to in forms(client.get(done.location).text) if "/undo" in to]
    assert client.post(undoing, data=held).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert rows_of(open_quote, Task, "state") == [("DONE",)]


def test_about_an_open_quote_one_calls_from_its_row(open_quote: World, client: FlaskClient) -> None:
    address, held = task_form(client, LIST, "/called")
    done = client.post(address, data={**held, "outcome": "NOT_REACHED"})
    told = words(client.get(done.location).text)
    assert "Called: not reached." in told
    assert "called once, 12:00: not reached" in told
    address, held = task_form(client, LIST, "/called")
    done = client.post(address, data={**held, "outcome": "REACHED"})
    assert f"{ASKED}, " not in words(client.get(done.location).text)
    assert f"{ASKED}, " in words(client.get(undo(client, done.location).location).text)
    assert rows_of(open_quote, Contact, "kind") == [("ATTEMPT",), ("TWO_WAY",), ("TAKEN_BACK",)]


def test_who_has_an_open_quote_is_called_unless_he_wants_no_call_at_all(
    open_quote: World, client: FlaskClient
) -> None:
    """An offer he has not asked for is another thing than the quote he thinks about."""
    refusal = {"customer": {"id": "C-1"}, "channel": "PHONE", "status": "WITHDRAWN"}
    open_quote.send(event("customer.consent", "NORTH", 50, purpose="MARKETING", **refusal))
    assert task_form(client, LIST, "/called")
    open_quote.send(event("customer.consent", "NORTH", 51, purpose="SERVICE", **refusal))
    page = client.get(LIST).text
    assert "Do not call: does not want to be called" in words(page)
    assert not [to for to in forms(page) if "/called" in to]
    assert task_form(client, LIST, "/done")


def test_without_a_number_a_task_can_only_be_done(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    with world.runtime.unit(SYSTEM) as book:
        visit = book.get(Visit, book.connection.scalars(select(Visit.id).order_by(Visit.id)).first() or 0)
        leave_open(book, visit, undecided_lines(book, visit))
    world.clock.move(timedelta(days=1))
    page = client.get(LIST).text
    assert not [to for to in forms(page) if "/called" in to]
    assert task_form(client, LIST, "/done")
    world.sign_in(Role.TECHNICIAN)
    assert not forms(client.get(LIST).text)
