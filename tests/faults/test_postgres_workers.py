"""Worker and scheduler while PostgreSQL is away: they wait without noise, nothing needs a restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from servicelost.analytics.models import RunState
from servicelost.jobs.schedule import JobSlot
from servicelost.kernel.actor import SYSTEM
from tests.faults.outage_place import Place, place
from tests.faults.postgres import Postgres
from tests.faults.runs import ask, busy_lake, recover, states
from tests.faults.valkey import Valkey
from tests.waiting import wait_for

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

AWAY = "the database does not answer at the moment"


@pytest.fixture
def installed(postgres_server: Postgres, valkey_server: Valkey, tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path, DATABASE_URL=postgres_server.url, REDIS_URL=valkey_server.url) as made:
        yield made


def claimed_slots(installed: Place) -> int:
    with installed.opened() as runtime, runtime.unit(SYSTEM, reading=True) as book:
        return book.connection.scalar(select(func.count()).select_from(JobSlot)) or 0


def test_worker_and_scheduler_outlive_a_crash_of_the_database(
    postgres_server: Postgres, installed: Place
) -> None:
    client = installed.serve(installed.fill(5))
    worker = installed.start("worker")
    with busy_lake(installed):
        run = ask(client, "trend")
        wait_for(lambda: states(installed)[run] == RunState.RUNNING)
        cron = installed.start("cron")
        wait_for(lambda: claimed_slots(installed))
        postgres_server.crash()
    wait_for(lambda: AWAY in installed.said("cron"))  # the scheduler meets the outage too
    postgres_server.start()
    # The job could not say how it ended while nobody listened; it insisted, so the run is free again at once.
    wait_for(lambda: states(installed, failed=True)[run] != RunState.RUNNING)
    recover(installed)
    wait_for(lambda: states(installed, failed=True)[run] == RunState.DONE)
    assert (worker.poll(), cron.poll()) == (None, None)
    assert len(installed.said("worker").splitlines()) < 40, installed.said("worker")
    assert len(installed.said("cron").splitlines()) < 20, installed.said("cron")
    assert client.get("api/v1/health").json["status"] == "ok"
