"""The worker as a real process: it does its work, survives crashes and lost servers, and stops in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq import Worker
from sqlalchemy.engine import make_url

from servicelost.config import Settings
from servicelost.jobs.embedded import is_running, queue_server, queue_url
from servicelost.jobs.queue import JobQueue, open_queue
from servicelost.jobs.worker import perform, run_task
from servicelost.kernel.errors import NotFound
from servicelost.runtime import Runtime
from tests.integration.jobs_programs import TASKS
from tests.processes import alive
from tests.waiting import PATIENCE, wait_for

Start = Callable[..., "subprocess.Popen[bytes]"]


def notes(folder: Path) -> list[str]:
    path = folder / "notes"
    return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[JobQueue]:
    with queue_server(tmp_path):
        yield open_queue(Settings(instance_path=tmp_path))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a program of jobs_programs; whatever a test leaves running is killed."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(role: str = "worker", **settings: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.integration.jobs_programs", role, str(tmp_path)]
        environment = {**os.environ, **{f"SERVICELOST_{key}": value for key, value in settings.items()}}
        running.append(subprocess.Popen(command, env=environment, start_new_session=True))
        return running[-1]

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_jobs_run_in_order_and_a_failing_or_crashing_one_harms_nobody(
    tmp_path: Path, queue: JobQueue, start: Start
) -> None:
    queue.enqueue("note", {"word": "first"}, job_id="first")
    queue.enqueue("fail", {}, job_id="fail")
    queue.enqueue("crash", {}, job_id="crash")
    queue.enqueue("unheard-of", {}, job_id="unknown")
    queue.enqueue("note", {"word": "last"}, job_id="last")
    assert start("burst").wait(PATIENCE) == 0
    assert notes(tmp_path) == ["first", "failing", "crashing", "last"]
    assert queue.rq.fetch_job("first") is None  # done and forgotten: the result is in the database
    assert set(queue.rq.failed_job_registry.get_job_ids()) == {"fail", "crash", "unknown"}


def test_a_failing_job_is_repeated_as_often_as_asked(tmp_path: Path, queue: JobQueue, start: Start) -> None:
    queue.enqueue("fail", {}, job_id="fail", retries=2)
    assert start("burst").wait(PATIENCE) == 0
    assert notes(tmp_path) == ["failing"] * 3


def has_noticed_the_signal(queue: JobQueue) -> bool:
    [worker] = Worker.all(queue.rq.connection)
    return worker.shutdown_requested_date is not None


def test_sigterm_lets_the_running_job_finish(tmp_path: Path, queue: JobQueue, start: Start) -> None:
    worker = start()
    queue.enqueue("work_until_told", {})
    queue.enqueue("note", {"word": "later"})
    wait_for(lambda: notes(tmp_path))
    worker.send_signal(signal.SIGTERM)
    wait_for(lambda: has_noticed_the_signal(queue))
    (tmp_path / "told").touch()
    assert worker.wait(PATIENCE) == 0
    assert notes(tmp_path)[1:] == ["ended"]
    assert queue.waiting() == 1


def test_a_second_signal_takes_the_running_job_down(tmp_path: Path, queue: JobQueue, start: Start) -> None:
    worker = start()
    queue.enqueue("work_until_told", {})
    wait_for(lambda: notes(tmp_path))
    horse = int(notes(tmp_path)[0].split()[1])
    worker.send_signal(signal.SIGTERM)
    wait_for(lambda: has_noticed_the_signal(queue))
    time.sleep(1.1)  # within a second RQ takes it for the same keystroke
    worker.send_signal(signal.SIGTERM)
    worker.wait(PATIENCE)
    wait_for(lambda: not alive(horse))


def test_an_idle_worker_stops_at_once_and_takes_its_server_along(tmp_path: Path, start: Start) -> None:
    worker = start()
    wait_for(lambda: is_running(tmp_path))
    wait_for(lambda: Redis.from_url(queue_url(tmp_path)).scard("rq:workers"))
    worker.send_signal(signal.SIGINT)
    assert worker.wait(PATIENCE) == 0
    assert not is_running(tmp_path)


def test_a_crashed_embedded_server_is_started_again_by_the_worker(
    tmp_path: Path, queue: JobQueue, start: Start
) -> None:
    start()
    queue.enqueue("note", {"word": "before"})
    wait_for(lambda: notes(tmp_path) == ["before"])
    crashed = int(queue.rq.connection.info("server")["process_id"])
    os.kill(crashed, signal.SIGKILL)
    wait_for(lambda: not alive(crashed) and is_running(tmp_path))
    queue.enqueue("note", {"word": "after"})
    wait_for(lambda: notes(tmp_path) == ["before", "after"])


def test_an_emptied_queue_does_not_stop_the_worker(tmp_path: Path, queue: JobQueue, start: Start) -> None:
    start()
    queue.enqueue("note", {"word": "before"})
    wait_for(lambda: notes(tmp_path) == ["before"])
    queue.rq.connection.flushall()
    queue.enqueue("note", {"word": "after"})
    wait_for(lambda: notes(tmp_path) == ["before", "after"])


@pytest.mark.postgres
def test_a_job_has_a_database_connection_of_its_own(
    tmp_path: Path, queue: JobQueue, start: Start, pg_url: str
) -> None:
    queue.enqueue("note_connection", {"who": "job"})
    queue.enqueue("note_connection", {"who": "job"})
    url = make_url(pg_url).render_as_string(hide_password=False)
    assert start("burst", DATABASE_URL=url).wait(PATIENCE) == 0
    connections = [line.split() for line in notes(tmp_path)]
    assert [who for who, _ in connections] == ["worker", "job", "job"]
    assert len({connection for _, connection in connections}) == 3


def test_a_task_can_be_run_in_this_process_too(tmp_path: Path) -> None:
    runtime = Runtime(Settings(instance_path=tmp_path))
    run_task(runtime, TASKS, "note", {"word": "here"})
    assert notes(tmp_path) == ["here"]
    with pytest.raises(NotFound, match="no job 'notes'; known are: crash, fail, note"):
        run_task(runtime, TASKS, "notes", {})


def test_a_job_outside_a_worker_is_refused() -> None:
    with pytest.raises(RuntimeError, match="started by run_worker"):
        perform("note", {"word": "here"})
