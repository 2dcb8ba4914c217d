"""A report as its page needs it: the newest result there is, and the run that is making a newer one.

Whoever asks is shown something at once where there is something; computing is a worker's business.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from servicelost.analytics.models import ReportRun, RunState
from servicelost.analytics.params import ReportParams
from servicelost.analytics.present import PAGE_ROWS, present
from servicelost.analytics.registry import get_spec
from servicelost.analytics.runs import request_report
from servicelost.analytics.spec import ReportSpec
from servicelost.directory.calendar import local_day
from servicelost.directory.dealerships import list_dealerships
from servicelost.jobs.requests import ask_for_run, why_jobs_wait
from servicelost.kernel.actor import Actor
from servicelost.kernel.book import Book
from servicelost.runtime import Runtime
from servicelost.web.languages import gettext as _
from servicelost.web.reporting import params_of
from servicelost.web.ui.report_words import in_words

_PATIENCE_SECONDS = 15


@dataclass(frozen=True)
class Asked:
    """The answer so far: `document` is ready to be shown, `waiting` the run of a newer one."""

    spec: ReportSpec
    params: ReportParams
    shown: ReportRun | None
    document: dict[str, Any] | None
    waiting: ReportRun | None

    @property
    def as_of(self) -> datetime | None:
        """The moment of the data shown."""
        return None if self.document is None else datetime.fromisoformat(self.document["as_of"])


def ask_report(runtime: Runtime, actor: Actor, name: str, values: Mapping[str, Any]) -> Asked:
    """Ask for the report; raises NotFound, InvalidInput or Forbidden as its parameters are wrong."""
    spec = get_spec(name)

    def ask(book: Book) -> Asked:
        params = params_of(book, spec, values)
        run = request_report(book, spec, params, enqueue=lambda run_id: ask_for_run(runtime, run_id))
        newest = run if run.state == RunState.DONE else _newest(book, run.digest)
        stored = None if newest is None else newest.result
        return Asked(
            spec,
            params,
            newest,
            None if stored is None else _shown(book, params, json.loads(stored)),
            None if run.state == RunState.DONE else run,
        )

    return runtime.repeated(actor, ask)


def _shown(book: Book, params: ReportParams, document: Mapping[str, Any]) -> dict[str, Any]:
    """The result in words; its data reach to the day of the dealership that is furthest behind."""
    chosen, at = params.selection.dealerships, datetime.fromisoformat(document["as_of"])
    days = [local_day(row, at) for row in list_dealerships(book) if chosen is None or row.id in chosen]
    presented = present(document, book.connection, most_rows=PAGE_ROWS)
    return in_words(presented, min(days, default=at.date()))


def progress_of(runtime: Runtime, run: ReportRun, now: datetime) -> dict[str, Any]:
    """How far the run is, for a page that asks after it."""
    return {
        "done": run.state == RunState.DONE,
        "failed": run.state == RunState.FAILED,
        "hint": progress_hint(runtime, run, now),
    }


def progress_hint(runtime: Runtime, run: ReportRun, now: datetime) -> str:
    """How far the run is, in words."""
    if run.state == RunState.FAILED:
        return _("It could not be computed: %(error)s", error=run.error)
    waited = round((now - run.requested_at).total_seconds())
    if run.state == RunState.RUNNING:
        return _("Computing, %(seconds)s s so far.", seconds=waited)
    if why := why_jobs_wait(runtime):
        return _(why)
    if waited < _PATIENCE_SECONDS:
        return _("Waiting for a worker.")
    return _("No worker has taken it for %(seconds)s s. Is one running (servicelost worker)?", seconds=waited)


def _newest(book: Book, digest: str) -> ReportRun | None:
    done = select(ReportRun.id).where(ReportRun.digest == digest, ReportRun.state == RunState.DONE)
    found = book.connection.scalar(done.order_by(ReportRun.id.desc()).limit(1))
    return None if found is None else book.get(ReportRun, found)
