"""Reading visits and deciding about lines over the API."""

from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from servicelost.kernel.actor import SYSTEM
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.web.scopes import Scope
from tests.web.conftest import World

API = "/service/api/v1"


@pytest.fixture
def advisor(world: World) -> dict[str, str]:
    """The header of a system that acts for an advisor at NORTH."""
    return world.token(Scope.VISITS_READ, Scope.VISITS_WRITE, at="NORTH")


def test_a_decline_is_a_loss_in_the_ledger(
    world: World, client: FlaskClient, advisor: dict[str, str]
) -> None:
    line = f"{API}/lines/{world.line_id('L-1')}"
    seen = client.get(line, headers=advisor)
    said = {"cause": "PRICE_TOO_HIGH", "competitor": "Fix It", "competitor_price": "89.00"}
    answer = client.post(f"{line}/decline", json=said, headers={**advisor, "If-Match": seen.headers["ETag"]})
    assert answer.status_code == HTTPStatus.OK, answer.json
    assert answer.json is not None
    assert answer.json["state"] == "DECLINED"
    assert answer.headers["ETag"] != seen.headers["ETag"]
    with world.runtime.unit(SYSTEM, reading=True) as book:
        entry = book.connection.execute(select(LedgerEntry.__table__)).mappings().one()
    assert (entry["kind"], entry["cause"], entry["amount_minor"], entry["competitor_price_minor"]) == (
        "LOSS",
        "PRICE_TOO_HIGH",
        24000,
        8900,
    )
    assert entry["recorded_by"] == "machine"


def test_a_visit_shows_its_lines_and_what_can_be_done(
    world: World, client: FlaskClient, advisor: dict[str, str]
) -> None:
    line = client.get(f"{API}/lines/{world.line_id('L-1')}", headers=advisor).json
    assert line is not None
    visit = client.get(f"{API}/visits/{line['visit_id']}", headers=advisor).json
    assert visit is not None
    assert (visit["dealership"], visit["source_id"], visit["customer"]["name"]) == ("NORTH", "RO-1", "Jo Doe")
    assert [(row["service"], row["amount"]) for row in visit["lines"]] == [
        ("Rear brake pads", "240.00"),
        ("Cabin filter", "49.90"),
    ]
    assert {"AUTHORIZE", "DECLINE", "DEFER"} <= set(visit["lines"][0]["actions"])


def test_who_decides_past_somebody_else_is_told_what_happened(
    world: World, client: FlaskClient, advisor: dict[str, str]
) -> None:
    line = f"{API}/lines/{world.line_id('L-1')}"
    seen = client.get(line, headers=advisor).headers["ETag"]
    client.post(f"{line}/decline", json={"cause": "PRICE_TOO_HIGH"}, headers={**advisor, "If-Match": seen})
    answer = client.post(f"{line}/authorize", json={}, headers={**advisor, "If-Match": seen})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json is not None
    assert answer.json["code"] == "STALE"
    assert "DECLINE by machine" in answer.json["message"]
    told = {problem["field"]: problem.get("value") for problem in answer.json["errors"]}
    assert (told["state"], told["changed_by"]) == ("DECLINED", "machine")
    now = client.get(line, headers=advisor)
    assert answer.json["current"] == now.json, "what the other left, so that one can see it and decide"
    assert answer.headers["ETag"] == now.headers["ETag"] != seen


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (None, HTTPStatus.PRECONDITION_REQUIRED),
        ("", HTTPStatus.PRECONDITION_REQUIRED),
        ("x", HTTPStatus.BAD_REQUEST),
        ('W/"1"', HTTPStatus.BAD_REQUEST),
        ("9" * 50, HTTPStatus.BAD_REQUEST),
        ('"999"', HTTPStatus.CONFLICT),
        ("*", HTTPStatus.OK),
    ],
)
def test_a_decision_needs_the_version_it_was_made_on(
    world: World, client: FlaskClient, advisor: dict[str, str], sent: str | None, status: HTTPStatus
) -> None:
    headers = advisor if sent is None else {**advisor, "If-Match": sent}
    answer = client.post(f"{API}/lines/{world.line_id('L-1')}/decline", json={}, headers=headers)
    assert answer.status_code == status, answer.text


def test_deferring_needs_a_goal_and_keeps_it(
    world: World, client: FlaskClient, advisor: dict[str, str]
) -> None:
    line = f"{API}/lines/{world.line_id('L-2')}/defer"
    headers = {**advisor, "If-Match": "*"}
    refused = client.post(line, json={"cause": "NO_TIME"}, headers=headers)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused.json is not None
    assert refused.json["code"] == "DEFERRAL_NEEDS_GOAL"
    answer = client.post(line, json={"cause": "NO_TIME", "deferred_until": "2026-08-01"}, headers=headers)
    assert answer.json is not None
    assert (answer.json["state"], answer.json["deferred_until"]) == ("DEFERRED", "2026-08-01")


def test_authorising_takes_the_agreed_price(
    world: World, client: FlaskClient, advisor: dict[str, str]
) -> None:
    line = f"{API}/lines/{world.line_id('L-1')}/authorize"
    said = {"amount": "220.50", "method": "VERBAL_PHONE", "authorized_by": "Jo Doe"}
    answer = client.post(line, json=said, headers={**advisor, "If-Match": "*"})
    assert answer.json is not None
    assert (answer.json["state"], answer.json["amount"]) == ("AUTHORIZED", "220.50")


def test_taking_a_loss_back_appends_and_edits_nothing(
    world: World, client: FlaskClient, advisor: dict[str, str]
) -> None:
    client.post(f"{API}/lines/{world.line_id('L-1')}/decline", json={}, headers={**advisor, "If-Match": "*"})
    manager = world.token(Scope.LEDGER_READ, Scope.LEDGER_WRITE, at="NORTH", name="manager")
    listed = client.get(f"{API}/ledger", headers=manager).json
    assert listed is not None
    [loss] = listed["entries"]
    url = f"{API}/ledger/{loss['id']}/reverse"
    for body in (
        {},
        {"reason": "ENTRY_ERROR"},
        {"reason": "ENTRY_ERROR", "note": " "},
        {"reason": "PRICE_TOO_HIGH", "note": "x"},
    ):
        assert client.post(url, json=body, headers=manager).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    done = client.post(url, json={"reason": "ENTRY_ERROR", "note": "wrong car"}, headers=manager)
    assert done.status_code == HTTPStatus.CREATED, done.text
    assert done.json is not None
    assert (done.json["kind"], done.json["loss_id"], done.json["amount"]) == (
        "REVERSAL",
        loss["id"],
        "240.00",
    )
    assert client.get(f"{API}/ledger/{loss['id']}", headers=manager).json == loss
    again = client.post(url, json={"reason": "ENTRY_ERROR", "note": "again"}, headers=manager)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_the_ledger_in_pages(world: World, client: FlaskClient, advisor: dict[str, str]) -> None:
    for name in ("L-1", "L-2"):
        line = f"{API}/lines/{world.line_id(name)}/decline"
        assert client.post(line, json={}, headers={**advisor, "If-Match": "*"}).status_code == HTTPStatus.OK
    manager = world.token(Scope.LEDGER_READ, name="manager")
    seen: list[int] = []
    query: dict[str, int] = {"limit": 1}
    while True:
        page = client.get(f"{API}/ledger", query_string=query, headers=manager).json
        assert page is not None
        seen += [entry["id"] for entry in page["entries"]]
        if page["next"] is None:
            break
        query["before"] = page["next"]
    assert len(seen) == 2
    assert seen == sorted(seen, reverse=True)
