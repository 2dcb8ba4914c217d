"""The tasks that compute: a report run, and bringing the lake up to date. Loads the engine."""

from servicelost.analytics.engine import Lake, open_lake
from servicelost.analytics.execution import execute_run
from servicelost.analytics.lake.upkeep import refresh, tidy
from servicelost.kernel.actor import SYSTEM
from servicelost.runtime import Runtime


def run_report(runtime: Runtime, run_id: int) -> None:
    """Compute a requested run; repeating it changes nothing."""
    execute_run(lambda: runtime.unit(SYSTEM), lambda: fresh_lake(runtime), run_id)


def refresh_lake(runtime: Runtime) -> None:
    """Take over into the lake what changed in the database, and tidy it while no report waits for that."""
    refresh(runtime.engine, runtime.lake_url, runtime.clock)
    tidy(runtime.engine, runtime.lake_url, runtime.clock)


def fresh_lake(runtime: Runtime) -> Lake:
    """The lake, brought up to date and opened."""
    refresh(runtime.engine, runtime.lake_url, runtime.clock)
    return open_lake(runtime.lake_url, runtime.settings.analytics_engine)
