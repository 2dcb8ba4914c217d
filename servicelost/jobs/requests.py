"""Asking for a report run to be computed, the same way from pages, API, command line and housekeeping.

The run's row is the truth: without a queue server nothing is lost, the next `recover-runs` asks again.
"""

import logging

from servicelost.kernel.errors import Unavailable
from servicelost.runtime import Runtime

log = logging.getLogger(__name__)

REPORT_RUN = "report-run"


def ask_for_run(runtime: Runtime, run_id: int) -> None:
    """Let a worker compute the run; several requests for one run are one job."""
    try:
        runtime.queue.enqueue(REPORT_RUN, {"run_id": run_id}, job_id=f"{REPORT_RUN}-{run_id}")
    except Unavailable as error:
        log.warning("report run %d waits: %s", run_id, error)


def why_jobs_wait(runtime: Runtime) -> str | None:
    """A sentence for people when nothing can be put into the queue at the moment; None when it works."""
    try:
        runtime.queue.check()
    except Unavailable as error:
        return f"Reports wait, because {error.message}; they follow when that is over, and nothing is lost."
    return None
