"""The search: one field for everything, found by kind and in order, kept out of addresses and of sight."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.event import listen
from werkzeug.test import TestResponse

from servicelost.kernel.actor import Role
from servicelost.web.ui.kept_search import COOKIE
from tests.web.conftest import NOW, World, event
from tests.web.ui_pages import forms_of_frame, words

SEARCH = "/service/search"


def visit(world: World, number: int, *, at: str = "NORTH", **people: Any) -> None:
    """A car came in, the earlier the lower the number."""
    phone = f"030 90182{number % 10}"
    told = {
        "customer": {"id": f"C-2{number}", "name": f"Anna Jansen {number}", "phone": phone},
        "vehicle": {"id": f"V-2{number}", "make": "VW", "model": "Golf", "plate": f"B-KX {number}"},
    }  # fmt: skip
    world.send(event("visit.walk_in", at, -1000 + number, visit_id=f"RO-2{number}", **{**told, **people}))


def ask(client: FlaskClient, text: str, **more: Any) -> TestResponse:
    """Type the text into the field of a page and send it."""
    held = forms_of_frame(client.get("/service/visits").text)[SEARCH]
    return client.post(SEARCH, data={**held, "text": text}, **more)


def found(client: FlaskClient, text: str) -> str:
    """The words of the page of what was found."""
    answer = ask(client, text, follow_redirects=True)
    assert answer.status_code == HTTPStatus.OK
    return words(answer.text[answer.text.index("<main") :])


@pytest.fixture
def desk(world: World) -> World:
    """Two more customers at NORTH, one at SOUTH, seen by an advisor at NORTH."""
    visit(world, 1)
    visit(world, 2)
    visit(world, 3, at="SOUTH")
    world.sign_in(Role.SERVICE_ADVISOR)
    return world


@pytest.mark.parametrize("text", ["jansen 2", "ÁNNA 2", "b-kx 2", "bkx2", "030 901822", "901822", "Jansen"])
def test_a_customer_is_found_by_whatever_is_known(desk: World, client: FlaskClient, text: str) -> None:
    assert "Anna Jansen 2 , VW Golf" in found(client, text)


def test_a_name_leads_to_the_newest_visit_and_says_what_can_still_be_sold(
    desk: World, client: FlaskClient
) -> None:
    desk.send(event("line.declined", "NORTH", 5, visit_id="RO-1", line_id="L-1", cause="PRICE_TOO_HIGH"),
              event("line.deferred", "NORTH", 6, visit_id="RO-1", line_id="L-2",
                    deferred_until="2026-12-01"))  # fmt: skip
    page = ask(client, "doe", follow_redirects=True).text
    assert "Jo Doe , Skoda Octavia" in words(page)
    assert "2 open jobs €290" in words(page)
    visit_id = desk.line_id("L-1") and page.partition('href="/service/visits/')[2].partition('"')[0]
    assert "Jo Doe" in client.get(f"/service/visits/{visit_id}").text


def test_who_fits_exactly_comes_first_then_who_was_here_last(desk: World, client: FlaskClient) -> None:
    for number, name in ((10, "Jansens"), (4, "Bert Jansen")):
        visit(desk, number, customer={"id": f"C-2{number}", "name": name})
    text = found(client, "jansen")
    places = [text.index(name) for name in ("Bert Jansen", "Anna Jansen 2", "Anna Jansen 1", "Jansens")]
    assert places == sorted(places)


def test_an_order_number_leads_straight_to_its_visit(desk: World, client: FlaskClient) -> None:
    desk.send(event("appointment.booked", "NORTH", 7, appointment_id="A21", customer={"id": "C-1"},
                    scheduled_at=NOW.isoformat()))  # fmt: skip
    assert "Appointments 1 A21" in found(client, "a21")
    for text in ("ro-21", "21"):
        answer = ask(client, text)
        assert answer.status_code == HTTPStatus.SEE_OTHER
        assert answer.location is not None
        assert "RO-21" in client.get(answer.location).text
    assert "Visits 2" in found(client, "RO-2"), "of several one has to choose"


def test_an_appointment_leads_to_its_day(desk: World, client: FlaskClient) -> None:
    at = (NOW + timedelta(days=2)).isoformat()
    desk.send(event("appointment.booked", "NORTH", 7, appointment_id="TERMIN-7", scheduled_at=at,
                    customer={"id": "C-1"}))  # fmt: skip
    page = ask(client, "termin7", follow_redirects=True).text
    assert "Appointments 1 TERMIN-7 Jo Doe" in words(page)
    assert f'href="/service/today?day=2026-05-22&amp;at={desk.ids["NORTH"]}#a-' in page


def test_a_foreign_dealership_is_never_seen(desk: World, client: FlaskClient) -> None:
    for text in ("Jansen 3", "b-kx 3", "RO-23", "901823"):
        assert f"Nothing here fits “{text}”." in found(client, text)
    desk.sign_in(Role.SERVICE_ADVISOR, at="SOUTH")
    assert "Anna Jansen 3" in found(client, "jansen")
    assert "Anna Jansen 1" not in found(client, "jansen")


def test_what_was_typed_is_in_no_address_and_is_there_again_on_the_way_back(
    desk: World, client: FlaskClient
) -> None:
    answer = ask(client, "jansen")
    assert (answer.status_code, answer.location) == (HTTPStatus.SEE_OTHER, SEARCH)
    for _ in range(2):
        assert "Anna Jansen 1" in client.get(SEARCH).text
    cookie = client.get_cookie(COOKIE, path=SEARCH)
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Strict"
    assert cookie.max_age is None


def test_nobody_else_is_shown_what_somebody_searched_for(desk: World, client: FlaskClient) -> None:
    ask(client, "jansen")
    desk.sign_in(Role.SERVICE_ADVISOR, name="ben")
    page = client.get(SEARCH).text
    assert "Jansen" not in page
    assert "jansen" not in page.replace("jansen, or anna jan", "")
    desk.sign_in(Role.SERVICE_ADVISOR)
    client.set_cookie(COOKIE, "bm9ib2R5.forged", path=SEARCH)
    assert "nobody" not in client.get(SEARCH).text


def test_an_empty_search_says_what_can_be_searched_for(desk: World, client: FlaskClient) -> None:
    assert "Type what you know" in words(client.get(SEARCH).text)
    assert "Type at least two letters or digits." in found(client, "x")
    ask(client, "jansen")
    assert "Type what you know" in found(client, " ")
    assert "Nothing here fits “zzz”." in found(client, "zzz")


def test_what_cannot_be_searched_for_is_refused_in_words(desk: World, client: FlaskClient) -> None:
    answer = ask(client, "x" * 61)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "at most 60" in words(answer.text)
    assert client.post(SEARCH, data={"text": "jansen"}).status_code == HTTPStatus.FORBIDDEN


def test_twenty_are_shown_and_the_rest_is_said(desk: World, client: FlaskClient) -> None:
    for number in range(10, 31):
        visit(desk, number)
    text = found(client, "jansen")
    assert "Customers and cars 23" in text
    assert text.count("Anna Jansen") == 20
    assert "Only 20 are shown." in text


def test_the_search_asks_as_often_however_many_are_found(desk: World, client: FlaskClient) -> None:
    for number in range(10, 29):
        visit(desk, number)
    asked: list[str] = []
    ask(client, "jansen")
    listen(desk.runtime.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    client.get(SEARCH)
    few = len(asked)
    for number in range(30, 60):
        visit(desk, number)
    asked.clear()
    assert "Customers and cars 51" in words(client.get(SEARCH).text)
    assert 0 < len(asked) <= few
