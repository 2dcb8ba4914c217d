"""Workers killed while they compute reports: no run stays stranded, and its result is the undisturbed one.

The row in the database is the truth. A run whose worker died is asked for again when its claim has expired
and `recover-runs` comes by; broken off three times, it fails and says so, and may be asked for again.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import select

from servicelost.analytics.engine import open_lake
from servicelost.analytics.execution import compute_now
from servicelost.analytics.lake.upkeep import refresh
from servicelost.analytics.models import ReportRun, RunState
from servicelost.analytics.params import stored_params
from servicelost.analytics.registry import REPORTS, get_spec
from servicelost.analytics.runs import LEASE, MAX_ATTEMPTS
from servicelost.jobs.worker import run_task
from servicelost.kernel.actor import SYSTEM
from servicelost.simulate.demo import load_demo
from servicelost.simulate.generate import Size
from servicelost.web.reporting import start_run
from servicelost.wiring import TASKS
from tests.faults.killing import LONG, Assassin
from tests.faults.place import Place

SIZE = Size(weeks=8 if LONG else 3, visits_a_day=5)
UNFINISHED = (RunState.QUEUED, RunState.RUNNING)
SECONDS = 1.5
_WHEN = {"as_of", "computed_at"}


@pytest.fixture
def shop(place: Place, valkey_url: str) -> Place:
    """An installation with a history and an empty queue."""
    place.settings["SERVICELOST_REDIS_URL"] = valkey_url
    place.reopen()
    load_demo(place.runtime, size=SIZE)
    return place


def questions(place: Place) -> Iterator[tuple[str, dict[str, Any]]]:
    """Reports nobody has asked for yet."""
    today = place.runtime.clock.now().date()
    for days, name in product(range(1, 200), REPORTS):
        yield name, {"from": str(today - timedelta(days=200)), "to": str(today - timedelta(days=days))}


def states(place: Place) -> list[tuple[int, str]]:
    return [(run.id, run.state) for run in place.rows(ReportRun)]


def sign(place: Place) -> object:
    """Changes with every run claimed or done and with every step of the lake."""
    return states(place), sorted(path.name for path in (place.folder / "lake").glob("*/*"))


def let_time_pass(place: Place, *, queue_is_lost: bool) -> None:
    """As if the claims of dead workers had expired; what the queue remembers is old, or gone."""
    by = LEASE + timedelta(minutes=1)
    with place.runtime.unit(SYSTEM) as book:
        for row in book.connection.execute(select(ReportRun.id).where(ReportRun.state.in_(UNFINISHED))):
            run = book.get(ReportRun, row.id)
            run.queued_at -= by
            run.claimed_until = run.claimed_until and run.claimed_until - by
    with Redis.from_url(place.settings["SERVICELOST_REDIS_URL"]) as queue:
        if queue_is_lost:
            queue.flushall()
        _age(queue, by)


def _age(queue: "Redis", by: timedelta) -> None:
    """Move into the past what RQ notes of running jobs, of jobs on their way to a worker, of its cleaning."""
    for key in queue.scan_iter("rq:wip:*", _type="zset"):
        for member, score in queue.zrange(key, 0, -1, withscores=True):
            queue.zadd(key, {member: score - by.total_seconds()})
    for key in queue.scan_iter("*:intermediate"):
        for job_id in queue.lrange(key, 0, -1):
            queue.set(f"{key.decode()}:first_seen:{job_id.decode()}", 0)
    for key in queue.scan_iter("rq:clean_registries:*"):
        queue.delete(key)


def recover(place: Place, *, queue_is_lost: bool) -> None:
    """What the periodic job does when the time has come."""
    let_time_pass(place, queue_is_lost=queue_is_lost)
    run_task(place.runtime, TASKS, "recover-runs", {})


def finish(place: Place) -> None:
    """Let undisturbed workers do what is left; in the long run, with a queue that only time helps."""
    for _ in range(MAX_ATTEMPTS + 1):
        recover(place, queue_is_lost=not LONG)
        assert place.run("worker", "--burst") == 0
        if not any(state in UNFINISHED for _, state in states(place)):
            return
    raise AssertionError(f"runs are stranded: {states(place)}")


def without_moment(document: Any) -> Any:
    """The document without when it was computed."""
    return {key: value for key, value in document.items() if key not in _WHEN}


def check_results(place: Place) -> None:
    """Every run has the result that an undisturbed computation on an undisturbed lake gives."""
    runtime, lake = place.runtime, str(place.folder / "another-lake")
    with runtime.unit(SYSTEM) as book:
        book.connection.exec_driver_sql("DELETE FROM servicelost_lake_mark")
    refresh(runtime.engine, lake, runtime.clock)
    facts = open_lake(lake)
    for run in place.rows(ReportRun):
        spec = get_spec(run.report)
        undisturbed = compute_now(lambda: runtime.unit(SYSTEM), facts, spec, stored_params(spec, run.params))
        if run.state == RunState.DONE:
            expected = json.loads(json.dumps(undisturbed))
            assert without_moment(json.loads(run.result)) == without_moment(expected)


def test_no_run_stays_stranded(shop: Place, assassin: Assassin) -> None:
    new = questions(shop)
    while assassin.left:
        while sum(state in UNFINISHED for _, state in states(shop)) < 3:
            start_run(shop.runtime, SYSTEM, *next(new))
        worker = shop.start("worker")
        alone = assassin.dice.random() < 0.5  # else its job dies with it
        assassin.strike(worker, lambda: sign(shop), signs=6, seconds=SECONDS, patience=20, alone=alone)
        recover(shop, queue_is_lost=assassin.dice.random() < 0.3)
    shop.settle()  # a job whose worker was killed alone goes on
    finish(shop)
    failed = [run for run in shop.rows(ReportRun) if run.state == RunState.FAILED]
    assert all("broken off 3 times" in run.error for run in failed)
    for run in failed:
        values = {key: run.params[key] for key in ("from", "to")}
        assert start_run(shop.runtime, SYSTEM, run.report, values).id != run.id
    if failed:
        finish(shop)
    done = {(run.report, str(run.params)) for run in shop.rows(ReportRun) if run.state == RunState.DONE}
    assert all((run.report, str(run.params)) in done for run in failed)
    check_results(shop)
