"""The loop that asks for periodic jobs in time.

Any number of schedulers may run: the first to claim a job's slot in the database asks for it. A slot that
could not be handed to the queue stays on record and is tried again. What the jobs do is no concern here.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from servicelost.jobs.embedded import QueueServerMissing
from servicelost.jobs.queue import JobQueue, QueueDown, revive_server, serving_queue
from servicelost.jobs.signals import StopSignals
from servicelost.jobs.slots import JobSlot, PeriodicJob
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.outages import outage_of
from servicelost.runtime import Runtime

log = logging.getLogger(__name__)

_KEPT = timedelta(days=30)
# A slot claimed so long ago and still not handed over was claimed by a scheduler that is gone.
_ABANDONED_AFTER = timedelta(minutes=1)


class Scheduler:
    """Asks for periodic jobs; one `tick` does whatever is due and returns."""

    def __init__(self, runtime: Runtime, jobs: Sequence[PeriodicJob], queue: JobQueue) -> None:
        self._runtime, self._queue = runtime, queue
        self._jobs = {job.name: job for job in jobs}
        self._seen: dict[str, datetime] = {}
        self._mine: set[tuple[str, datetime]] = set()

    def tick(self) -> None:
        """Claim what is due, then hand over what is claimed; a job missed for long is asked for once.

        Raises QueueDown: nothing is lost by that, the next tick tries again.
        """
        now = self._runtime.clock.now()
        for job in self._jobs.values():
            slot = job.slot(now)
            if self._seen.get(job.name) != slot:
                self._claim(job, slot)
                self._seen[job.name] = slot
        self._hand_over(now)

    def _claim(self, job: PeriodicJob, slot: datetime) -> None:
        taken = select(JobSlot.id).where(JobSlot.name == job.name, JobSlot.slot == slot)
        try:
            with self._runtime.unit(SYSTEM) as book:
                if book.connection.execute(taken).first() is not None:
                    return
                book.add(JobSlot(name=job.name, slot=slot, claimed_at=book.now))
                book.connection.execute(
                    delete(JobSlot).where(JobSlot.name == job.name, JobSlot.slot < slot - _KEPT)
                )
        except IntegrityError:  # another scheduler was first
            return
        self._mine.add((job.name, slot))

    def _hand_over(self, now: datetime) -> None:
        for name, slot in self._waiting(now).items():
            job = self._jobs[name]
            self._queue.enqueue(job.task, job.payload, job_id=f"{name}-{slot:%Y%m%dT%H%M%S}")
            done = update(JobSlot).where(
                JobSlot.name == name, JobSlot.slot <= slot, JobSlot.enqueued_at.is_(None)
            )
            with self._runtime.unit(SYSTEM) as book:
                book.connection.execute(done.values(enqueued_at=book.now))
            self._mine = {claim for claim in self._mine if claim[0] != name}

    def _waiting(self, now: datetime) -> dict[str, datetime]:
        """The newest slot of each job that is ours, or nobody's any more, and not yet handed over."""
        waiting = select(JobSlot.name, JobSlot.slot, JobSlot.claimed_at).where(JobSlot.enqueued_at.is_(None))
        with self._runtime.unit(SYSTEM, reading=True) as book:
            rows = book.connection.execute(waiting.order_by(JobSlot.slot)).all()
        return {
            name: slot
            for name, slot, claimed_at in rows
            if name in self._jobs and ((name, slot) in self._mine or claimed_at < now - _ABANDONED_AFTER)
        }


def run_scheduler(
    runtime: Runtime, jobs: Sequence[PeriodicJob], *, pause: timedelta = timedelta(seconds=5)
) -> None:
    """Look after the periodic jobs until SIGINT or SIGTERM; for the main thread only.

    A database or queue server that does not answer is waited for; an embedded one is started again.
    Raises QueueServerMissing when it cannot be started at first.
    """
    settings = runtime.settings
    with serving_queue(settings) as queue, StopSignals() as stop:
        scheduler = Scheduler(runtime, jobs, queue)
        trouble: str | None = None
        while not stop:
            try:
                revive_server(settings)
                scheduler.tick()
                trouble = None
            except (QueueDown, QueueServerMissing, SQLAlchemyError) as error:
                told, trouble = trouble, str(outage_of(error) or error)
                if trouble != told:  # an outage of an hour is not worth a line every few seconds
                    log.warning("periodic jobs wait: %s", trouble)
            stop.sleep(pause.total_seconds())
