"""What the job behind a report run does: claim, bring the lake up to date, compute, store.

Imported by the composition root, so the engine is loaded only when a run is computed. How the job
is queued, timed and repeated is the queue's business.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from sqlalchemy import select

from servicelost.analytics.params import ReportParams, stored_params
from servicelost.analytics.registry import get_spec, load_compute
from servicelost.analytics.runs import LEASE, claim_run, fail_run, finish_run
from servicelost.analytics.spec import ReportSpec
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.errors import InvalidInput, NotFound
from servicelost.kernel.outages import outage_of
from servicelost.kernel.uow import UnitOfWork, repeated

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 180.0


class Facts(Protocol):
    """The lake, brought up to date and open for reading."""

    @property
    def as_of(self) -> datetime:
        """The moment of the database that it shows."""
        ...

    @property
    def state(self) -> str:
        """The id of the data; equal for equal data only."""
        ...

    def table(self, name: str) -> Any:
        """The fact of this name as an Ibis table."""
        ...


def execute_run(
    unit: Callable[[], UnitOfWork], fresh_lake: Callable[[], Facts], run_id: int, *, lease: timedelta = LEASE
) -> bool:
    """Compute the run and store its result; False if there was nothing to do or another was faster.

    `fresh_lake` brings the lake up to date and opens it. May be called any number of times, also at
    once. An error is noted in the run and raised again.
    """
    claim = repeated(unit, lambda book: claim_run(book, run_id, lease))
    if claim is None:
        return False
    log.info("computing report %s, run %s", claim.report, claim.run_id)
    try:
        spec = get_spec(claim.report)
        facts = fresh_lake()
        document = compute_now(unit, facts, spec, stored_params(spec, claim.params))
    except Exception as error:
        final = isinstance(error, InvalidInput | NotFound)  # asking again would give the same answer
        _insisting(unit, partial(fail_run, claim=claim, error=error, final=final))
        raise
    return _insisting(unit, lambda book: finish_run(book, claim, document, facts.state))


def _insisting(unit: Callable[[], UnitOfWork], work: Callable[[Book], bool]) -> bool:
    """Write how the run ended, also when the database is away for a while: else it would seem to go on."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return repeated(unit, work)
        except Exception as error:
            if (outage := outage_of(error)) is None or time.monotonic() > until:
                raise
            log.warning("the end of a report run waits to be noted: %s", outage)
            time.sleep(outage.retry_after)


def compute_now(
    unit: Callable[[], UnitOfWork], facts: Facts, spec: ReportSpec, params: ReportParams
) -> dict[str, Any]:
    """The report's document from this state of the lake, without any run."""
    with unit() as book:
        rows = book.connection.execute(select(Dealership.id, Dealership.currency, Dealership.timezone))
        dealerships = {row.id: (row.currency, row.timezone) for row in rows}
        now = book.now
    return load_compute()(spec, params, facts, dealerships, now)
