"""The worker: takes job names from the queue and runs the task of that name, each in a process of its own.

Which names there are is handed in by the composition root; no task is written here. RQ forks for every job,
so what the application has loaded is there at once, and a job that crashes takes nobody with it.
"""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from rq.exceptions import InvalidJobOperation, StopRequested
from rq.serializers import JSONSerializer

from servicelost.config import Settings
from servicelost.jobs.embedded import QueueServerMissing
from servicelost.jobs.queue import Payload, revive_server, server_url, serving_queue
from servicelost.kernel.errors import NotFound
from servicelost.kernel.outages import outage_of
from servicelost.runtime import Runtime

log = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 10.0
# A worker that held so long was not stopped by what stopped the one before.
_STEADY_SECONDS = 30.0

# After so long without a word the connection is taken for lost, on a network that does not say so.
_SILENCE_SECONDS = 60

Tasks = Mapping[str, Callable[..., Any]]

# RQ hands a job nothing but JSON: what else it needs is kept here for the forked child.
_shop: tuple[Runtime, Tasks] | None = None


def run_task(runtime: Runtime, tasks: Tasks, name: str, payload: Payload) -> Any:
    """Run the named task, `task(runtime, **payload)`, in this process, as the worker does.

    Gives back what the task returns. Raises NotFound for an unknown name.
    """
    if name not in tasks:
        known = ", ".join(sorted(tasks)) or "none"
        raise NotFound("UNKNOWN_JOB", f"there is no job {name!r}; known are: {known}")
    began = time.monotonic()
    log.info("job %s %s began", name, payload)
    result = tasks[name](runtime, **payload)
    log.info("job %s %s done in %.1f s", name, payload, time.monotonic() - began)
    return result


def perform(name: str, payload: Payload) -> None:
    """Run one job from the queue: the only function that RQ ever calls; what it returns is not kept."""
    if _shop is None:
        raise RuntimeError("jobs run only in a process that was started by run_worker")
    try:
        run_task(*_shop, name, payload)
    except Exception as error:
        outage = outage_of(error)
        if outage is None:
            raise
        raise outage from None  # RQ logs what it catches: a sentence is enough for what is not our fault


def run_worker(runtime: Runtime, tasks: Tasks, *, burst: bool = False) -> None:
    """Work until SIGINT or SIGTERM; with `burst`, until the queue is empty. For the main thread only.

    The first signal lets the running job finish, a second one (a second later or more) stops it. A lost
    queue server is waited for; an embedded one is started again. Raises QueueServerMissing.
    """
    global _shop
    _shop = runtime, tasks
    logging.getLogger("rq.worker").addFilter(_briefly)
    pause = _FIRST_PAUSE
    with serving_queue(runtime.settings), suppress(StopRequested, KeyboardInterrupt):
        began = time.monotonic()
        while not _work(runtime.settings, burst=burst) and not burst:
            if time.monotonic() - began > _STEADY_SECONDS:
                pause = _FIRST_PAUSE
            log.warning("no jobs can be taken at the moment; trying again in %.0f s", pause)
            time.sleep(pause)
            began, pause = time.monotonic(), min(2 * pause, _LONGEST_PAUSE)


def _briefly(record: logging.LogRecord) -> bool:
    """One line for a queue server that was lost or emptied, of which RQ would print the whole trace."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, RedisError | InvalidJobOperation):
        record.msg, record.args = f"{record.getMessage()} ({error})", ()
        record.exc_info = None
    return True


def _work(settings: Settings, *, burst: bool) -> bool:
    """Work with one connection; True when a signal ended it, False when the connection did."""
    worker = None
    try:
        revive_server(settings)
        with Redis.from_url(server_url(settings)) as connection:
            worker = _Worker(connection, settings)
            worker.work(burst=burst, logging_level="WARNING")
    except (RedisError, QueueServerMissing) as error:
        log.warning("%s", error)
    return worker is not None and worker.stopped_by_signal


class _Worker(Worker):
    """RQ's forking worker with our serializer, which keeps the embedded server alive."""

    # RQ's own pause between attempts to connect: a server that is back is noticed soon.
    max_connection_wait_time = 5.0

    def __init__(self, connection: Redis, settings: Settings) -> None:
        super().__init__(
            settings.queue_name,
            connection=connection,
            serializer=JSONSerializer,
            maintenance_interval=60,
            worker_ttl=_SILENCE_SECONDS,
            log_job_description=False,
        )
        self.stopped_by_signal = False
        self._settings = settings

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Before each sign of life, and so before each new attempt to connect, see to the embedded server."""
        revive_server(self._settings)
        super().heartbeat(timeout, pipeline)

    def bootstrap(self, *arguments: Any, **named: Any) -> None:
        """Listen to signals before anybody can know of us."""
        self._install_signal_handlers()  # type: ignore[no-untyped-call] # RQ
        super().bootstrap(*arguments, **named)

    def request_stop(self, signum: Any, frame: Any) -> None:
        """Remember that somebody wants us to stop.

        An idle worker is stopped by an exception, which whatever runs at that moment may swallow; what is
        remembered ends it at its next turn.
        """
        self.stopped_by_signal = self._stop_requested = True
        Worker.request_stop(self, signum, frame)

    def register_death(self) -> None:
        """Sign off, unless there is nobody left to tell."""
        with suppress(RedisError):
            Worker.register_death(self)
