"""Whatever is sent, the answer is a clear error in one shape and never a failure of ours."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from flask.testing import FlaskClient

from servicelost.web.scopes import Scope
from tests.web.conftest import World

API = "/service/api/v1"
EVENTS = f"{API}/events"
SHAPE = {"code", "status", "message", "errors", "request_id"}


@pytest.fixture
def system(world: World) -> dict[str, str]:
    """The header of a system that may do everything a token may."""
    return world.token(*Scope)


BROKEN: dict[str, tuple[bytes, HTTPStatus]] = {
    "nothing": (b"", HTTPStatus.BAD_REQUEST),
    "half an object": (b'{"cause": ', HTTPStatus.BAD_REQUEST),
    "not UTF-8": (b'{"cause": "\xff\xfe"}', HTTPStatus.BAD_REQUEST),
    "deep": (b"[" * 200_000, HTTPStatus.BAD_REQUEST),
    "a huge number": (b"9" * 10_000, HTTPStatus.BAD_REQUEST),
    "a list": (b"[]", HTTPStatus.UNPROCESSABLE_ENTITY),
    "a text": (b'"x"', HTTPStatus.UNPROCESSABLE_ENTITY),
    "null": (b"null", HTTPStatus.UNPROCESSABLE_ENTITY),
    "an unknown field": (b'{"because": "x"}', HTTPStatus.UNPROCESSABLE_ENTITY),
    "a list for a text": (b'{"cause": ["PRICE_TOO_HIGH"]}', HTTPStatus.UNPROCESSABLE_ENTITY),
    "an unknown cause": (b'{"cause": "PRICE_TO_HIGH"}', HTTPStatus.UNPROCESSABLE_ENTITY),
    "a float for money": (b'{"competitor_price": 89.5}', HTTPStatus.UNPROCESSABLE_ENTITY),
    "negative money": (b'{"competitor_price": "-1"}', HTTPStatus.UNPROCESSABLE_ENTITY),
    "too much money": (b'{"competitor_price": "99999999999999999999"}', HTTPStatus.UNPROCESSABLE_ENTITY),
    "a zero byte": (b'{"note": "a\\u0000b"}', HTTPStatus.UNPROCESSABLE_ENTITY),
    "half a character": (b'{"note": "\\ud800"}', HTTPStatus.UNPROCESSABLE_ENTITY),
    "a long text": (json.dumps({"note": "x" * 100_000}).encode(), HTTPStatus.UNPROCESSABLE_ENTITY),
    "no offset": (b'{"occurred_at": "2026-05-20T08:00:00"}', HTTPStatus.UNPROCESSABLE_ENTITY),
    "an impossible day": (b'{"occurred_at": "2026-02-30T08:00:00Z"}', HTTPStatus.UNPROCESSABLE_ENTITY),
    "the future": (b'{"occurred_at": "2027-05-20T08:00:00Z"}', HTTPStatus.UNPROCESSABLE_ENTITY),
    "the beginning of time": (
        b'{"occurred_at": "0001-01-01T00:00:00+14:00"}',
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
    "OTHER without words": (b'{"cause": "OTHER"}', HTTPStatus.UNPROCESSABLE_ENTITY),
    "NaN": (b'{"competitor_price": NaN}', HTTPStatus.UNPROCESSABLE_ENTITY),
}


@pytest.mark.parametrize(("body", "status"), BROKEN.values(), ids=BROKEN)
def test_a_broken_decision(
    world: World, client: FlaskClient, system: dict[str, str], body: bytes, status: HTTPStatus
) -> None:
    url = f"{API}/lines/{world.line_id('L-1')}/decline"
    headers = {**system, "If-Match": "*", "Content-Type": "application/json"}
    answer = client.post(url, data=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.json is not None
    assert answer.json.keys() == SHAPE
    assert answer.json["status"] == status
    assert len(answer.text) < 3000


@pytest.mark.parametrize("path", ["lines/1", "visits/1", "ledger/1", "report-runs/1"])
@pytest.mark.parametrize("number", ["0", "-1", "abc", str(2**63 - 1), str(2**63), "9" * 4000, "1.5", "%00"])
def test_strange_ids_are_not_found(
    client: FlaskClient, system: dict[str, str], path: str, number: str
) -> None:
    answer = client.get(f"{API}/{path.split('/')[0]}/{number}", headers=system)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.json is not None
    assert answer.json.keys() == SHAPE


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=x",
        "from=2026-02-30",
        "kind=LOST",
        "nope=1",
        "before=-1",
        "dealership=NOWHERE",
        "stage=%00",
    ],
)
def test_strange_filters_of_the_ledger(client: FlaskClient, system: dict[str, str], query: str) -> None:
    answer = client.get(f"{API}/ledger?{query}", headers=system)
    assert answer.status_code in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND}
    assert answer.json is not None
    assert answer.json.keys() == SHAPE


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("nope", {}),
        ("lost-revenue", {"from": "yesterday"}),
        ("lost-revenue", {"from": "2026-03-01", "to": "2026-02-01"}),
        ("lost-revenue", {"colour": "red"}),
        ("lost-revenue", {"dealership": ["NOWHERE"]}),
        ("lost-revenue", {"dealership": {"a": 1}}),
        ("lost-revenue", {"advisor": "9" * 30}),
        ("lost-revenue", {"group_by": ["advisor"]}),
        ("lost-revenue", []),
        ("lost-revenue", "x"),
    ],
)
def test_strange_questions_to_reports(
    client: FlaskClient, system: dict[str, str], name: str, body: Any
) -> None:
    answer = client.post(f"{API}/reports/{name}/runs", json=body, headers=system)
    assert answer.status_code in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND}, answer.text
    assert answer.json is not None
    assert answer.json.keys() == SHAPE


def test_another_content_type_is_named(world: World, client: FlaskClient, system: dict[str, str]) -> None:
    for url in (EVENTS, f"{API}/lines/{world.line_id('L-1')}/decline"):
        answer = client.post(url, data="<xml/>", content_type="text/xml", headers={**system, "If-Match": "*"})
        assert answer.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        assert answer.json is not None
        assert "text/xml" in answer.json["message"]


@pytest.mark.parametrize("content_type", ["application/json", "application/x-ndjson"])
def test_a_body_that_is_too_large_is_not_read(
    client: FlaskClient, system: dict[str, str], content_type: str
) -> None:
    class Endless:
        """A body that must not be asked for more than the limit."""

        def __init__(self) -> None:
            self.given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            assert size >= 0, "somebody wants all of it"
            return b" " * size

        def close(self) -> None:
            """Nothing to close."""

    body = Endless()
    sent = {"wsgi.input": body, "CONTENT_LENGTH": "100000000"}
    answer = client.post(EVENTS, headers=system, content_type=content_type, environ_overrides=sent)
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert answer.json is not None
    assert answer.json.keys() == SHAPE
    assert body.given < 20_000_000


def test_another_method_names_those_that_are_possible(client: FlaskClient, system: dict[str, str]) -> None:
    answer = client.put(f"{API}/events", headers=system)
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert answer.headers["Allow"] == "POST"
    assert answer.json is not None
    assert answer.json.keys() == SHAPE


def test_a_request_id_is_taken_over_only_if_it_is_plain(client: FlaskClient) -> None:
    answer = client.get(f"{API}/nope", headers={"X-Request-ID": "abc-123"})
    assert answer.json is not None
    assert answer.json["request_id"] == answer.headers["X-Request-ID"] == "abc-123"
    answer = client.get(f"{API}/nope", headers={"X-Request-ID": "<script>"})
    assert "<" not in answer.headers["X-Request-ID"]


def test_a_failure_of_ours_is_told_without_its_inside(world: World, client: FlaskClient) -> None:
    headers = world.token(Scope.LEDGER_READ)
    with world.runtime.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE servicelost_ledger_entry RENAME TO elsewhere")
    answer = client.get(f"{API}/ledger", headers=headers)
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert answer.json is not None
    assert answer.json.keys() == SHAPE
    assert "ledger_entry" not in answer.text
    assert "SELECT" not in answer.text
