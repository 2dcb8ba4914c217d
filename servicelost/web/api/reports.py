"""Reports over the API: which there are, asking for one, and its result once a worker has computed it."""

import json
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import request, url_for

from servicelost.analytics.drill import open_drill, read_drill
from servicelost.analytics.models import ReportRun, RunState
from servicelost.analytics.opening import opened
from servicelost.analytics.registry import REPORTS
from servicelost.analytics.runs import visible_run
from servicelost.intake.catalogue.ndjson import read_json
from servicelost.jobs.requests import why_jobs_wait
from servicelost.kernel.errors import FieldProblem, InvalidInput
from servicelost.web.api.blueprint import endpoint
from servicelost.web.api.parsing import JSON, read_body, require_content_type
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.problems import StatusError
from servicelost.web.reporting import codes_of, start_run
from servicelost.web.schemas.reports import (
    ReportSchema,
    RowsQuerySchema,
    RowsSchema,
    RunQuerySchema,
    RunSchema,
)

_PARAMETERS = {
    "type": "object",
    "description": "Parameters by name, as the list of reports says; several values as a list.",
    "additionalProperties": True,
    "examples": [{"from": "2026-01-01", "to": "2026-03-31", "dealership": ["NORTH"], "grain": "month"}],
}


@endpoint("GET", "/reports", Action.READ_REPORTS, tag="reports", answer=ReportSchema(many=True))
def list_reports() -> list[dict[str, Any]]:
    """List the reports there are, with the definition of each number"""
    return [{**asdict(spec), "measures": spec.every_measure()} for spec in REPORTS.values()]


@endpoint(
    "POST",
    "/reports/<name>/runs",
    Action.RUN_REPORTS,
    tag="reports",
    answer=RunSchema,
    status=HTTPStatus.ACCEPTED,
    doc={"requestBody": {"content": {JSON: {"schema": _PARAMETERS}}}},
)
def start_report(name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Ask for a report

    Answers at once; look at the address in Location until the state is DONE. The same question on unchanged
    data gives the run there is already.
    """
    run = start_run(current_runtime(), current_actor(), name, _parameters())
    return _shape(run), {"Location": url_for("servicelost_api.get_run", run_id=run.id)}


@endpoint(
    "GET",
    "/report-runs/<int:run_id>",
    Action.READ_REPORTS,
    tag="reports",
    answer=RunSchema,
    query=RunQuerySchema,
)
def get_run(query: dict[str, Any], run_id: int) -> dict[str, Any]:
    """Show how far a run is, and its result

    Tables come whole unless `rows` limits them; `row_count` says how many rows each has.
    """
    with current_runtime().unit(current_actor(), reading=True) as book:
        run = visible_run(book, run_id)
    return _shape(run, query["rows"])


@endpoint(
    "GET",
    "/report-runs/<int:run_id>/rows",
    Action.READ_REPORTS,
    tag="reports",
    answer=RowsSchema,
    query=RowsQuerySchema,
)
def get_rows(query: dict[str, Any], run_id: int) -> dict[str, Any]:
    """Show the rows behind a number of a report

    Entries of the ledger or lines of visits, as they are now, a page at a time with the sums of all of them.
    """
    with current_runtime().unit(current_actor(), reading=True) as book:
        visible_run(book, run_id)
        drill = read_drill(_drill(query["drill"]), book.actor, codes_of(book))
        return asdict(open_drill(book.connection, drill, offset=query["offset"], limit=query["limit"]))


def _drill(text: str) -> dict[str, Any]:
    value = read_json(text.encode())
    if isinstance(value, dict):
        return value
    expected = "the drill object of a row of the report, as JSON"
    problem = FieldProblem("drill", "is not a JSON object", text[:80], expected)
    raise InvalidInput("BAD_PARAMETER", f"drill is not {expected}", errors=[problem])


def _shape(run: ReportRun, most_rows: int | None = None) -> dict[str, Any]:
    result = opened(json.loads(run.result), most_rows) if run.state == RunState.DONE and run.result else None
    note = why_jobs_wait(current_runtime()) if run.state == RunState.QUEUED else None
    return {**run.__dict__, "result": result, "note": note}


def _parameters() -> dict[str, Any]:
    document = request.get_data()
    if not document:
        return {}
    require_content_type(JSON)
    sent = read_body(document)
    if not isinstance(sent, dict):
        problem = FieldProblem("body", "is not an object", expected="a JSON object with parameters")
        message = "the body is not an object with parameters"
        raise StatusError(HTTPStatus.UNPROCESSABLE_ENTITY, "BAD_PARAMETER", message, errors=[problem])
    return sent
