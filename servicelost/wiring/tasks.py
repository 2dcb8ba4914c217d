"""Which job name is which task, and which tasks are asked for again and again.

A name is a promise to jobs that wait in a queue: it is not changed lightly. Tasks are imported when they are
run, since some of them load the engine that computes.
"""

import atexit
import gc
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any

from servicelost.analytics.registry import REPORTS, load_compute, load_function
from servicelost.jobs.requests import REPORT_RUN
from servicelost.jobs.slots import PeriodicJob
from servicelost.wiring.later import later

TASKS: Mapping[str, Callable[..., Any]] = {
    REPORT_RUN: later("servicelost.wiring.computing:run_report"),
    "lake-refresh": later("servicelost.wiring.computing:refresh_lake"),
    "recover-runs": later("servicelost.wiring.housekeeping:recover_runs"),
    "mark-no-shows": later("servicelost.wiring.housekeeping:mark_no_shows"),
    "expire-quotes": later("servicelost.wiring.housekeeping:expire_quotes"),
    "lapse-deferrals": later("servicelost.wiring.housekeeping:lapse_deferrals"),
    "clear-board": later("servicelost.wiring.housekeeping:clear_board"),
    "retry-parked": later("servicelost.wiring.housekeeping:retry_parked_events"),
}

_ENGINE_ROOM = (
    "servicelost.wiring.computing", "servicelost.wiring.housekeeping",
    "ibis.backends.duckdb.converter",  # loads pandas at the first result
)  # fmt: skip


def warm_up() -> None:
    """Load what tasks need before a worker forks for its first one, so that no job waits for imports.

    What is loaded stays to the end, so it is taken out of garbage collection: looking through it again
    and again would cost a report more than its own work.
    """
    for module in _ENGINE_ROOM:
        import_module(module)
    load_compute()
    import_module("servicelost.analytics.reports.resampling").draw_ahead()
    for spec in REPORTS.values():
        load_function(spec)
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # or the engine's bindings complain of leaks when the process ends


PERIODIC: Sequence[PeriodicJob] = (
    PeriodicJob("lake-refresh", timedelta(minutes=5), "lake-refresh"),
    PeriodicJob("recover-runs", timedelta(minutes=2), "recover-runs"),
    PeriodicJob("mark-no-shows", timedelta(minutes=10), "mark-no-shows"),
    PeriodicJob("expire-quotes", timedelta(minutes=30), "expire-quotes"),
    PeriodicJob("lapse-deferrals", timedelta(hours=6), "lapse-deferrals"),
    PeriodicJob("clear-board", timedelta(hours=6), "clear-board"),
    PeriodicJob("retry-parked", timedelta(hours=1), "retry-parked"),
)
