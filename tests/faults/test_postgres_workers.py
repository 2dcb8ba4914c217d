"""Worker and scheduler while PostgreSQL is away: they wait without noise, nothing needs a restart."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from servicelost.analytics.models import RunState
from servicelost.jobs.schedule import JobSlot
from servicelost.kernel.actor import SYSTEM
from tests.faults.outage_place import Place, place, wait_for
from tests.faults.postgres import Postgres, postgres
from tests.faults.runs import ask, busy_lake, recover, states
from tests.faults.valkey import valkey

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture
def installed(server: Postgres, tmp_path: Path) -> Iterator[Place]:
    with valkey() as queue, place(tmp_path, DATABASE_URL=server.url, REDIS_URL=queue.url) as made:
        yield made


def claimed_slots(installed: Place) -> int:
    with installed.opened() as runtime, runtime.unit(SYSTEM, reading=True) as book:
        return book.connection.scalar(select(func.count()).select_from(JobSlot)) or 0


def test_worker_and_scheduler_outlive_a_crash_of_the_database(server: Postgres, installed: Place) -> None:
    client = installed.serve(installed.fill(5))
    worker = installed.start("worker")
    with busy_lake(installed):
        run = ask(client, "trend")
        wait_for(lambda: states(installed)[run] == RunState.RUNNING, 60)
        cron = installed.start("cron")
        wait_for(lambda: claimed_slots(installed))
        server.crash()
    time.sleep(6)  # longer than the scheduler's pause: it meets the outage too
    server.start()
    # The job could not say how it ended while nobody listened; it insisted, so the run is free again at once.
    wait_for(lambda: states(installed, failed=True)[run] != RunState.RUNNING, 60)
    recover(installed)
    wait_for(lambda: states(installed, failed=True)[run] == RunState.DONE, 60)
    assert (worker.poll(), cron.poll()) == (None, None)
    assert len(installed.said("worker").splitlines()) < 40, installed.said("worker")
    said = installed.said("cron").splitlines()
    assert [line for line in said if "the database does not answer at the moment" in line]
    assert len(said) < 20, said
    assert client.get("api/v1/health").json["status"] == "ok"
