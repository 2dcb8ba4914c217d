"""Running a report in this process: the same row and job function as a worker's, without the queue."""

import json
import time
from collections.abc import Mapping
from typing import Any

from servicelost.analytics.models import ReportRun, RunState
from servicelost.jobs.requests import REPORT_RUN
from servicelost.jobs.worker import run_task
from servicelost.kernel.actor import Actor
from servicelost.kernel.errors import ServiceLostError
from servicelost.runtime import Runtime
from servicelost.web.reporting import start_run
from servicelost.wiring.tasks import TASKS

_LOOK_EVERY = 0.5


class ReportFailed(ServiceLostError):
    """The report could not be computed."""


def run_now(runtime: Runtime, actor: Actor, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The report's document; one computed on unchanged data is given at once.

    Raises ReportFailed, and what a wrong name or parameter raises.
    """
    run = start_run(runtime, actor, name, values, ask=lambda _runtime, _run_id: None)
    if run.state != RunState.DONE:
        run_task(runtime, TASKS, REPORT_RUN, {"run_id": run.id})
    while (run := _look(runtime, actor, run.id)).state not in (RunState.DONE, RunState.FAILED):
        time.sleep(_LOOK_EVERY)  # another process had claimed it first
    if run.state == RunState.FAILED or run.result is None:
        raise ReportFailed("REPORT_FAILED", f"the report {name} could not be computed: {run.error}")
    document: dict[str, Any] = json.loads(run.result)
    return document


def _look(runtime: Runtime, actor: Actor, run_id: int) -> ReportRun:
    with runtime.unit(actor, reading=True) as book:
        return book.get(ReportRun, run_id)
