"""Asking for jobs: names and ids only, once at a time under one id, and a clear error when nobody answers."""

import json
import socket
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rq.job import JobStatus

from servicelost.config import Settings
from servicelost.jobs.queue import JobQueue, QueueDown, open_queue


@pytest.fixture
def queue(valkey_url: str) -> JobQueue:
    return open_queue(Settings(redis_url=valkey_url))


def test_a_job_is_a_name_and_ids_in_plain_json(queue: JobQueue) -> None:
    assert queue.enqueue("report.run", {"run_id": 17, "again": True, "note": None}, job_id="report-17")
    job = queue.rq.fetch_job("report-17")
    assert job is not None
    assert job.args == ["report.run", {"run_id": 17, "again": True, "note": None}]
    assert json.loads(zlib.decompress(job.to_dict()["data"]))[2] == list(job.args)
    assert queue.waiting() == 1


def test_the_same_job_is_asked_for_once_while_it_waits(queue: JobQueue) -> None:
    assert queue.enqueue("note", {}, job_id="same")
    assert not queue.enqueue("note", {}, job_id="same")
    assert queue.waiting() == 1


@pytest.mark.parametrize(
    "ended", [JobStatus.FINISHED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED]
)
def test_a_job_that_ended_may_be_asked_for_again(queue: JobQueue, ended: JobStatus) -> None:
    queue.enqueue("note", {"word": "old"}, job_id="same")
    job = queue.rq.fetch_job("same")
    assert job is not None
    queue.rq.remove(job)
    job.set_status(ended)
    assert queue.enqueue("note", {"word": "new"}, job_id="same")
    assert queue.rq.jobs[0].args == ["note", {"word": "new"}]
    assert queue.waiting() == 1


def test_an_emptied_server_accepts_the_same_job_again(queue: JobQueue) -> None:
    queue.enqueue("note", {}, job_id="same")
    queue.rq.connection.flushall()
    assert queue.enqueue("note", {}, job_id="same")


def test_timeouts_come_from_the_settings_unless_given(valkey_url: str) -> None:
    queue = open_queue(Settings(redis_url=valkey_url, job_timeout=timedelta(minutes=7)))
    queue.enqueue("note", {}, job_id="usual")
    queue.enqueue("note", {}, job_id="longer", timeout=timedelta(hours=1))
    assert [job.timeout for job in queue.rq.jobs] == [420, 3600]


@pytest.mark.parametrize("data", [datetime(2026, 11, 22, tzinfo=UTC), 2.5, [1], {"a": 1}, b"x"])
def test_data_is_refused_as_payload(queue: JobQueue, data: object) -> None:
    with pytest.raises(TypeError, match=r"'what' is .*; ids and words only"):
        queue.enqueue("note", {"what": data})  # type: ignore[dict-item]
    assert queue.waiting() == 0


def test_an_id_the_server_could_not_keep_is_refused(queue: JobQueue) -> None:
    with pytest.raises(ValueError, match="letters, digits, hyphens"):
        queue.enqueue("note", {}, job_id="report:17")


def test_two_installations_on_one_server_do_not_meet(valkey_url: str) -> None:
    first = open_queue(Settings(redis_url=valkey_url, queue_name="first"))
    second = open_queue(Settings(redis_url=valkey_url, queue_name="second"))
    first.enqueue("note", {})
    assert (first.waiting(), second.waiting()) == (1, 0)


def test_a_server_that_hangs_is_waited_for_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        queue = open_queue(Settings(redis_url=f"redis://127.0.0.1:{silent.getsockname()[1]}"))
        for _ in range(3):
            with pytest.raises(QueueDown, match="the queue server does not answer"):
                queue.enqueue("note", {})
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):  # nobody came a second time
            silent.accept()


def test_no_server_is_one_clear_error(tmp_path: Path) -> None:
    queue = open_queue(Settings(instance_path=tmp_path))
    with pytest.raises(QueueDown, match="the queue server does not answer"):
        queue.enqueue("note", {})
    with pytest.raises(QueueDown):
        queue.waiting()
