"""Events over HTTP: one or many, each with its own result, taken in once."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from servicelost.web.scopes import Scope
from tests.web.conftest import World, event

EVENTS = "/service/api/v1/events"


@pytest.fixture
def dms(world: World) -> dict[str, str]:
    """The header of a system that sends events."""
    return world.token(Scope.EVENTS_WRITE)


def send_lines(client: FlaskClient, dms: dict[str, str], *lines: str) -> TestResponse:
    return client.post(
        EVENTS, data="\n".join(lines), content_type="application/x-ndjson; charset=utf-8", headers=dms
    )


def declined(number: int = 10, **more: Any) -> dict[str, Any]:
    return event("line.declined", "NORTH", number, visit_id="RO-1", line_id="L-1", **more)


def test_one_event_is_taken_in_once(client: FlaskClient, dms: dict[str, str]) -> None:
    sent = declined(cause="PRICE_TOO_HIGH")
    outcomes = []
    for _ in range(2):
        answer = client.post(EVENTS, json=sent, headers=dms)
        assert answer.status_code == HTTPStatus.OK
        assert answer.json is not None
        outcomes.append(answer.json["results"][0]["outcome"])
    assert outcomes == ["ACCEPTED", "UNCHANGED"]


def test_a_single_rejected_event_is_an_error(client: FlaskClient, dms: dict[str, str]) -> None:
    answer = client.post(EVENTS, json=declined(cause="PRICE_TO_HIGH"), headers=dms)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json is not None
    assert answer.json["errors"][0]["field"] == "data.cause"
    assert "PRICE_TOO_HIGH" in answer.json["errors"][0]["expected"]


def test_one_id_with_two_contents_is_a_conflict(client: FlaskClient, dms: dict[str, str]) -> None:
    client.post(EVENTS, json=declined(cause="PRICE_TOO_HIGH"), headers=dms)
    answer = client.post(EVENTS, json=declined(cause="NO_TIME"), headers=dms)
    assert answer.status_code == HTTPStatus.CONFLICT, answer.text
    assert answer.json is not None
    assert answer.json["code"] == "EVENT_CONFLICT"


def test_of_many_the_good_ones_are_taken_in(client: FlaskClient, dms: dict[str, str]) -> None:
    answer = send_lines(
        client,
        dms,
        json.dumps(declined(cause="PRICE_TOO_HIGH")),
        "",
        "{broken",
        json.dumps(event("line.declined", "NORTH", 11, visit_id="RO-9", line_id="L-9")),
        json.dumps({**declined(12), "colour": "red"}),
        "[]",
    )
    assert answer.status_code == HTTPStatus.OK
    assert answer.json is not None
    told = [(result["line"], result["outcome"]) for result in answer.json["results"]]
    assert told == [(1, "ACCEPTED"), (3, "REJECTED"), (4, "PARKED"), (5, "REJECTED"), (6, "REJECTED")]
    counted = {name: answer.json[name] for name in ("accepted", "unchanged", "parked", "rejected")}
    assert counted == {"accepted": 1, "unchanged": 0, "parked": 1, "rejected": 3}


def test_a_parked_event_acts_when_its_visit_comes(
    world: World, client: FlaskClient, dms: dict[str, str]
) -> None:
    early = event(
        "line.recommended", "NORTH", 20, visit_id="RO-2", line_id="L-3", service="Wipers", amount="32"
    )
    answer = client.post(EVENTS, json=early, headers=dms)
    assert answer.json is not None
    assert answer.json["parked"] == 1
    client.post(EVENTS, json=event("visit.walk_in", "NORTH", 19, visit_id="RO-2"), headers=dms)
    assert world.line_id("L-3")


def test_no_lines_at_all_are_no_error(client: FlaskClient, dms: dict[str, str]) -> None:
    answer = send_lines(client, dms, "")
    assert answer.status_code == HTTPStatus.OK
    assert answer.json is not None
    assert answer.json["results"] == []
