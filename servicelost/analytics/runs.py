"""Report runs: asked for, claimed, finished, failed, found again when the queue forgot them.

Everything here is repeatable: a run computed twice ends as one result. Nothing computes here, and
the queue is only a function that is handed in.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, and_, or_, select

from servicelost.analytics.lake.models import LakeMark
from servicelost.analytics.models import ReportRun, RunState
from servicelost.analytics.params import ReportParams
from servicelost.analytics.spec import ReportSpec
from servicelost.kernel.book import Book
from servicelost.kernel.changes import ChangeEntry
from servicelost.kernel.errors import NotFound
from servicelost.kernel.outages import outage_of

MAX_ATTEMPTS = 3
LEASE = timedelta(minutes=20)
QUEUE_PATIENCE = timedelta(minutes=2)
_ERROR_LENGTH = 500

Enqueue = Callable[[int], None]


@dataclass(frozen=True)
class Claim:
    """The right to compute a run until it expires; what is written under a lost claim is ignored."""

    run_id: int
    token: str
    report: str
    params: Mapping[str, Any]


def request_report(book: Book, spec: ReportSpec, params: ReportParams, *, enqueue: Enqueue) -> ReportRun:
    """The run that answers the question: a finished one on unchanged data, a waiting one, else a new one.

    `enqueue` is called with a new run's id after commit.
    """
    digest = params.digest(spec.name)
    found = _finished(book, digest) or _under_way(book, digest)
    if found is not None:
        return book.get(ReportRun, found)
    run = book.add(
        ReportRun(
            report=spec.name,
            params=params.as_dict(),
            digest=digest,
            state=RunState.QUEUED.value,
            requested_by=book.actor.name,
            requested_at=book.now,
            queued_at=book.now,
        )
    )
    book.after_commit(partial(enqueue, run.id))
    return run


def visible_run(book: Book, run_id: int) -> ReportRun:
    """The run, if the actor may see every dealership it is about; raises NotFound."""
    run = book.find(ReportRun, run_id)
    if run is None or not _may_see(book, run):
        raise NotFound("NOT_FOUND", f"report run {run_id} does not exist")
    return run


def claim_run(book: Book, run_id: int, lease: timedelta = LEASE) -> Claim | None:
    """Claim the run for computing; None if it is finished, claimed by another, or was tried too often."""
    run = book.get(ReportRun, run_id)
    held = run.state == RunState.RUNNING and run.claimed_until is not None and run.claimed_until > book.now
    if held or run.state in (RunState.DONE, RunState.FAILED):
        return None
    if run.attempts >= MAX_ATTEMPTS:
        _give_up(run, book.now, run.error or f"the computation was broken off {run.attempts} times")
        return None
    run.state = RunState.RUNNING.value
    run.attempts += 1
    run.started_at = book.now
    run.claim = str(uuid4())
    run.claimed_until = book.now + lease
    return Claim(run.id, run.claim, run.report, run.params)


def finish_run(book: Book, claim: Claim, document: Mapping[str, Any], version: str | None) -> bool:
    """Store the result; False, and nothing is changed, when the claim has passed to another."""
    run = _claimed(book, claim)
    if run is None:
        return False
    run.state = RunState.DONE.value
    run.result = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    run.lake_version = version
    run.error = None
    _settle(run, book.now)
    return True


def fail_run(book: Book, claim: Claim, error: Exception, *, final: bool = False) -> bool:
    """Note the error: the run waits for its next attempt, or has failed for good after the last one."""
    run = _claimed(book, claim)
    if run is None:
        return False
    outage = outage_of(error)
    message = outage.message if outage is not None else f"{type(error).__name__}: {error}"[:_ERROR_LENGTH]
    if final or run.attempts >= MAX_ATTEMPTS:
        _give_up(run, book.now, message)
        return True
    run.state = RunState.QUEUED.value
    run.queued_at = book.now
    run.error = message
    run.claim = run.claimed_until = None
    return True


def find_stranded(connection: Connection, now: datetime, patience: timedelta = QUEUE_PATIENCE) -> list[int]:
    """Runs that nobody works on: queued longer than `patience`, or with an expired claim."""
    queued = and_(ReportRun.state == RunState.QUEUED.value, ReportRun.queued_at <= now - patience)
    expired = and_(ReportRun.state == RunState.RUNNING.value, ReportRun.claimed_until <= now)
    return list(connection.scalars(select(ReportRun.id).where(or_(queued, expired)).order_by(ReportRun.id)))


def requeue_stranded(book: Book, enqueue: Enqueue, patience: timedelta = QUEUE_PATIENCE) -> int:
    """Hand stranded runs to the queue again after commit; those tried too often fail. Returns how many."""
    stranded = find_stranded(book.connection, book.now, patience)
    book.preload_ids(ReportRun, stranded)
    for run_id in stranded:
        run = book.get(ReportRun, run_id)
        if run.attempts >= MAX_ATTEMPTS:
            _give_up(run, book.now, run.error or f"the computation was broken off {run.attempts} times")
            continue
        run.state = RunState.QUEUED.value
        run.queued_at = book.now
        run.claim = run.claimed_until = None
        book.after_commit(partial(enqueue, run_id))
    return len(stranded)


def _finished(book: Book, digest: str) -> int | None:
    version = book.connection.scalar(select(LakeMark.state))
    if version is None or book.connection.scalar(select(ChangeEntry.id).limit(1)) is not None:
        return None
    done = select(ReportRun.id).where(
        ReportRun.digest == digest,
        ReportRun.state == RunState.DONE.value,
        ReportRun.lake_version == version,
    )
    return book.connection.scalar(done.order_by(ReportRun.id.desc()).limit(1))


def _under_way(book: Book, digest: str) -> int | None:
    """A run that will still see all data of this moment."""
    waiting = ReportRun.state == RunState.QUEUED.value
    # A running one has read the lake already, or will: it serves unless something was written since.
    latest = select(ChangeEntry.id).where(ChangeEntry.recorded_at >= ReportRun.started_at).exists()
    running = and_(ReportRun.state == RunState.RUNNING.value, ReportRun.claimed_until > book.now, ~latest)
    found = select(ReportRun.id).where(ReportRun.digest == digest, or_(waiting, running))
    return book.connection.scalar(found.order_by(ReportRun.id.desc()).limit(1))


def _may_see(book: Book, run: ReportRun) -> bool:
    dealerships = run.params.get("dealership")
    if dealerships is None:
        return book.actor.dealership_ids is None
    return all(book.actor.may_see(dealership) for dealership in dealerships)


def _claimed(book: Book, claim: Claim) -> ReportRun | None:
    run = book.get(ReportRun, claim.run_id)
    return run if run.claim == claim.token and run.state == RunState.RUNNING else None


def _settle(run: ReportRun, now: datetime) -> None:
    run.finished_at = now
    run.claim = run.claimed_until = None
    if run.started_at is not None:
        run.duration_ms = round((now - run.started_at).total_seconds() * 1000)


def _give_up(run: ReportRun, now: datetime, message: str) -> None:
    run.state = RunState.FAILED.value
    run.error = message
    _settle(run, now)
