"""Searching over the API: the same as on the page, for who may read visits, and nothing of elsewhere."""

from http import HTTPStatus
from typing import Any

import pytest
from flask.testing import FlaskClient

from servicelost.web.scopes import Scope
from tests.web.conftest import World, event

SEARCH = "/service/api/v1/search"


def found(client: FlaskClient, headers: dict[str, str], text: str) -> dict[str, Any]:
    answer = client.post(SEARCH, json={"text": text}, headers=headers)
    assert answer.status_code == HTTPStatus.OK, answer.json
    assert answer.json is not None
    return dict(answer.json)


@pytest.fixture
def north(world: World) -> dict[str, str]:
    """The header of a system that reads visits at NORTH."""
    return world.token(Scope.VISITS_READ, at="NORTH")


def test_a_customer_with_car_visit_and_what_can_still_be_sold(
    world: World, client: FlaskClient, north: dict[str, str]
) -> None:
    world.send(event("line.declined", "NORTH", 5, visit_id="RO-1", line_id="L-1", cause="PRICE_TOO_HIGH"))
    told = found(client, north, "jo do")
    [person] = told["people"]
    assert (person["dealership"], person["customer"]["name"], person["vehicle"]["model"]) == (
        "NORTH", "Jo Doe", "Octavia",
    )  # fmt: skip
    assert person["open_work"] == {"lines": 1, "amount": "240.00", "currency": "EUR"}
    assert (told["visits"], told["appointments"], told["more"]) == ([], [], [])
    line = client.get(f"/service/api/v1/lines/{world.line_id('L-1')}", headers=north).json
    assert line is not None
    assert person["newest_visit_id"] == line["visit_id"]


def test_an_order_by_its_number(client: FlaskClient, north: dict[str, str]) -> None:
    [visit] = found(client, north, "RO-1")["visits"]
    assert (visit["source_id"], visit["customer"]["name"], visit["state"]) == ("RO-1", "Jo Doe", "RECEPTION")


def test_only_what_the_token_sees(world: World, client: FlaskClient) -> None:
    for at, seen in (("NORTH", ["NORTH"]), ("SOUTH", ["SOUTH"]), (None, ["NORTH", "SOUTH"])):
        told = found(client, world.token(Scope.VISITS_READ, at=at, name=f"at {at}"), "doe")
        assert sorted(person["dealership"] for person in told["people"]) == seen


def test_other_scopes_do_not_search(world: World, client: FlaskClient) -> None:
    answer = client.post(SEARCH, json={"text": "doe"}, headers=world.token(Scope.LEDGER_READ))
    assert answer.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("body", [{}, {"text": "x" * 61}, {"text": 7}, {"text": "a\u0000b"}, {"q": "doe"}])
def test_what_is_no_text_is_refused(client: FlaskClient, north: dict[str, str], body: dict[str, Any]) -> None:
    assert client.post(SEARCH, json=body, headers=north).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_too_little_finds_nothing(client: FlaskClient, north: dict[str, str]) -> None:
    assert found(client, north, "-") == {"people": [], "visits": [], "appointments": [], "more": []}
