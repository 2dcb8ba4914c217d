"""Moving a visit on with work undecided: the one question comes first, and its answer takes the visit on."""

from http import HTTPStatus
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from servicelost.kernel.actor import SYSTEM, Role
from servicelost.opportunities.followup.models import Task
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.workflow.models.visits import Visit
from tests.web.board_desk import BOARD, Staff, take
from tests.web.conftest import World, event
from tests.web.ui_pages import forms, submit, words


def state_of(world: World) -> str:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        return book.get(Visit, world.line("L-1").visit_id).state


def told(world: World, model: Any, *columns: str) -> list[tuple[Any, ...]]:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        query = select(*(getattr(model, name) for name in columns)).order_by(model.id)
        return [tuple(row) for row in book.connection.execute(query)]


def asked(client: FlaskClient, url: str, to: str) -> TestResponse:
    """Move the visit from its page and follow where that leads."""
    moved = submit(client, url, "/move", {"to": to})
    assert moved.status_code == HTTPStatus.SEE_OTHER
    return client.get(moved.location)


def answer(world: World, client: FlaskClient, page: str, **typed: str) -> TestResponse:
    [(address, held)] = [(to, form) for to, form in forms(page).items() if "/finish" in to]
    lines = [world.line(source_id) for source_id in ("L-1", "L-2")]
    return client.post(address, data={**held, "line": [f"{row.id}:{row.version}" for row in lines], **typed})


def test_a_move_within_the_workshop_asks_nothing(world: World, client: FlaskClient, visit_url: str) -> None:
    assert "It is in Quality control now." in words(asked(client, visit_url, "QUALITY_CONTROL").text)
    assert state_of(world) == "QUALITY_CONTROL"


@pytest.mark.parametrize("to", ["DELIVERY", "FOLLOW_UP"])
def test_delivery_brings_the_question_first_and_the_answer_takes_the_car_on(
    world: World, client: FlaskClient, visit_url: str, to: str
) -> None:
    page = asked(client, visit_url, to).text
    assert f"Before the car goes on to {to.replace('_', '-').capitalize()}" in page
    assert "hidden" not in page.split('id="finish-strip"')[1].split(">")[0]
    assert state_of(world) == "RECEPTION"
    done = answer(world, client, page, answer="PRICE")
    assert state_of(world) == to
    assert told(world, LedgerEntry, "kind", "cause", "stage") == [
        ("LOSS", "PRICE_TOO_HIGH", "RECEPTION"),
        ("LOSS", "PRICE_TOO_HIGH", "RECEPTION"),
    ]
    shown = words(client.get(done.location).text)
    assert f"It is in {to.replace('_', '-').capitalize()} now." in shown
    submit(client, done.location, "/undo", {})
    assert [world.line(source_id).state for source_id in ("L-1", "L-2")] == ["QUOTED", "QUOTED"]


def test_still_open_is_an_answer_too(world: World, client: FlaskClient, visit_url: str) -> None:
    done = answer(world, client, asked(client, visit_url, "DELIVERY").text, answer="STILL_OPEN")
    assert (state_of(world), world.line("L-1").state) == ("DELIVERY", "QUOTED")
    assert told(world, Task, "kind") == [("ASK_AGAIN",)]
    assert not told(world, LedgerEntry, "id")
    shown = words(client.get(done.location).text)
    assert "It is in Delivery now." in shown
    assert "It stays open." in shown


def test_closing_the_order_asks_as_well(world: World, client: FlaskClient, visit_url: str) -> None:
    world.send(event("visit.stage_changed", "NORTH", 20, visit_id="RO-1", stage="DELIVERY"))
    page = asked(client, visit_url, "CLOSED").text
    assert "Before the order is closed: why is nothing decided?" in words(page)
    done = answer(world, client, page, answer="TIME")
    assert state_of(world) == "CLOSED"
    assert {cause for (cause,) in told(world, LedgerEntry, "cause")} == {"NO_TIME"}
    assert "The order is closed." in words(client.get(done.location).text)


def test_an_order_is_not_closed_from_the_workshop(world: World, client: FlaskClient, visit_url: str) -> None:
    assert 'value="CLOSED"' not in client.get(visit_url).text
    refused = submit(client, visit_url, "/move", {"to": "CLOSED"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert state_of(world) == "RECEPTION"


def test_an_answer_that_is_refused_moves_nothing_and_asks_again(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    refused = answer(world, client, asked(client, visit_url, "DELIVERY").text, answer="OTHER")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Before the car goes on to Delivery" in refused.text
    assert state_of(world) == "RECEPTION"
    answer(world, client, refused.text, answer="OTHER", note="asks his brother")
    assert state_of(world) == "DELIVERY"


def test_what_was_added_meanwhile_is_asked_about_too(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    page = asked(client, visit_url, "DELIVERY").text
    world.send(
        event("line.recommended", "NORTH", 50, visit_id="RO-1", line_id="L-3", service="Wipers", amount="30")
    )
    refused = answer(world, client, page, answer="PRICE")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (state_of(world), world.line("L-1").state) == ("RECEPTION", "QUOTED")


def test_what_is_decided_is_not_asked_about(world: World, client: FlaskClient, visit_url: str) -> None:
    for source_id in ("L-1", "L-2"):
        submit(client, visit_url, f"{world.line(source_id).id}/approve", {})
    assert "It is in Delivery now." in words(asked(client, visit_url, "DELIVERY").text)


def test_a_colleague_who_moved_it_first_is_respected(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    held = forms(client.get(visit_url).text)[f"{visit_url}/move"]
    world.send(event("visit.stage_changed", "NORTH", 20, visit_id="RO-1", stage="WORK"))
    late = client.post(f"{visit_url}/move", data={**held, "to": "RECEPTION"})
    assert late.status_code == HTTPStatus.CONFLICT
    assert state_of(world) == "WORK"


def test_a_technician_moves_nothing(world: World, client: FlaskClient, visit_url: str) -> None:
    world.sign_in(Role.TECHNICIAN)
    assert not forms(client.get(visit_url).text)


def test_the_board_asks_first_and_leads_back_to_itself(world: World, client: FlaskClient) -> None:
    Staff(world).sign_in("Ana")
    card = take(client, world)
    moved = submit(client, BOARD, f"/cards/{card.id}/move?from=board", {"to": "DELIVERY"})
    assert moved.status_code == HTTPStatus.SEE_OTHER
    page = client.get(moved.location).text
    assert "Before the car goes on to Delivery" in page
    assert f'href="{BOARD}"' in page
    assert state_of(world) == "RECEPTION"
    done = answer(world, client, page, answer="STILL_OPEN")
    assert state_of(world) == "DELIVERY"
    assert "◂ Board" in words(client.get(done.location).text)
