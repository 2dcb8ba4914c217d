"""Calling a customer back: what a tap keeps, what it does to the money, undo, two people, the list."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy.event import listen

from servicelost.kernel.actor import Role
from servicelost.opportunities.followup.models import Contact
from tests.web.board_desk import Staff
from tests.web.calling_desk import LIST, TODAY, ledger, need, rows_of, tap, wait_for_calls
from tests.web.conftest import World, event
from tests.web.ui_pages import forms, submit, words


@pytest.fixture
def waiting(world: World) -> World:
    return wait_for_calls(world)


LOST = ("LOSS", "CALL_MISSED", "NO_CONTACT")


def test_the_number_is_there_to_be_dialled(waiting: World, client: FlaskClient) -> None:
    assert 'href="tel:+4930901820"' in client.get(TODAY).text


def test_not_reached_is_one_tap_and_the_row_says_how_often(waiting: World, client: FlaskClient) -> None:
    done = tap(waiting, client, "call", outcome="NOT_REACHED")
    assert done.status_code == HTTPStatus.SEE_OTHER
    told = words(client.get(done.location).text)
    assert "Called: not reached." in told
    assert "called once, 12:00: not reached" in told
    waiting.clock.move(timedelta(minutes=5))
    tap(waiting, client, "call", outcome="NOT_REACHED")
    assert "called 2 times, last 12:05: not reached" in words(client.get(TODAY).text)
    assert rows_of(waiting, Contact, "kind", "channel", "direction", "outcome") == [
        ("ATTEMPT", "PHONE", "OUT", "NOT_REACHED"),
        ("ATTEMPT", "PHONE", "OUT", "NOT_REACHED"),
    ]
    assert ledger(waiting) == [LOST]


def test_who_is_called_back_in_time_is_no_loss_and_off_the_list(waiting: World, client: FlaskClient) -> None:
    tap(waiting, client, "call", outcome="REACHED")
    assert ledger(waiting)[1:] == [("REVERSAL", "CALL_MISSED", "NO_CONTACT")]
    assert need(waiting, "call").state == "OPEN"
    assert "Missed call" not in words(client.get(TODAY).text)


def test_who_is_called_back_too_late_stays_lost_and_is_off_the_list(
    waiting: World, client: FlaskClient
) -> None:
    waiting.clock.move(timedelta(hours=3))
    tap(waiting, client, "call", outcome="BOOKS")
    assert ledger(waiting) == [LOST]
    assert "Missed call" not in words(client.get(TODAY).text)


def test_the_card_tells_of_calls_in_words(waiting: World, client: FlaskClient) -> None:
    done = tap(waiting, client, "call", outcome="NOT_REACHED")
    submit(client, done.location, "/undo", {})
    told = words(client.get(f"/service/board/cards/{need(waiting, 'call').id}").text)
    assert "Called" in told
    assert "Not reached" in told
    assert "call:" not in told


def test_a_caller_who_does_not_want_it_any_more_is_a_lead_that_did_not_book(
    waiting: World, client: FlaskClient
) -> None:
    tap(waiting, client, "call", cause="DONE_ELSEWHERE")
    assert ledger(waiting) == [
        LOST,
        ("REVERSAL", "CALL_MISSED", "NO_CONTACT"),
        ("LOSS", "LEAD_REJECTED", "DONE_ELSEWHERE"),
    ]


def test_so_it_is_when_the_call_comes_too_late(waiting: World, client: FlaskClient) -> None:
    waiting.clock.move(timedelta(hours=3))
    tap(waiting, client, "call", cause="PRICE_TOO_HIGH")
    assert ledger(waiting)[-1] == ("LOSS", "LEAD_REJECTED", "PRICE_TOO_HIGH")
    assert "Missed call" not in words(client.get(TODAY).text)


def test_a_no_to_postponed_work_declines_its_line(waiting: World, client: FlaskClient) -> None:
    tap(waiting, client, "deferred", cause="CANNOT_AFFORD")
    assert ledger(waiting)[-1] == ("LOSS", "QUOTE_DECLINED", "CANNOT_AFFORD")
    assert rows_of(waiting, Contact, "kind", "outcome") == [("TWO_WAY", "NOT_INTERESTED")]
    assert "Postponed work is due" not in words(client.get(TODAY).text)


def test_who_will_book_is_off_todays_list_and_on_tomorrows_with_what_he_said(
    waiting: World, client: FlaskClient
) -> None:
    tap(waiting, client, "deferred", outcome="BOOKS")
    assert "Postponed work is due" not in words(client.get(TODAY).text)
    waiting.clock.move(timedelta(days=1))
    told = words(client.get(TODAY).text)
    assert "called once, " in told
    assert "12:00: will book" in told
    assert need(waiting, "deferred").state == "DEFERRED"


def test_two_people_do_not_call_past_each_other(waiting: World, client: FlaskClient) -> None:
    page = client.get(TODAY).text
    tap(waiting, client, "call", outcome="NOT_REACHED")
    [(address, held)] = [
        (to, form)
        for to, form in forms(page).items()
        if f"/{need(waiting, 'call').id}/called" in to
    ]  # fmt: skip
    again = client.post(address, data={**held, "outcome": "NOT_REACHED"})
    assert again.status_code == HTTPStatus.CONFLICT
    assert "Somebody has called meanwhile, at 12:00: not reached." in words(again.text)
    assert len(rows_of(waiting, Contact, "id")) == 1


def test_what_was_answered_meanwhile_is_not_called_about(waiting: World, client: FlaskClient) -> None:
    [(address, held)] = [
        (to, form)
        for to, form in forms(client.get(TODAY).text).items()
        if f"/{need(waiting, 'call').id}/called" in to
    ]
    waiting.send(event("call.received", "NORTH", 50, call_id="T-2", phone="030 901820"))
    late = client.post(address, data={**held, "outcome": "NOT_REACHED"})
    assert late.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not rows_of(waiting, Contact, "id")


def test_nothing_is_kept_without_an_outcome(waiting: World, client: FlaskClient) -> None:
    assert tap(waiting, client, "call").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not rows_of(waiting, Contact, "id")


def test_who_must_not_be_called_is_not_offered_to_be_called(waiting: World, client: FlaskClient) -> None:
    waiting.send(
        event("customer.consent", "NORTH", 50, customer={"id": "C-1"}, channel="PHONE", purpose="MARKETING",
              status="WITHDRAWN"),
    )  # fmt: skip
    page = client.get(TODAY).text
    assert "Do not call: does not want to be called" in words(page)
    assert not [to for to in forms(page) if f"/{need(waiting, 'deferred').id}/called" in to]
    assert [to for to in forms(page) if f"/{need(waiting, 'call').id}/called" in to]


def test_technicians_see_the_number_and_record_nothing(waiting: World, client: FlaskClient) -> None:
    waiting.sign_in(Role.TECHNICIAN)
    page = client.get(TODAY).text
    assert "tel:" in page
    assert not forms(page)


def many(world: World, number: int) -> None:
    for place in range(number):
        world.send(
            event("line.recommended", "NORTH", 10, visit_id="RO-1", line_id=f"M-{place}",
                  service=f"Service {place}", amount="10.00") | {"event_id": f"more-{place}"},
            event("line.deferred", "NORTH", 11, visit_id="RO-1", line_id=f"M-{place}",
                  deferred_until="2026-05-20" if place % 2 else "2026-05-21") | {"event_id": f"off-{place}"},
        )  # fmt: skip


def test_today_says_how_many_there_are_and_leads_to_all_of_them(waiting: World, client: FlaskClient) -> None:
    many(waiting, 60)
    waiting.clock.move(timedelta(days=1))
    page = client.get(TODAY).text
    assert "All follow-ups (62)" in words(page)
    assert words(page).count("Postponed work is due") == 8
    first = client.get(LIST)
    assert words(first.text).count("Missed call") == 1  # that of yesterday, which nobody has answered
    assert words(first.text).count("Postponed work is due") == 49
    assert "Page 1 of 2" in words(first.text)
    assert words(client.get(f"{LIST}?page=2").text).count("Postponed work is due") == 12
    assert words(client.get(f"{LIST}?when=due").text).count("Postponed work is due") == 30
    assert words(client.get(f"{LIST}?when=overdue").text).count("Postponed work is due") == 31


def test_a_tap_in_the_list_leads_back_to_the_list(waiting: World, client: FlaskClient) -> None:
    done = tap(waiting, client, "call", f"{LIST}?when=due", outcome="NOT_REACHED")
    assert done.location.startswith(f"{LIST}?when=due&called=")
    refused = tap(waiting, client, "call", f"{LIST}?when=due")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "<h1>Follow-ups</h1>" in refused.text


def test_ones_own_are_those_of_ones_own_visits(waiting: World, client: FlaskClient) -> None:
    staff = Staff(waiting)
    staff.sign_in("Ana")
    assert "Postponed work is due" not in words(client.get(f"{LIST}?who=mine").text)
    assert "Postponed work is due" in words(client.get(LIST).text)


def test_the_list_asks_as_often_however_long_it_is(waiting: World, client: FlaskClient) -> None:
    asked: list[str] = []
    listen(waiting.runtime.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    client.get(LIST)
    few = len(asked)
    many(waiting, 30)
    asked.clear()
    client.get(LIST)
    assert 0 < len(asked) <= few


def test_undecided_work_of_cars_in_the_house_is_named(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    assert "Undecided Jo Doe, Skoda Octavia 2 lines Reception €290" in words(client.get(TODAY).text)
