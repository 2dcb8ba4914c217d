"""The description of the API: complete, valid in itself, and readable without any network."""

import json
import re
from http import HTTPStatus
from typing import Any

from flask.testing import FlaskClient

from servicelost.intake.catalogue import EVENT_TYPES

API = "/service/api/v1"


def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get(f"{API}/openapi.json")
    assert answer.status_code == HTTPStatus.OK
    assert answer.json is not None
    return dict(answer.json)


def test_every_endpoint_is_described(client: FlaskClient) -> None:
    described = {
        (re.sub(r"{\w+}", "*", path), method)
        for path, item in document(client)["paths"].items()
        for method in item
        if method != "parameters"
    }
    undescribed = {"openapi", "docs", "nothing_here", "static"}
    rules = [
        rule
        for rule in client.application.url_map.iter_rules()
        if rule.endpoint.startswith("servicelost_api.")
        and rule.endpoint.removeprefix("servicelost_api.") not in undescribed
    ]
    offered = {
        (re.sub(r"<[^>]+>", "*", rule.rule), method.lower())
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert offered == described


def test_every_reference_leads_somewhere(client: FlaskClient) -> None:
    found = document(client)
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(found))):
        place: Any = found
        for part in reference.split("/"):
            place = place[part]
        assert place


def test_the_whole_event_catalogue_is_in_it(client: FlaskClient) -> None:
    events = document(client)["components"]["schemas"]["Event"]["oneOf"]
    assert {schema["title"] for schema in events} == set(EVENT_TYPES)


def test_every_operation_says_what_it_does_and_how_it_fails(client: FlaskClient) -> None:
    for path, item in document(client)["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                assert operation["summary"], path
                assert "default" in operation["responses"], path
                assert "503" in operation["responses"], path


def test_an_outage_is_described_with_its_header(client: FlaskClient) -> None:
    found = document(client)
    outage = found["components"]["responses"]["OUTAGE"]
    assert "Retry-After" in outage["headers"]
    assert outage["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
    events = found["paths"]["/service/api/v1/events"]["post"]["responses"]["503"]
    assert events == {"$ref": "#/components/responses/OUTAGE"}
    health = found["paths"]["/service/api/v1/health"]["get"]["responses"]["503"]
    assert health["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Health"}


def test_the_page_needs_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get(f"{API}/docs")
    assert page.status_code == HTTPStatus.OK
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    assert "<script" not in page.text
    assert "style=" not in page.text
    for path in re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text):
        with client.get(path) as asset:
            assert asset.status_code == HTTPStatus.OK
    assert "line.declined" in page.text
