"""Today: the day as its people see it, each tap, taking back, being overtaken, and who may do what."""

from datetime import date, timedelta
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.event import listen

from servicelost.jobs.worker import run_task
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.taxonomy.causes import Cause
from servicelost.web import deciding
from servicelost.wiring import TASKS
from servicelost.workflow import appointments
from servicelost.workflow.models.appointments import Appointment
from tests.web.conftest import NOW, World, event
from tests.web.ui_pages import forms, submit, words

TODAY = "/service/today"


def book(world: World, number: int, minutes: int, **data: object) -> None:
    """An appointment so many minutes from now, with one line of work."""
    at = (NOW + timedelta(minutes=minutes)).isoformat()
    who = {
        "customer": {"id": f"C-1{number}", "name": f"Customer {number}"},
        "vehicle": {"id": f"V-1{number}", "make": "VW", "model": "Golf"},
    }
    world.send(
        event(
            "appointment.booked",
            "NORTH",
            -3000 - 2 * number,
            appointment_id=f"A-{number}",
            scheduled_at=at,
            **{**who, **data},
        ),
        event(
            "line.booked",
            "NORTH",
            -2999 - 2 * number,
            appointment_id=f"A-{number}",
            line_id=f"B-{number}",
            service="Annual service",
            amount="289.00",
        ),
    )


def state_of(world: World, number: int = 1) -> Appointment:
    with world.runtime.unit(SYSTEM, reading=True) as found:
        row_id = found.connection.scalars(
            select(Appointment.id).where(Appointment.source_id == f"A-{number}")
        ).one()
        return found.get(Appointment, row_id)


def losses(world: World) -> list[tuple[str, str, str | None]]:
    with world.runtime.unit(SYSTEM, reading=True) as found:
        query = select(LedgerEntry.kind, LedgerEntry.cause, LedgerEntry.reason).order_by(LedgerEntry.id)
        return [tuple(row) for row in found.connection.execute(query)]


@pytest.fixture
def day(world: World) -> World:
    """An overdue appointment and one of the afternoon, seen by an advisor."""
    book(world, 1, -45)
    book(world, 2, 120)
    world.sign_in(Role.SERVICE_ADVISOR)
    return world


def test_the_day_shows_who_is_expected_with_money(day: World, client: FlaskClient) -> None:
    text = words(client.get(TODAY).text)
    assert "Expected 2" in text
    assert "Customer 1 , VW Golf €289" in text
    assert "45 minutes late: no-show?" in text
    assert "In the house Reception 1" in text


def test_an_advisor_lands_on_today(day: World, client: FlaskClient) -> None:
    assert client.get("/service/").location == TODAY


def test_a_no_show_is_one_tap_and_can_be_taken_back(day: World, client: FlaskClient) -> None:
    answer = submit(client, TODAY, f"{state_of(day).id}/no-show", {})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert (state_of(day).state, losses(day)) == ("NO_SHOW", [("LOSS", "NO_SHOW", None)])
    said = client.get(answer.location).text
    assert "Did not come." in words(said)
    [undo] = [address for address in forms(said) if "/undo" in address]
    client.post(undo, data=forms(said)[undo])
    assert state_of(day).state == "BOOKED"
    assert losses(day)[1:] == [("REVERSAL", "NO_SHOW", "ENTRY_ERROR")]


def test_undo_is_offered_for_a_minute_only(day: World, client: FlaskClient) -> None:
    where = submit(client, TODAY, f"{state_of(day).id}/arrived", {}).location
    day.clock.move(timedelta(seconds=61))
    page = client.get(where).text
    assert not [address for address in forms(page) if "/undo" in address]
    late = client.post(
        f"{TODAY}/{state_of(day).id}/undo",
        data={"csrf_token": forms(page)[next(iter(forms(page)))]["csrf_token"]},
    )
    assert late.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "can not be taken back any more" in words(late.text)


def test_cancelling_says_who_and_why_in_one_tap(day: World, client: FlaskClient) -> None:
    submit(client, TODAY, f"{state_of(day).id}/cancel", {"why": "DEALER:NO_CAPACITY"})
    row = state_of(day)
    assert (row.state, row.cancelled_by) == ("CANCELLED", "DEALER")
    assert losses(day) == [("LOSS", "NO_CAPACITY", None)]


def test_cancelling_without_saying_who_is_refused(day: World, client: FlaskClient) -> None:
    answer = submit(client, TODAY, f"{state_of(day).id}/cancel", {})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert state_of(day).state == "BOOKED"


def test_another_time_is_the_dealerships_own(day: World, client: FlaskClient) -> None:
    submit(client, TODAY, f"{state_of(day).id}/reschedule", {"scheduled_at": "2026-05-22T08:30"})
    assert state_of(day).scheduled_at.isoformat() == "2026-05-22T06:30:00+00:00"  # Berlin in summer
    assert "Customer 1" in words(client.get(f"{TODAY}?day=2026-05-22").text)


def test_a_time_that_has_passed_is_refused_and_kept(day: World, client: FlaskClient) -> None:
    answer = submit(client, TODAY, f"{state_of(day).id}/reschedule", {"scheduled_at": "2026-05-19T08:30"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "choose a day and time that lie ahead" in words(answer.text)
    assert 'value="2026-05-19T08:30"' in answer.text


def test_who_is_overtaken_is_told_by_whom(day: World, client: FlaskClient) -> None:
    page = client.get(TODAY).text
    day.sign_in(Role.SERVICE_ADVISOR, name="ben")
    with day.runtime.unit(day.signed_in[0] or SYSTEM) as found:
        row = found.get(Appointment, state_of(day).id)
        appointments.arrive(found, row, at=found.now)
    day.sign_in(Role.SERVICE_ADVISOR)
    [address] = [address for address in forms(page) if address.endswith(f"{state_of(day).id}/no-show")]
    answer = client.post(address, data=forms(page)[address])
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "ben was quicker, at 12:00: Arrived." in words(answer.text)
    assert state_of(day).state == "ARRIVED"


def test_before_its_time_nobody_is_a_no_show(day: World, client: FlaskClient) -> None:
    page = client.get(TODAY).text
    assert not [address for address in forms(page) if address.endswith(f"{state_of(day, 2).id}/no-show")]


def test_postponed_work_and_missed_calls_are_to_be_followed_up(day: World, client: FlaskClient) -> None:
    day.send(
        event("line.deferred", "NORTH", 5, visit_id="RO-1", line_id="L-1", deferred_until="2026-05-20"),
        event("call.missed", "NORTH", -20, call_id="T-1", phone="030 901820", purpose="SERVICE"),
    )
    text = words(client.get(TODAY).text)
    assert "Missed call" in text
    assert "Postponed work is due: Rear brake pads, Jo Doe €240" in text


def test_technicians_look_and_do_not_act(day: World, client: FlaskClient) -> None:
    day.sign_in(Role.TECHNICIAN)
    page = client.get(TODAY).text
    assert "Customer 1" in page
    assert not forms(page)


def test_other_dealerships_are_out_of_sight(day: World, client: FlaskClient) -> None:
    day.sign_in(Role.SERVICE_ADVISOR, at="SOUTH", name="sue")
    page = client.get(TODAY).text
    assert "Customer 1" not in page
    [token] = {held["csrf_token"] for held in forms(client.get("/service/log").text).values()}
    answer = client.post(f"{TODAY}/{state_of(day).id}/arrived", data={"csrf_token": token})
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_the_page_asks_as_often_however_long_the_day(day: World, client: FlaskClient) -> None:
    asked: list[str] = []
    listen(day.runtime.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    client.get(TODAY)
    few = len(asked)
    for number in range(3, 30):
        book(day, number, number * 5)
    asked.clear()
    assert "Customer 29" in client.get(TODAY).text
    assert 0 < len(asked) <= few


@pytest.fixture
def red_work(world: World) -> World:
    """A red line put off whose day is long past, so that a person is asked."""
    line = world.line_id("L-1")
    with world.runtime.unit(SYSTEM) as found:
        deciding.defer(found, line, None, {"cause": Cause.NO_TIME, "deferred_until": date(2026, 6, 1)})
    world.clock.move(timedelta(days=60))
    run_task(world.runtime, TASKS, "lapse-deferrals", {})
    assert losses(world) == []
    world.sign_in(Role.SERVICE_ADVISOR)
    return world


def test_red_work_is_lost_only_when_a_person_says_so(red_work: World, client: FlaskClient) -> None:
    page = client.get(TODAY).text
    assert "Red work past its day, Rear brake pads, Jo Doe" in words(page)
    assert "Postponed work is due" not in words(page), "one row for one piece of work"
    assert [to for to in forms(page) if "/called" in to], "who owns the car can be called about it"
    [(address, held)] = [(to, form) for to, form in forms(page).items() if "red-work" in to]
    refused = submit(client, TODAY, address, {"note": ""})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert losses(red_work) == []
    done = submit(client, TODAY, address, {"note": "has it done by his brother"})
    assert done.status_code == HTTPStatus.SEE_OTHER
    after = client.get(done.location).text
    assert "Recorded as lost" in after
    assert address not in after
    assert losses(red_work) == [("LOSS", "NO_TIME", None)]
    again = client.post(address, data={**held, "note": "twice"})
    assert again.status_code == HTTPStatus.CONFLICT
    assert "it waits no longer" in words(again.text)
    assert len(losses(red_work)) == 1


def test_red_work_done_meanwhile_asks_nobody(red_work: World, client: FlaskClient) -> None:
    with red_work.runtime.unit(SYSTEM) as found:
        deciding.authorize(found, red_work.line_id("L-1"), None, {})
    assert "Red work past its day" not in client.get(TODAY).text


def test_red_work_of_another_dealership_is_not_there(red_work: World, client: FlaskClient) -> None:
    [(address, held)] = [(to, form) for to, form in forms(client.get(TODAY).text).items() if "red-work" in to]
    red_work.sign_in(Role.SERVICE_ADVISOR, at="SOUTH")
    answer = client.post(address, data={**held, "note": "x"})
    assert answer.status_code == HTTPStatus.NOT_FOUND, answer.text
    assert losses(red_work) == []
