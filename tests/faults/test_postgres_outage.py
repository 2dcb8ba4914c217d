"""PostgreSQL crashes and cuts connections under load: plain answers, recovery without help, nothing half."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.place import Answer, Client, Place, place, story, wait_for
from tests.faults.postgres import Postgres, postgres

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.postgres, pytest.mark.slow]

LINES = 150
SENT = story(LINES, "L")
BATCH = 6
OUTAGE_SECONDS = 1.0


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture
def installed(server: Postgres, tmp_path: Path) -> Iterator[Place]:
    """An installation in an empty database of the server."""
    name = f"t{time.monotonic_ns()}"
    with psycopg.connect(server.address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
    with place(tmp_path, DATABASE_URL=server.url.replace("/postgres?", f"/{name}?")) as made:
        yield made


class Load:
    """A DMS that sends batches of events and an advisor who declines lines; both insist until it is done."""

    def __init__(self, dms: Client, advisor: Client, lines: Sequence[int]) -> None:
        self.answers: list[Answer] = []
        parts = [SENT[first : first + BATCH] for first in range(0, len(SENT), BATCH)]
        self._threads = [
            threading.Thread(target=self._insist, args=[lambda part: dms.send(*part), parts]),
            threading.Thread(target=self._insist, args=[advisor.decline, lines]),
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _insist(self, act: Callable[[Any], Answer], things: Sequence[Any]) -> None:
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
        assert answer.seconds < 8


def assert_all_in(installed: Place, client: Client, lines: Sequence[int]) -> None:
    """Everything is in once, whatever is sent again; the sums hold."""
    assert client.send(*SENT).json["unchanged"] == len(SENT)
    assert {client.decline(line).status for line in lines} == {HTTPStatus.OK}  # said again, booked once
    assert installed.check(len(SENT) + LINES + LINES // 5) == LINES


def test_a_crash_under_load_costs_some_503_and_nothing_else(server: Postgres, installed: Place) -> None:
    token = installed.fill(LINES)
    lines = installed.line_ids()
    client = installed.serve(token)
    person = Client(client.address)
    person.sign_in("boris")
    with Load(client, Client(client.address, token), lines) as load:
        wait_for(lambda: load.served() > 30)
        server.crash()
        health, page = client.get("api/v1/health"), person.get("visits")
        sign_in = Client(client.address).get("sign-in")
        time.sleep(OUTAGE_SECONDS)
        before = load.served()
        server.start()
        recovered = wait_for(lambda: load.served() > before)
    log.info("the first good answer came %.2f s after PostgreSQL was up", recovered)
    assert (health.status, health.json["database"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "down")
    assert (page.status, page.headers["retry-after"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
    assert "the database does not answer at the moment: try again shortly" in page.text
    assert "Traceback" not in page.text
    assert sign_in.status == HTTPStatus.OK
    assert load.refused(), "the load never met the outage"
    assert_plain(load.refused(), "DATABASE_UNAVAILABLE")
    assert person.get("visits").status == HTTPStatus.OK
    assert recovered < 5
    assert_all_in(installed, client, lines)
    assert "Traceback" not in installed.said("web")


def test_connections_cut_again_and_again_lose_nothing(server: Postgres, installed: Place) -> None:
    token = installed.fill(LINES)
    lines = installed.line_ids()
    client = installed.serve(token)
    with Load(client, Client(client.address, token), lines) as load:
        cut = 0
        for _ in range(10):
            served = load.served()
            cut += server.cut_connections()
            wait_for(lambda served=served: load.served() > served + 2)
    assert cut >= 10
    assert_plain(load.refused(), "DATABASE_UNAVAILABLE")
    assert len(load.refused()) <= cut
    assert_all_in(installed, client, lines)
    assert "Traceback" not in installed.said("web")


def test_a_restart_nobody_noticed_costs_nobody_an_error(server: Postgres, installed: Place) -> None:
    client = installed.serve(installed.fill(1))
    [line] = installed.line_ids()
    assert client.get(f"api/v1/lines/{line}").status == HTTPStatus.OK
    server.crash()
    server.start()
    assert client.decline(line).status == HTTPStatus.OK
    assert client.send(*SENT[:2]).json["accepted"] == 2
