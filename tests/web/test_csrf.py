"""A browser cannot be tricked into changing anything: forms need their token, and tokens are personal."""

import re
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient

from servicelost.kernel.actor import SYSTEM, Role
from servicelost.web.scopes import Scope
from servicelost.workflow.models.lines import Line
from tests.web.conftest import World
from tests.web.test_permissions import proof

DECLINE = "/service/api/v1/lines/{}/decline"


def state_of(world: World, line_id: int) -> str:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        return book.get(Line, line_id).state


@pytest.mark.parametrize("sent", [None, "", "wrong", "n" * 64, "ä"])
def test_a_request_without_the_right_token_changes_nothing(
    world: World, client: FlaskClient, sent: str | None
) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    proof(client)
    line_id = world.line_id("L-1")
    headers = {"If-Match": "*"} | ({} if sent is None else {"X-CSRF-Token": sent.encode().decode("latin-1")})
    answer = client.post(DECLINE.format(line_id), json={}, headers=headers)
    assert (answer.status_code, answer.json and answer.json["code"]) == (HTTPStatus.FORBIDDEN, "CSRF")
    assert state_of(world, line_id) == "QUOTED"


def test_a_token_without_its_cookie_is_worth_nothing(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    token = proof(client)
    client.delete_cookie("servicelost_csrf", path="/service")
    answer = client.post(
        DECLINE.format(world.line_id("L-1")), json={}, headers={"If-Match": "*", "X-CSRF-Token": token}
    )
    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_a_token_of_one_person_is_worth_nothing_to_another(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_ADVISOR, name="ana")
    token = proof(client)
    world.sign_in(Role.SERVICE_ADVISOR, name="boris")
    answer = client.post(
        DECLINE.format(world.line_id("L-1")), json={}, headers={"If-Match": "*", "X-CSRF-Token": token}
    )
    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_a_form_of_ours_works(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    line_id = world.line_id("L-1")
    with world.runtime.unit(SYSTEM, reading=True) as book:
        visit_id = book.get(Line, line_id).visit_id
    page = client.get(f"/service/visits/{visit_id}?decline={line_id}")
    assert page.status_code == HTTPStatus.OK
    found = re.search(r'name="csrf_token" value="([\w-]{86})"', page.text)
    version = re.search(r'name="version" value="(\d+)"', page.text)
    assert found
    assert version
    answer = client.post(
        f"/service/visits/{visit_id}/lines/{line_id}/decline",
        data={"csrf_token": found[1], "version": version[1], "cause": "PRICE_TOO_HIGH"},
    )
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    assert state_of(world, line_id) == "DECLINED"


def test_the_cookie_is_not_for_scripts_and_stays_below_our_prefix(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    line_id = world.line_id("L-1")
    with world.runtime.unit(SYSTEM, reading=True) as book:
        visit_id = book.get(Line, line_id).visit_id
    answer = client.get(f"/service/visits/{visit_id}?decline={line_id}")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/service" in cookie


def test_a_system_with_an_api_token_needs_no_proof(world: World, client: FlaskClient) -> None:
    headers = world.token(Scope.VISITS_WRITE) | {"If-Match": "*"}
    answer = client.post(DECLINE.format(world.line_id("L-1")), json={}, headers=headers)
    assert answer.status_code == HTTPStatus.OK


@pytest.mark.parametrize("secret", ["slt_", "slt_wrong", "slt_" + "x" * 5000, "slt_ä"])
def test_a_wrong_api_token_is_nobody_even_beside_a_session(
    world: World, client: FlaskClient, secret: str
) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    headers = {"Authorization": f"Bearer {secret}".encode().decode("latin-1"), "If-Match": "*"}
    answer = client.post(DECLINE.format(world.line_id("L-1")), json={}, headers=headers)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_looks_different_on_every_page_and_serves_from_each(
    world: World, client: FlaskClient
) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    tokens = {proof(client) for _ in range(3)}
    assert len(tokens) == 3
    for token in tokens:
        headers = {"If-Match": "*", "X-CSRF-Token": token}
        answer = client.post("/service/api/v1/lines/999/decline", json={}, headers=headers)
        assert answer.status_code == HTTPStatus.NOT_FOUND
