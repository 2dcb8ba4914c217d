"""Periodic jobs: one claim a slot, nothing lost when the queue is down, missed slots asked for once."""

import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select

from servicelost.config import Settings
from servicelost.jobs.queue import JobQueue, QueueDown, open_queue
from servicelost.jobs.schedule import Scheduler
from servicelost.jobs.slots import JobSlot, PeriodicJob
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.clock import FrozenClock
from servicelost.kernel.db import Base
from servicelost.runtime import Runtime
from tests.waiting import PATIENCE, wait_for

NOON = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)
HOURLY = PeriodicJob("no-shows", timedelta(hours=1), "visits.note_no_shows")
DAILY = PeriodicJob("lake", timedelta(days=1), "lake.refresh", {"full": False}, shift=timedelta(hours=3))


def make_runtime(database_url: str, redis_url: str | None, folder: Path, now: datetime = NOON) -> Runtime:
    settings = Settings(instance_path=folder, database_url=database_url, redis_url=redis_url)
    return Runtime(settings, clock=FrozenClock(now), queue=open_queue)


@pytest.fixture
def runtime(database_url: str, valkey_url: str, tmp_path: Path) -> Iterator[Runtime]:
    runtime = make_runtime(database_url, valkey_url, tmp_path)
    Base.metadata.create_all(runtime.engine)
    yield runtime
    runtime.dispose()


@pytest.fixture
def queue(runtime: Runtime) -> JobQueue:
    return open_queue(runtime.settings)


def move(runtime: Runtime, by: timedelta) -> None:
    assert isinstance(runtime.clock, FrozenClock)
    runtime.clock.move(by)


def slots(runtime: Runtime) -> list[tuple[str, datetime, bool]]:
    rows = select(JobSlot.name, JobSlot.slot, JobSlot.enqueued_at).order_by(JobSlot.slot, JobSlot.name)
    with runtime.unit(SYSTEM, reading=True) as book:
        return [(name, slot, done is not None) for name, slot, done in book.connection.execute(rows)]


def test_each_slot_is_asked_for_once(runtime: Runtime, queue: JobQueue) -> None:
    scheduler = Scheduler(runtime, [HOURLY, DAILY], queue)
    for _ in range(3):
        scheduler.tick()
    assert sorted(queue.rq.job_ids) == ["lake-20261122T030000", "no-shows-20261122T120000"]
    move(runtime, timedelta(hours=1))
    scheduler.tick()
    assert sorted(queue.rq.job_ids)[1:] == ["no-shows-20261122T120000", "no-shows-20261122T130000"]
    assert all(done for _, _, done in slots(runtime))


def test_the_job_carries_its_task_and_payload(runtime: Runtime, queue: JobQueue) -> None:
    Scheduler(runtime, [DAILY], queue).tick()
    assert queue.rq.jobs[0].args == ["lake.refresh", {"full": False}]


def test_two_schedulers_ask_once_also_when_the_job_is_done_meanwhile(
    runtime: Runtime, queue: JobQueue
) -> None:
    Scheduler(runtime, [HOURLY], queue).tick()
    queue.rq.empty()  # the worker was quick
    Scheduler(runtime, [HOURLY], queue).tick()
    assert queue.waiting() == 0
    assert len(slots(runtime)) == 1


def test_a_queue_that_is_down_loses_nothing(runtime: Runtime, queue: JobQueue, tmp_path: Path) -> None:
    nobody = open_queue(Settings(instance_path=tmp_path / "nobody"))
    scheduler = Scheduler(runtime, [HOURLY], nobody)
    with pytest.raises(QueueDown):
        scheduler.tick()
    assert [done for _, _, done in slots(runtime)] == [False]
    scheduler._queue = queue
    scheduler.tick()
    assert queue.rq.job_ids == ["no-shows-20261122T120000"]
    assert [done for _, _, done in slots(runtime)] == [True]


def test_what_a_lost_scheduler_claimed_is_taken_over(
    runtime: Runtime, queue: JobQueue, tmp_path: Path
) -> None:
    nobody = open_queue(Settings(instance_path=tmp_path / "nobody"))
    with pytest.raises(QueueDown):
        Scheduler(runtime, [HOURLY], nobody).tick()
    other = Scheduler(runtime, [HOURLY], queue)
    other.tick()
    assert queue.waiting() == 0  # the first may still be about to ask
    move(runtime, timedelta(minutes=2))
    other.tick()
    assert queue.rq.job_ids == ["no-shows-20261122T120000"]


def test_slots_missed_while_the_queue_was_down_are_asked_for_once(
    runtime: Runtime, queue: JobQueue, tmp_path: Path
) -> None:
    scheduler = Scheduler(runtime, [HOURLY], open_queue(Settings(instance_path=tmp_path / "nobody")))
    for _ in range(3):
        with pytest.raises(QueueDown):
            scheduler.tick()
        move(runtime, timedelta(hours=1))
    scheduler._queue = queue
    scheduler.tick()
    assert queue.rq.job_ids == ["no-shows-20261122T150000"]
    assert all(done for _, _, done in slots(runtime))


def test_a_job_taken_off_the_list_is_left_alone(runtime: Runtime, queue: JobQueue, tmp_path: Path) -> None:
    with pytest.raises(QueueDown):
        Scheduler(runtime, [HOURLY], open_queue(Settings(instance_path=tmp_path / "nobody"))).tick()
    move(runtime, timedelta(minutes=2))
    Scheduler(runtime, [DAILY], queue).tick()
    assert queue.rq.job_ids == ["lake-20261122T030000"]


def test_old_slots_are_forgotten(runtime: Runtime, queue: JobQueue) -> None:
    scheduler = Scheduler(runtime, [DAILY], queue)
    scheduler.tick()
    move(runtime, timedelta(days=40))
    scheduler.tick()
    assert [slot.date().isoformat() for _, slot, _ in slots(runtime)] == ["2027-01-01"]


def tick_at_once(database_url: str, redis_url: str, folder: Path, gate: Barrier) -> None:
    runtime = make_runtime(database_url, redis_url, folder)
    jobs = [PeriodicJob(f"job-{number}", timedelta(hours=1), "note") for number in range(20)]
    scheduler = Scheduler(runtime, jobs, open_queue(runtime.settings))
    gate.wait(PATIENCE)
    scheduler.tick()


def test_schedulers_in_many_processes_ask_once_for_each_slot(
    runtime: Runtime, queue: JobQueue, database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(3)
    crowd = [
        context.Process(target=tick_at_once, args=(database_url, valkey_url, tmp_path, gate))
        for _ in range(3)
    ]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join(PATIENCE)
    assert [process.exitcode for process in crowd] == [0, 0, 0]
    assert len(slots(runtime)) == 20
    with Redis.from_url(valkey_url) as connection:
        assert connection.llen("rq:queue:servicelost") == 20


def test_the_scheduler_process_works_and_stops_on_a_signal(tmp_path: Path, sqlite_url: str) -> None:
    Base.metadata.create_all(make_runtime(sqlite_url, None, tmp_path).engine)
    program = [sys.executable, "-m", "tests.integration.jobs_programs"]
    with (
        subprocess.Popen([*program, "scheduler", str(tmp_path)]) as scheduler,
        subprocess.Popen([*program, "worker", str(tmp_path)]) as worker,
    ):
        try:
            notes = tmp_path / "notes"
            wait_for(lambda: notes.exists() and notes.read_text().count("tick") >= 2)
        finally:
            scheduler.terminate()
            worker.terminate()
        assert scheduler.wait(PATIENCE) == 0
        assert worker.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    ("job", "now", "slot"),
    [
        (HOURLY, "2026-11-22T12:59:59", "2026-11-22T12:00:00"),
        (HOURLY, "2026-11-22T13:00:00", "2026-11-22T13:00:00"),
        (DAILY, "2026-11-22T02:59:59", "2026-11-21T03:00:00"),
        (DAILY, "2026-11-22T03:00:00", "2026-11-22T03:00:00"),
    ],
)
def test_a_slot_begins_at_the_start_of_its_period(job: PeriodicJob, now: str, slot: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert job.slot(moment) == datetime.fromisoformat(slot).replace(tzinfo=UTC)


@pytest.mark.parametrize(("name", "every"), [("a b", 60), ("", 60), ("often", 0)])
def test_a_periodic_job_that_could_not_be_asked_for_is_refused(name: str, every: int) -> None:
    with pytest.raises(ValueError, match="plain name and a period"):
        PeriodicJob(name, timedelta(seconds=every), "note")
