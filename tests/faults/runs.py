"""Report runs of an installation whose servers fail: asked for, held up, looked at, asked for again."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus

from sqlalchemy import select, update

from servicelost.analytics.models import ReportRun, RunState
from servicelost.jobs.queue import open_queue
from servicelost.kernel.actor import SYSTEM
from tests.faults.outage_place import Client, Place

# A server that hangs takes for ever; on a busy machine any page may take seconds.
AT_ONCE = 15.0


def ask(client: Client, name: str) -> int:
    """Ask for a report over the API; the run's id."""
    answer = client.call("POST", f"api/v1/reports/{name}/runs")
    assert answer.status == HTTPStatus.ACCEPTED, answer
    assert answer.seconds < AT_ONCE
    return int(answer.json["id"])


def states(installed: Place, *, failed: bool = False) -> dict[int, str]:
    """The state of every run; none of them may have met an error unless `failed`."""
    with installed.opened() as runtime, runtime.unit(SYSTEM, reading=True) as book:
        rows = book.connection.execute(select(ReportRun.id, ReportRun.state, ReportRun.error)).all()
    assert failed or not [row.error for row in rows if row.error and row.state != RunState.DONE]
    return {row.id: row.state for row in rows}


def recover(installed: Place) -> None:
    """Let the patience with the queue end, and do what the scheduler does every two minutes."""
    with installed.opened() as runtime:
        with runtime.unit(SYSTEM) as book:
            long_ago = book.now - timedelta(minutes=3)
            book.connection.execute(update(ReportRun).values(queued_at=long_ago))
        open_queue(runtime.settings).enqueue("recover-runs", {})


@contextmanager
def busy_lake(installed: Place) -> Iterator[None]:
    """Hold what a report run needs, so that it goes on for as long as the block."""
    folder = installed.folder / "instance" / "lake"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
