"""PostgreSQL crashes and cuts connections under load: plain answers, recovery without help, nothing half."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from tests.faults.outage_place import Answer, Client, Place, place, story
from tests.faults.postgres import Postgres
from tests.waiting import PATIENCE, wait_for

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.postgres, pytest.mark.slow]

LINES = 60
BATCH = 4
CUTS = 5
# Nobody waits for a database that is away; this leaves room for a machine that is busy.
PATIENCE_OF_A_SENDER = 30


@pytest.fixture
def installed(postgres_server: Postgres, tmp_path: Path) -> Iterator[Place]:
    """An installation in the database of the server."""
    with place(tmp_path, DATABASE_URL=postgres_server.url) as made:
        yield made


class Load:
    """A DMS that sends batches of events and an advisor who declines lines; both insist until it is done."""

    def __init__(self, client: Client, lines: Sequence[int], events: Sequence[dict[str, Any]]) -> None:
        self.answers: list[Answer] = []
        self._enough = threading.Event()
        parts = [events[first : first + BATCH] for first in range(0, len(events), BATCH)]
        self._threads = [
            threading.Thread(target=self._insist, args=[lambda part: client.send(*part), parts]),
            threading.Thread(target=self._insist, args=[client.decline, lines]),
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _insist(self, act: Callable[[Any], Answer], things: Sequence[Any]) -> None:
        """Do all of it, and say it again and again until the load is no longer needed."""
        self._insist_once(act, things)
        while not self._enough.is_set():
            self._insist_once(act, things)

    def _insist_once(self, act: Callable[[Any], Answer], things: Sequence[Any]) -> None:
        for thing in things:
            while (answer := act(thing)).status not in (HTTPStatus.OK, HTTPStatus.CONFLICT):
                self.answers.append(answer)
                time.sleep(0.05)
            self.answers.append(answer)
            time.sleep(0.01)

    def served(self) -> int:
        """How many requests went well so far."""
        return len([answer for answer in self.answers if answer.status == HTTPStatus.OK])

    def refused(self) -> list[Answer]:
        """Every answer that was neither done nor a conflict."""
        fine = (HTTPStatus.OK, HTTPStatus.CONFLICT)
        return [answer for answer in self.answers if answer.status not in fine]


def assert_plain(answers: Sequence[Answer], *codes: str) -> None:
    """Each of them is a 503 in the API's one shape, which says when to come again."""
    for answer in answers:
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE, answer
        assert answer.json["code"] in codes, answer
        assert answer.json["message"].startswith("the database "), answer
        assert answer.json["request_id"] == answer.headers["x-request-id"]
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.seconds < PATIENCE_OF_A_SENDER


def crash_under_load(server: Postgres, client: Client, person: Client, load: Load) -> None:
    """Take the server away and bring it back while the load goes on."""
    with load:
        wait_for(lambda: load.served() > 10)
        server.crash()
        health, page = client.get("api/v1/health"), person.get("visits")
        sign_in = Client(client.address).get("sign-in")
        wait_for(load.refused)
        before = load.served()
        server.start()
        recovered = wait_for(lambda: load.served() > before)
    log.info("the first good answer came %.2f s after PostgreSQL was up", recovered)
    assert (health.status, health.json["database"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "down")
    assert (page.status, page.headers["retry-after"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
    assert "the database does not answer at the moment: try again shortly" in page.text
    assert sign_in.status == HTTPStatus.OK
    assert_plain(load.refused(), "DATABASE_UNAVAILABLE")


def cut_connections_under_load(server: Postgres, load: Load) -> None:
    """End all connections again and again while the load goes on."""
    cut = 0
    with load:
        for _ in range(CUTS):
            served = load.served()
            cut += server.cut_connections()
            wait_for(lambda served=served: load.served() > served + 2)
    assert cut >= CUTS
    assert_plain(load.refused(), "DATABASE_UNAVAILABLE")


def test_a_crash_and_cut_connections_under_load_cost_some_503_and_nothing_else(
    postgres_server: Postgres, installed: Place
) -> None:
    token = installed.fill(2 * LINES)
    lines = installed.line_ids()
    client = installed.serve(token)
    person = Client(client.address)
    person.sign_in("boris")
    first, second = story(LINES, "L"), story(LINES, "M")
    crash_under_load(postgres_server, client, person, Load(client, lines[:LINES], first))
    cut_connections_under_load(postgres_server, Load(client, lines[LINES:], second))

    # Connections that die while nobody uses them are replaced before anybody notices.
    assert postgres_server.cut_connections()
    assert person.get("visits").status == HTTPStatus.OK
    assert client.send(*first, *second).json["unchanged"] == len(first + second)
    assert {client.decline(line).status for line in lines[::10]} == {HTTPStatus.OK}  # said again, booked once
    assert installed.check(2 * len(first + second)) == len(lines)
    assert "Traceback" not in installed.said("web")
