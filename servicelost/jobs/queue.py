"""Asking for work: the one queue of an installation, on RQ with JSON, names and ids in, repeatable.

A job is only a request; the database row it names is the truth. The queue may be emptied at any moment and
what is unfinished is asked for again. What a job does, or how it is run, is said elsewhere.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from re import fullmatch
from typing import Any
from uuid import uuid4

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError, ResponseError, TimeoutError
from redis.retry import Retry as ReconnectPolicy
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError
from rq.job import JobStatus
from rq.serializers import JSONSerializer

from servicelost.config import Settings
from servicelost.jobs.embedded import ensure_running, queue_server, queue_url
from servicelost.kernel.errors import Unavailable

Payload = Mapping[str, str | int | bool | None]

PERFORM = "servicelost.jobs.worker.perform"
_PATIENCE_SECONDS = 1.5
_SPARED_SECONDS = 4.0
_FAILURE_KEPT = timedelta(days=1)
# While a job is in one of these, asking for it again changes nothing.
_PENDING = {JobStatus.CREATED, JobStatus.QUEUED, JobStatus.STARTED, JobStatus.SCHEDULED, JobStatus.DEFERRED}


class QueueDown(Unavailable):
    """The queue server takes no job; the request is not lost if a row in the database asks for it too."""

    def __init__(self, error: Exception) -> None:
        # A server that answers with a refusal has no memory left, or may not write for another reason.
        answers = isinstance(error, ResponseError)
        message = f"the queue server {'takes no jobs' if answers else 'does not answer'}"
        super().__init__("QUEUE_FULL" if answers else "QUEUE_DOWN", message, reason=str(error))


class JobQueue:
    """The queue of one installation; connects when first used and again when a connection was lost.

    A server that hangs is waited for once; for some seconds after it everybody is told at once.
    """

    def __init__(self, connection: Redis, name: str, timeout: timedelta) -> None:
        self._spared_until = 0.0
        self._silence: RedisError | None = None
        self.rq = Queue(
            name,
            connection=connection,
            serializer=JSONSerializer,
            default_timeout=int(timeout.total_seconds()),
        )

    def enqueue(
        self,
        job_name: str,
        payload: Payload,
        *,
        job_id: str | None = None,
        timeout: timedelta | None = None,
        retries: int = 0,
    ) -> bool:
        """Ask for a task by name; False when the same job (by its id) already waits or runs.

        The payload holds ids and words, never data. A job that ended, well or badly, may be asked for
        again under its id. `retries` repeats at once when the task raises or its process dies.
        Raises QueueDown; TypeError and ValueError for a payload or an id that cannot be sent.
        """
        _check(payload, job_id)
        job_id = job_id or uuid4().hex
        options: dict[str, Any] = {"retry": Retry(max=retries)} if retries else {}
        if timeout is not None:
            options["job_timeout"] = int(timeout.total_seconds())
        with self._talking():
            return self._send(job_name, payload, job_id, options) or (
                self._forget_ended(job_id) and self._send(job_name, payload, job_id, options)
            )

    def waiting(self) -> int:
        """How many jobs wait to be taken. Raises QueueDown."""
        with self._talking():
            return int(self.rq.count)

    def check(self) -> None:
        """Make sure that a job could be put into the queue now. Raises QueueDown."""
        with self._talking():
            # Written, not only read: a server without memory still answers questions.
            self.rq.connection.set(f"{self.rq.name}:checked", 1, ex=60)

    def close(self) -> None:
        """Give the connections back; the queue may be used again."""
        self.rq.connection.close()

    @contextmanager
    def _talking(self) -> Iterator[None]:
        if self._silence is not None and time.monotonic() < self._spared_until:
            raise QueueDown(self._silence)
        try:
            yield
        except RedisError as error:
            if isinstance(error, TimeoutError):
                self._silence = error.with_traceback(None)
                self._spared_until = time.monotonic() + _SPARED_SECONDS
            raise QueueDown(error) from error

    def _send(self, job_name: str, payload: Payload, job_id: str, options: Mapping[str, Any]) -> bool:
        try:
            self.rq.enqueue(
                PERFORM,
                args=(job_name, dict(payload)),
                job_id=job_id,
                unique=True,
                description=job_name,
                result_ttl=0,  # nothing is handed back through the queue; a finished job frees its id
                failure_ttl=int(_FAILURE_KEPT.total_seconds()),
                **options,
            )
        except DuplicateJobError:
            return False
        return True

    def _forget_ended(self, job_id: str) -> bool:
        job = self.rq.fetch_job(job_id)
        if job is not None:
            if job.get_status() in _PENDING:
                return False
            job.delete()
        return True


def server_url(settings: Settings) -> str:
    """The queue server the settings name; with none named, the embedded one, whether or not it runs."""
    return settings.redis_url or queue_url(settings.instance_path)


def open_queue(settings: Settings) -> JobQueue:
    """The queue the settings name; nothing is started and no connection is made yet."""
    connection = Redis.from_url(
        server_url(settings),
        socket_connect_timeout=_PATIENCE_SECONDS,
        socket_timeout=_PATIENCE_SECONDS,
        # Once, since a connection may be stale; never after silence, since a page must not wait long.
        retry=ReconnectPolicy(NoBackoff(), 1, supported_errors=(ConnectionError,)),
    )
    return JobQueue(connection, settings.queue_name, settings.job_timeout)


@contextmanager
def serving_queue(settings: Settings) -> Iterator[JobQueue]:
    """The queue, with the embedded server kept running for the block where no other is configured.

    For processes that live from the queue: worker, scheduler, supervisor. Raises QueueServerMissing.
    """
    with nullcontext() if settings.redis_url else queue_server(settings.instance_path):
        queue = open_queue(settings)
        try:
            yield queue
        finally:
            queue.close()


def revive_server(settings: Settings) -> None:
    """Start the embedded server again if it crashed; for use within `serving_queue`.

    Does nothing where another server is configured. Raises QueueServerMissing.
    """
    if settings.redis_url is None:
        ensure_running(settings.instance_path)


def _check(payload: Mapping[str, object], job_id: str | None) -> None:
    for key, value in payload.items():
        if not isinstance(value, str | int | None):
            raise TypeError(f"job payload {key!r} is {type(value).__name__}; ids and words only")
    if job_id is not None and not fullmatch(r"[A-Za-z0-9_-]+", job_id):
        raise ValueError(f"job id {job_id!r}: only letters, digits, hyphens and underscores are possible")
