"""Two schedulers, of which one or the other is killed again and again: no slot is lost for good.

What is promised: a slot is claimed once. It is asked for at least once, at the latest about a minute after
its scheduler died, unless a newer slot of the same job was asked for instead: what was missed is made up for
by one run, not by many. Asked for twice is possible (killed between asking and noting it), so jobs are made
to be repeated.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from servicelost.jobs.queue import JobQueue, open_queue
from servicelost.jobs.schedule import JobSlot, Scheduler
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.clock import FrozenClock
from tests.faults.fast_scheduler import JOBS
from tests.faults.killing import Assassin, Victim
from tests.faults.place import Place
from tests.waiting import wait_for

PROGRAM = (sys.executable, "-m", "tests.faults.fast_scheduler")


@pytest.fixture
def queue(place: Place, valkey_url: str) -> Iterator[JobQueue]:
    place.settings["SERVICELOST_REDIS_URL"] = valkey_url
    place.reopen()
    made = open_queue(place.runtime.settings)
    yield made
    made.close()


def slots(place: Place) -> dict[str, bool]:
    """Each claimed slot, under the id of its job, and whether it is noted as asked for."""
    query = select(JobSlot.name, JobSlot.slot, JobSlot.enqueued_at)
    with place.runtime.unit(SYSTEM, reading=True) as book:
        rows = book.connection.execute(query.order_by(JobSlot.slot)).all()
    told = {f"{name}-{slot:%Y%m%dT%H%M%S}": enqueued_at is not None for name, slot, enqueued_at in rows}
    assert len(told) == len(rows), "a slot was claimed twice"
    return told


def take(queue: JobQueue, asked: Counter[str]) -> None:
    """Take over all jobs that wait, as a quick worker does."""
    for job in queue.rq.jobs:
        asked[job.id] += 1
        queue.rq.remove(job)
        job.delete()


def look_after(place: Place, queue: JobQueue) -> None:
    """What a scheduler does two minutes from now."""
    runtime, clock = place.runtime, place.runtime.clock
    runtime.clock = FrozenClock(clock.now() + timedelta(minutes=2))
    Scheduler(runtime, JOBS, queue).tick()
    runtime.clock = clock


def start(place: Place) -> Victim:
    return place.start("scheduler", program=PROGRAM)


def test_no_slot_is_lost_for_good(place: Place, assassin: Assassin, queue: JobQueue) -> None:
    asked: Counter[str] = Counter()
    pair = [start(place), start(place)]
    wait_for(lambda: len(slots(place)) > len(JOBS), told=pair[0].said)
    while assassin.left:
        chosen = assassin.dice.randrange(2)
        assassin.strike(pair[chosen], lambda: list(slots(place).values()), signs=5, seconds=1.5, patience=10)
        take(queue, asked)
        pair[chosen] = start(place)
    for scheduler in pair:
        assert scheduler.runs(), scheduler.said()
        scheduler.kill()
    look_after(place, queue)
    take(queue, asked)
    claimed = slots(place)
    assert all(claimed.values())
    assert asked.keys() <= claimed.keys()
    touched = (assassin.done + 2) * len(JOBS)
    assert len(claimed) - len(asked) <= touched
    assert sum(asked.values()) - len(asked) <= touched
    for job in JOBS:
        ids = [job_id for job_id in claimed if job_id.startswith(f"{job.name}-")]
        assert ids[-1] in asked, "the newest slot makes up for those before it"
