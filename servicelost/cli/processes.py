"""`worker` and `cron`: the processes that do the work which no page waits for."""

import click

from servicelost.cli.installation import open_runtime
from servicelost.jobs.schedule import run_scheduler
from servicelost.jobs.worker import run_worker
from servicelost.wiring import PERIODIC, TASKS, warm_up


@click.command()
@click.option("--burst", is_flag=True, help="Stop when no job is waiting any more.")
def worker(burst: bool) -> None:
    """Run jobs until stopped; start as many workers as there is work for."""
    warm_up()
    run_worker(open_runtime(), TASKS, burst=burst)


@click.command()
def cron() -> None:
    """Ask for the periodic jobs until stopped; several may run, each job is asked for once."""
    run_scheduler(open_runtime(), PERIODIC)
