"""The board: taking and moving cards by plain forms, losing, handing on, adding them, and being refused."""

import re
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient

from servicelost.kernel.actor import SYSTEM, Role
from servicelost.opportunities.ledger.models import LedgerEntry
from tests.web.board_desk import BOARD, Staff, card_of, column_of, take
from tests.web.conftest import World
from tests.web.ui_pages import forms, submit, words


@pytest.fixture
def staff(world: World) -> Staff:
    made = Staff(world)
    made.sign_in("Ana")
    return made


def test_the_board_shows_each_card_in_its_column_with_count_and_money(
    world: World, client: FlaskClient, staff: Staff
) -> None:
    page = client.get(BOARD)
    assert page.status_code == HTTPStatus.OK
    assert "Unsorted 2 cards · €290" in words(page.text)
    assert column_of(page.text, card_of(world).id) == "UNSORTED"
    shown = words(page.text)
    assert "Jo Doe €240 Skoda Octavia · Rear brake pads" in shown
    assert "● Red" in shown


def test_taking_a_card_makes_it_ones_own_in_the_column_of_its_visit(
    world: World, client: FlaskClient, staff: Staff
) -> None:
    card = take(client, world)
    assert (card.owner_id, card.board_column) == (staff.ids["Ana"], "RECEPTION")
    page = client.get(BOARD).text
    assert column_of(page, card.id) == "RECEPTION"
    assert "Unsorted 1 card · €50" in words(page)


def test_who_takes_second_is_told_who_has_it(world: World, client: FlaskClient, staff: Staff) -> None:
    seen = forms(client.get(BOARD).text)
    take(client, world)
    staff.sign_in("Ben")
    action = f"{BOARD}/cards/{card_of(world).id}/take?from=board"
    other = next(iter(forms(client.get(BOARD).text).values()))
    answer = client.post(action, data=seen[action] | {"csrf_token": other["csrf_token"]})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Ana Smit has this card already" in answer.text
    assert card_of(world).owner_id == staff.ids["Ana"]


def test_an_advisor_sees_her_own_cards_and_a_manager_all(
    world: World, client: FlaskClient, staff: Staff
) -> None:
    card = take(client, world)
    staff.sign_in("Ben")
    assert column_of(client.get(BOARD).text, card.id) is None
    staff.sign_in("Mia", Role.SERVICE_MANAGER)
    assert column_of(client.get(BOARD).text, card.id) == "RECEPTION"
    assert column_of(client.get(f"{BOARD}?owner={staff.ids['Ben']}").text, card.id) is None


def test_a_technician_and_another_dealership_see_nothing(
    world: World, client: FlaskClient, staff: Staff
) -> None:
    world.sign_in(Role.TECHNICIAN)
    assert client.get(BOARD).status_code == HTTPStatus.FORBIDDEN
    world.sign_in(Role.SERVICE_MANAGER, at="SOUTH")
    card_id = card_of(world).id
    assert column_of(client.get(BOARD).text, card_id) is None
    assert client.get(f"{BOARD}/cards/{card_id}").status_code == HTTPStatus.NOT_FOUND
    asked = f"{BOARD}?dealership={world.ids['NORTH']}"
    assert client.get(asked).status_code == HTTPStatus.NOT_FOUND


def test_moving_a_card_moves_its_visit_with_all_cards_on_it(
    world: World, client: FlaskClient, staff: Staff
) -> None:
    card, other = take(client, world), take(client, world, "L-2")
    answer = submit(client, BOARD, f"/cards/{card.id}/move?from=board", {"to": "WORK"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert {card_of(world, line).board_column for line in ("L-1", "L-2")} == {"WORK"}
    page = client.get(answer.location).text
    assert column_of(page, other.id) == "WORK"
    assert "The card of Ana Smit is in Work now." in page


def test_only_legal_columns_are_offered_and_others_are_refused_with_the_reason(
    world: World, client: FlaskClient, staff: Staff
) -> None:
    card = take(client, world)
    offered = re.findall(r'<option value="(\w+)">', client.get(f"{BOARD}/columns/RECEPTION").text)
    assert offered == ["WORK", "QUALITY_CONTROL", "DELIVERY", "FOLLOW_UP", "hand", "lose"]
    submit(client, BOARD, f"/cards/{card.id}/move?from=board", {"to": "QUALITY_CONTROL"})
    answer = submit(client, BOARD, f"/cards/{card.id}/move?from=board", {"to": "RECEPTION"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (
        "From Quality control the car cannot go there; it can go to: Delivery, Follow-up, Work" in answer.text
    )
    nowhere = submit(client, BOARD, f"/cards/{card.id}/move?from=board", {"to": "UNSORTED"})
    assert "no card can be moved there by hand" in nowhere.text


def test_a_stale_move_says_where_the_card_is_now(world: World, client: FlaskClient, staff: Staff) -> None:
    card = take(client, world)
    page = client.get(BOARD).text
    submit(client, BOARD, f"/cards/{card.id}/move?from=board", {"to": "WORK"})
    action = f"{BOARD}/cards/{card.id}/move?from=board"
    answer = client.post(action, data=forms(page)[action] | {"to": "DELIVERY"})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Somebody changed this card meanwhile: it is in Work now" in answer.text
    assert card_of(world).board_column == "WORK"


def test_losing_a_card_asks_where_and_why(world: World, client: FlaskClient, staff: Staff) -> None:
    card = take(client, world)
    asks = submit(client, BOARD, f"/cards/{card.id}/move?from=board", {"to": "lose"})
    page = client.get(asks.location).text
    assert "Where?" in page
    assert "Why?" in page
    typed = {"cause": "PRICE_TOO_HIGH", "competitor": "Fast Fit", "stage": "RECEPTION"}
    answer = submit(client, asks.location, f"/cards/{card.id}/lose?from=board", typed)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    with world.runtime.unit(SYSTEM, reading=True) as book:
        loss = book.get(LedgerEntry, card_of(world).loss_id or 0)
    assert (loss.stage, loss.cause, loss.amount_minor) == ("RECEPTION", "PRICE_TOO_HIGH", 24_000)
    assert answer.location.startswith(BOARD), "back to the board one came from"
    back = submit(client, answer.location, f"/cards/{card.id}/undo?from=board", {})
    assert back.status_code == HTTPStatus.SEE_OTHER
    assert card_of(world).state == "OPEN"


def test_what_is_refused_comes_back_with_what_was_typed(
    world: World, client: FlaskClient, staff: Staff
) -> None:
    card = take(client, world)
    page = f"{BOARD}/cards/{card.id}?open=lose"
    typed = {"cause": "OTHER", "competitor": "Fast Fit", "competitor_price": "cheap"}
    answer = submit(client, page, f"/cards/{card.id}/lose", typed)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    held = forms(answer.text)[f"{BOARD}/cards/{card.id}/lose"]
    assert typed.items() <= held.items()


def test_handing_on_is_for_the_owner_and_managers(world: World, client: FlaskClient, staff: Staff) -> None:
    card = take(client, world)
    page = f"{BOARD}/cards/{card.id}"
    submit(client, page, "/hand", {"employee": str(staff.ids["Ben"])})
    assert card_of(world).board_owner_id == staff.ids["Ben"]
    assert not [action for action in forms(client.get(page).text) if action.endswith("/hand")]
    with_token = next(iter(forms(client.get(page).text).values()))
    refused = client.post(
        f"{page}/hand", data=with_token | {"employee": str(staff.ids["Ana"]), "version": ""}
    )
    assert refused.status_code == HTTPStatus.FORBIDDEN
    staff.sign_in("Mia", Role.SERVICE_MANAGER)
    submit(client, page, "/hand", {"employee": str(staff.ids["Ana"])})
    assert card_of(world).board_owner_id == staff.ids["Ana"]


def test_a_card_made_by_hand(world: World, client: FlaskClient, staff: Staff) -> None:
    typed = {"phone": "030 1234567", "service": "Tyre change", "amount": "89.00", "note": "calls back"}
    address = f"/board/new?dealership={world.ids['NORTH']}"
    nobody = submit(client, f"{BOARD}/new", address, {"service": "Tyre change"})
    assert nobody.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "say who it is" in nobody.text
    assert 'value="Tyre change"' in nobody.text
    made = submit(client, f"{BOARD}/new", address, typed | {"mine": "true"})
    page = client.get(made.location).text
    assert "Tyre change" in page
    assert "calls back" in page
    again = submit(client, f"{BOARD}/new", address, typed)
    assert again.location == made.location, "the same work for the same number is one card"
    assert "Follow-up 1 card · €89" in words(client.get(BOARD).text)


def test_a_card_without_a_visit_is_lost_by_who_was_reached(
    world: World, client: FlaskClient, staff: Staff
) -> None:
    address = f"/board/new?dealership={world.ids['NORTH']}"
    made = submit(client, f"{BOARD}/new", address, {"customer": "Kim", "service": "Tyres", "mine": "true"})
    typed = {"event": "LEAD_REJECTED", "cause": "PRICE_TOO_HIGH"}
    assert submit(client, f"{made.location}?open=lose", "/lose", typed).status_code == HTTPStatus.SEE_OTHER
    shown = words(client.get(made.location).text)
    assert "Lost" in shown
    assert "Declined" in shown
