"""Every operation of the API, called as its description allows and as it forbids, by a token and by nobody.

Whatever is sent: no failure of ours, and no status, content type or body that the description does not name.
"""

import json
from http import HTTPStatus
from itertools import islice
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import CheckContext, not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.hostile.conftest import Target
from tests.hostile.length import LONG

API = "/service/api/v1"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS = (
    "GET /health", "POST /events", "POST /search", "GET /visits/{visit_id}", "GET /lines/{line_id}",
    "POST /lines/{line_id}/decline", "POST /lines/{line_id}/defer", "POST /lines/{line_id}/authorize",
    "GET /ledger", "GET /ledger/{entry_id}", "POST /ledger/{entry_id}/reverse", "GET /reports",
    "POST /reports/{name}/runs", "GET /report-runs/{run_id}", "GET /report-runs/{run_id}/rows",
)  # fmt: skip
MODES = list(GenerationMode)
GENERATION = GenerationConfig(modes=MODES, deterministic=not LONG)
PROFILE = settings(
    max_examples=500 if LONG else 12,
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("application/x-ndjson")
def a_line(_: Any, value: Any) -> bytes:
    """Whatever was made up, as the one line of a body of lines."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


@pytest.fixture(scope="session")
def operations(target: Target) -> dict[str, APIOperation]:
    projects = ProjectsConfig(default=ProjectConfig(generation=GENERATION))
    schema = schemathesis.openapi.from_wsgi(
        f"{API}/openapi.json", target.app, config=SchemathesisConfig(projects=projects)
    )
    found = [result.ok() for result in schema.get_all_operations()]
    return {f"{one.method.upper()} {one.path.removeprefix(API)}": one for one in found}


def test_no_operation_is_forgotten(operations: dict[str, APIOperation]) -> None:
    assert set(operations) == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_made_up_calls(operations: dict[str, APIOperation], target: Target, name: str) -> None:
    for mode in MODES:

        @PROFILE
        @given(case=operations[name].as_strategy(generation_mode=mode))
        def call(case: Case) -> None:
            aim(case, target)
            check(case, target)

        call()


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_corners_of_the_description(
    operations: dict[str, APIOperation], target: Target, name: str
) -> None:
    cases = operations[name].schema.iter_coverage_cases(
        operations[name], generation_modes=MODES, generation_config=GENERATION
    )
    for case in islice(cases, None if LONG else 60):
        check(case, target)


def check(case: Case, target: Target) -> None:
    """Call with every scope and, without, as nobody."""
    for headers in (target.token, None):
        case.call_and_validate(headers=headers, checks=CHECKS, additional_checks=[documented])


def documented(_: CheckContext, response: Response, case: Case) -> None:
    """The status itself is described, not only `default`."""
    if case.method.upper() != case.operation.method.upper():  # described nowhere; OPTIONS is Flask's own
        allowed = (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_FOUND)
        assert case.method == "OPTIONS" or response.status_code in allowed
        return
    described = case.operation.definition.raw["responses"]
    assert str(response.status_code) in described, f"{response.status_code} is described nowhere"


def aim(case: Case, target: Target) -> None:
    """Let about half of the calls meet rows there are; made-up ids would only ever find nothing."""
    for name, value in (case.path_parameters or {}).items():
        ids = target.ids.get(name)
        if ids and isinstance(value, int) and value % 2:
            case.path_parameters[name] = ids[value % len(ids)]
    if isinstance(case.body, dict) and "event_id" in case.body:
        case.body["dealership"] = target.dealership
