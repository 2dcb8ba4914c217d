"""The queue server is emptied, hangs, dies and fills up: nobody waits for it and nothing is lost."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import pytest
from redis import Redis

from servicelost.analytics.models import RunState
from servicelost.jobs.embedded import is_running, queue_url
from tests.faults.outage_place import Client, Place, place, story
from tests.faults.runs import AT_ONCE, ask, busy_lake, recover, states
from tests.faults.valkey import Valkey
from tests.processes import alive
from tests.waiting import PATIENCE, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def installed(valkey_server: Valkey, tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path, REDIS_URL=valkey_server.url) as made:
        yield made


def note(client: Client, run_id: int) -> str | None:
    answer = client.get(f"api/v1/report-runs/{run_id}")
    assert answer.json["state"] == "QUEUED"
    found: str | None = answer.json["note"]
    return found


def assert_page_answers(client: Client, person: Client, path: str, told: str) -> None:
    """The page is there at once, from the database, and says plainly that reports wait."""
    page = person.get(path)
    assert (page.status, page.seconds < AT_ONCE) == (HTTPStatus.OK, True), page.seconds
    assert f"Reports wait, because the queue server {told}" in page.text
    assert "nothing is lost" in page.text
    health = client.get("api/v1/health")
    assert (health.status, health.json["database"], health.json["queue"]) == (HTTPStatus.OK, "ok", "down")


def wait_until_queue_works(client: Client) -> None:
    """A server that hung is not asked again for some seconds."""
    wait_for(lambda: client.get("api/v1/health").json["queue"] == "ok")


def assert_work_goes_on(client: Client, line: int, stem: str) -> None:
    """Events and decisions do not know that there is a queue."""
    told = story(2, stem)
    sent, declined = client.send(*told), client.decline(line)
    assert (sent.json["accepted"], declined.status) == (len(told), HTTPStatus.OK)
    assert max(sent.seconds, declined.seconds) < AT_ONCE


def each_fault(server: Valkey, client: Client, person: Client, lines: list[int]) -> None:
    """Take the queue away in three ways, with pages, events and decisions in the middle of it."""
    server.hang()
    assert_page_answers(client, person, "", "does not answer")  # the first page, which asks for the overview
    assert_work_goes_on(client, lines[0], "H")
    server.go_on()
    wait_until_queue_works(client)

    server.kill()
    assert_page_answers(client, person, "reports/recommendations", "does not answer")
    assert_work_goes_on(client, lines[1], "K")
    server.start()
    wait_until_queue_works(client)

    server.fill()
    run = ask(client, "causes")
    assert "the queue server takes no jobs" in (note(client, run) or "")
    assert_page_answers(client, person, "reports/causes", "takes no jobs")
    assert_work_goes_on(client, lines[2], "F")
    server.make_room()


def test_without_the_queue_pages_answer_work_goes_on_and_reports_are_done_later(
    valkey_server: Valkey, installed: Place
) -> None:
    client = installed.serve(installed.fill(5))
    person = Client(client.address)
    person.sign_in("boris")
    first, *lines = installed.line_ids()
    client.decline(first)
    assert note(client, ask(client, "trend")) is None
    valkey_server.empty()
    each_fault(valkey_server, client, person, lines)
    assert len(states(installed)) == 4
    assert set(states(installed).values()) == {RunState.QUEUED}
    installed.start("worker")
    recover(installed)
    wait_for(lambda: set(states(installed).values()) == {RunState.DONE})
    assert installed.check(6 + 3 * 3) == 4
    assert "Traceback" not in installed.said("web")
    assert "Traceback" not in installed.said("worker")


def test_a_worker_outlives_everything_its_queue_server_does(valkey_server: Valkey, installed: Place) -> None:
    client = installed.serve(installed.fill(5))
    worker = installed.start("worker")
    faults: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
        "causes": (valkey_server.empty, lambda: None),
        "lost-revenue": (valkey_server.kill, valkey_server.start),
        "where-why": (valkey_server.hang, valkey_server.go_on),
        "recommendations": (valkey_server.fill, valkey_server.make_room),
    }
    for report, (begin, end) in faults.items():
        with busy_lake(installed):
            run = ask(client, report)
            wait_for(lambda run=run: states(installed)[run] == RunState.RUNNING)
            begin()
        wait_for(lambda run=run: states(installed)[run] == RunState.DONE)
        end()
        ask(client, "trend")
        wait_for(lambda: set(states(installed).values()) == {RunState.DONE})
        client.send(*story(1, report))  # so that the next question is a new one
    assert worker.poll() is None
    said = installed.said("worker")
    assert len(said.splitlines()) < 60, said
    assert said.count("Traceback") <= 1  # RQ's own, of the job that vanished from under it


def test_a_hanging_embedded_server_is_replaced_and_not_left_behind(tmp_path: Path) -> None:
    with place(tmp_path) as installed:
        installed.fill()
        folder = installed.folder / "instance"
        cron = installed.start("cron")
        wait_for(lambda: is_running(folder) and Redis.from_url(queue_url(folder)).keys("rq:queue:*"))
        first = int(Redis.from_url(queue_url(folder)).info("server")["process_id"])
        os.kill(first, signal.SIGSTOP)
        try:
            wait_for(lambda: not alive(first))
        finally:
            with suppress(ProcessLookupError):
                os.kill(first, signal.SIGKILL)
        wait_for(lambda: is_running(folder))
        cron.terminate()
        assert cron.wait(PATIENCE) == 0
        assert not is_running(folder)
