"""Asking for reports on behalf of a page or an API call; computing is a worker's business.

Nothing here may load an engine that computes: this runs in the web process.
"""

from collections.abc import Callable, Mapping
from typing import Any

from servicelost.analytics.models import ReportRun
from servicelost.analytics.params import ReportParams, read_params
from servicelost.analytics.registry import get_spec
from servicelost.analytics.runs import request_report
from servicelost.analytics.spec import ReportSpec
from servicelost.directory.dealerships import list_dealerships
from servicelost.jobs.requests import ask_for_run
from servicelost.kernel.actor import Actor
from servicelost.kernel.book import Book
from servicelost.runtime import Runtime


def start_run(
    runtime: Runtime,
    actor: Actor,
    name: str,
    values: Mapping[str, Any],
    *,
    ask: Callable[[Runtime, int], object] = ask_for_run,
) -> ReportRun:
    """The run that answers this question: one that is there already, or a new one, which `ask` hands on.

    Raises NotFound for an unknown report, InvalidInput or Forbidden for its parameters.
    """
    spec = get_spec(name)

    def enqueue(run_id: int) -> None:
        ask(runtime, run_id)

    def request(book: Book) -> ReportRun:
        params = params_of(book, spec, values)
        return request_report(book, spec, params, enqueue=enqueue)

    return runtime.repeated(actor, request)


def params_of(book: Book, spec: ReportSpec, values: Mapping[str, Any]) -> ReportParams:
    """The parameters that these texts describe, never wider than what the book's actor sees."""
    return read_params(spec, values, book.actor, codes_of(book))


def codes_of(book: Book) -> dict[str, int]:
    """The dealerships in the actor's sight: their ids by code."""
    return {dealership.code: dealership.id for dealership in list_dealerships(book)}
