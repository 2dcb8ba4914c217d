"""Reports over the API: asked for, computed by the job function, and followed to the rows behind a number."""

import json
from decimal import Decimal
from http import HTTPStatus

from flask.testing import FlaskClient

from servicelost.jobs.worker import run_task
from servicelost.kernel.actor import SYSTEM
from servicelost.web import deciding
from servicelost.web.scopes import Scope
from servicelost.wiring import TASKS
from tests.web.conftest import World

API = "/service/api/v1"


def test_from_the_question_to_the_rows(world: World, client: FlaskClient) -> None:
    with world.runtime.unit(SYSTEM) as book:
        deciding.decline(book, world.line_id("L-1"), None, {"cause": "PRICE_TOO_HIGH"})
    headers = world.token(Scope.REPORTS_READ, Scope.REPORTS_RUN, at="NORTH")
    asked = client.post(f"{API}/reports/where-why/runs", json={"from": "2026-05-01"}, headers=headers)
    assert asked.status_code == HTTPStatus.ACCEPTED
    assert asked.json is not None
    assert asked.json["state"] == "QUEUED"
    again = client.post(f"{API}/reports/where-why/runs", json={"from": "2026-05-01"}, headers=headers)
    assert again.json is not None
    assert again.json["id"] == asked.json["id"]

    run_task(world.runtime, TASKS, "report-run", {"run_id": asked.json["id"]})
    done = client.get(asked.headers["Location"], headers=headers)
    assert done.json is not None
    assert (done.json["state"], done.json["error"]) == ("DONE", None)
    row = next(row for section in done.json["result"]["sections"] for row in section["rows"] if row["drill"])
    first = client.get(done.request.path, query_string={"rows": 1}, headers=headers).json
    assert first is not None
    for part, section in zip(first["result"]["sections"], done.json["result"]["sections"], strict=True):
        assert (part["rows"], part["row_count"]) == (section["rows"][:1], len(section["rows"]))
    refused = client.get(done.request.path, query_string={"rows": -1}, headers=headers)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    query = {"drill": json.dumps(row["drill"])}
    rows = client.get(f"{asked.headers['Location']}/rows", query_string=query, headers=headers)
    assert rows.status_code == HTTPStatus.OK, rows.text
    assert rows.json is not None
    assert rows.json["count"] == 1
    assert Decimal(rows.json["rows"][0]["amount"]) == Decimal("240.00")


def test_every_report_says_its_numbers_with_definitions(world: World, client: FlaskClient) -> None:
    listed = client.get(f"{API}/reports", headers=world.token(Scope.REPORTS_READ)).json
    assert listed is not None
    assert {"lost-revenue", "where-why", "causes", "trend", "recommendations"} <= {
        spec["name"] for spec in listed
    }
    assert all(measure["definition"] for spec in listed for measure in spec["measures"])


def test_without_a_queue_server_the_question_waits(world: World, client: FlaskClient) -> None:
    headers = world.token(Scope.REPORTS_RUN)
    asked = client.post(f"{API}/reports/trend/runs", headers=headers)
    assert asked.status_code == HTTPStatus.ACCEPTED


def test_strange_drills_are_refused(world: World, client: FlaskClient) -> None:
    headers = world.token(Scope.REPORTS_READ, Scope.REPORTS_RUN)
    run = client.post(f"{API}/reports/trend/runs", headers=headers).headers["Location"]
    for drill in (
        "",
        "{",
        "[]",
        '{"colour": "red"}',
        '{"target": "people"}',
        '{"from": "soon"}',
        '{"advisor": []}',
    ):
        answer = client.get(f"{run}/rows", query_string={"drill": drill}, headers=headers)
        assert answer.status_code in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.OK}, (drill, answer.text)
