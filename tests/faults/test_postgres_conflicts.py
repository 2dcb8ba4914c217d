"""Deadlocks, serialisation failures, long locks and cancelled statements, each made by a real rival session.

Who decides about a line is told that it worked, or that somebody was faster; never that we failed.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from servicelost.runtime import NAME
from servicelost.standalone.app import create_app
from tests.faults.outage_place import Place, place
from tests.waiting import PATIENCE, wait_for

pytestmark = pytest.mark.postgres

LINE = "servicelost_line"
OPPORTUNITY = "servicelost_opportunity"
WAITING = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
GIVEN_UP = (HTTPStatus.SERVICE_UNAVAILABLE, "TOOK_TOO_LONG")
COUNTED = (
    "SELECT pg_stat_force_next_flush(), deadlocks FROM pg_stat_database WHERE datname = current_database()"
)


class Shop:
    """The application in this process, and the rival beside it."""

    def __init__(self, made: Place, token: str) -> None:
        self.address = made.settings["DATABASE_URL"].replace("+psycopg", "")
        self.app = create_app(made.environment)
        self.client: FlaskClient = self.app.test_client()
        self._headers = {"Authorization": f"Bearer {token}"}
        [self.line] = made.line_ids()
        self.place = made

    def decline(self, version: str = "1") -> TestResponse:
        """Say no to the line."""
        headers = {**self._headers, "If-Match": version}
        path = f"/service/api/v1/lines/{self.line}/decline"
        return self.client.post(path, json={"cause": "NO_TIME"}, headers=headers)

    @contextmanager
    def declining(self) -> Iterator[list[TestResponse]]:
        """Say no in a thread that the rival gets in the way of; the answer is there after the block."""
        answers: list[TestResponse] = []
        thread = threading.Thread(target=lambda: answers.append(self.decline()))
        thread.start()
        yield answers
        thread.join(PATIENCE)
        assert answers

    def rival(self) -> psycopg.Connection[Any]:
        """A session beside ours."""
        return psycopg.connect(self.address)

    def waits(self) -> bool:
        """Whether some session of ours waits for a lock."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            row = connection.execute(f"SELECT count(*) {WAITING}").fetchone()
        return bool(row and row[0])


@pytest.fixture
def shop(pg_url: str, tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """A maker of the shop with one line to decide about; `options` are the session's own."""
    with place(tmp_path, DATABASE_URL=pg_url) as made:
        token = made.fill(1)
        shops: list[Shop] = []

        def make(options: str = "", **settings: str) -> Shop:
            made.settings.update(settings)
            if options:
                made.settings["DATABASE_URL"] = f"{pg_url}&options={options}"
            shops.append(Shop(made, token))
            return shops[-1]

        yield make
        for each in shops:
            each.app.extensions[NAME].dispose()


@pytest.mark.parametrize("faster", [False, True])
def test_a_deadlock_ends_in_a_success_or_a_conflict(shop: Callable[..., Shop], faster: bool) -> None:
    """We write the opportunity and want the line; the rival has the line and wants the opportunity."""
    ours = shop("-c%20deadlock_timeout%3D4s")  # long enough for the rival to close the circle
    with ours.rival() as rival:
        rival.execute("SET deadlock_timeout = '10min'")  # so that we are the victim
        rival.execute(f"UPDATE {LINE} SET version = version WHERE id = {ours.line}")
        with ours.declining() as answers:
            wait_for(ours.waits)
            rival.execute(f"UPDATE {OPPORTUNITY} SET version = version + 1")
            if faster:
                rival.execute(f"UPDATE {LINE} SET version = 2, state = 'AUTHORIZED' WHERE id = {ours.line}")
                rival.commit()
            else:
                rival.rollback()
    assert deadlocks(ours) >= 1
    if faster:
        assert (answers[0].status_code, answers[0].json["code"]) == (HTTPStatus.CONFLICT, "STALE")
    else:
        assert answers[0].status_code == HTTPStatus.OK, answers[0].json
        assert ours.place.check(2) == 1


def deadlocks(ours: Shop) -> int:
    """How many deadlocks PostgreSQL itself has counted."""

    def count() -> int:
        with psycopg.connect(ours.address, autocommit=True) as connection:
            row = connection.execute(COUNTED).fetchone()
        return int(row[1]) if row else 0

    wait_for(count)
    return count()


def test_another_s_change_while_we_wait_is_a_conflict_that_names_it(shop: Callable[..., Shop]) -> None:
    ours = shop()
    with ours.rival() as rival:
        rival.execute(f"UPDATE {LINE} SET version = 2, state = 'AUTHORIZED' WHERE id = {ours.line}")
        with ours.declining() as answers:
            wait_for(ours.waits)
            rival.commit()
    assert (answers[0].status_code, answers[0].json["code"]) == (HTTPStatus.CONFLICT, "STALE")
    assert "AUTHORIZED" in answers[0].json["message"]


def test_a_change_beside_the_line_while_we_wait_is_worked_in(shop: Callable[..., Shop]) -> None:
    """PostgreSQL refuses to serialise; the line itself is as it was, so the decision stands."""
    ours = shop()
    with ours.rival() as rival:
        rival.execute(f"UPDATE {OPPORTUNITY} SET version = version + 1")
        with ours.declining() as answers:
            wait_for(ours.waits)
            rival.commit()
    assert answers[0].status_code == HTTPStatus.OK, answers[0].json
    assert ours.place.check(2) == 1


def test_a_lock_that_is_held_too_long_is_a_plain_503(shop: Callable[..., Shop]) -> None:
    ours = shop("-c%20lock_timeout%3D300ms")
    with ours.rival() as rival:
        rival.execute(f"UPDATE {LINE} SET version = version WHERE id = {ours.line}")
        answer = ours.decline()
        rival.rollback()
    assert (answer.status_code, answer.json["code"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "BUSY")
    assert answer.headers["Retry-After"] == "1"
    assert ours.decline().status_code == HTTPStatus.OK


def test_a_statement_that_is_cancelled_is_a_plain_503(shop: Callable[..., Shop]) -> None:
    ours = shop()
    with ours.rival() as rival:
        rival.execute(f"UPDATE {LINE} SET version = version WHERE id = {ours.line}")
        with ours.declining() as answers:
            wait_for(ours.waits)
            rival.execute(f"SELECT pg_cancel_backend(pid) {WAITING}")
        rival.rollback()
    assert (answers[0].status_code, answers[0].json["code"]) == GIVEN_UP
    assert ours.place.check(2) == 0


def test_a_statement_that_takes_too_long_is_a_plain_503(shop: Callable[..., Shop]) -> None:
    """The limit is the connection's own, so it is there without a round trip for each request."""
    ours = shop(STATEMENT_TIMEOUT="1")
    with ours.rival() as rival:
        rival.execute(f"UPDATE {LINE} SET version = version WHERE id = {ours.line}")
        answer = ours.decline()
        rival.rollback()
    assert (answer.status_code, answer.json["code"]) == GIVEN_UP
    assert answer.headers["Retry-After"] == "30"
    assert "too long" in answer.json["message"]
    assert ours.place.check(2) == 0
    assert ours.decline().status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("options", "settings", "expected"),
    [
        ("", {}, "30s"),
        ("", {"STATEMENT_TIMEOUT": "45"}, "45s"),
        ("", {"STATEMENT_TIMEOUT": "0"}, "0"),
        ("-c%20statement_timeout%3D7s", {}, "7s"),
    ],
)
def test_who_waits_for_a_page_has_a_limit_and_jobs_have_none(
    shop: Callable[..., Shop], options: str, settings: dict[str, str], expected: str
) -> None:
    ours = shop(options, **settings)
    engine = ours.app.extensions[NAME].engine
    with engine.connect() as first, engine.connect() as second:  # every connection, not the first alone
        limits = {each.execute(text("SHOW statement_timeout")).scalar_one() for each in (first, second)}
    assert limits == {expected}
    if not options:
        with ours.place.opened() as runtime, runtime.engine.connect() as connection:
            assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "0"


def test_waiting_for_a_lock_has_an_end_unless_somebody_set_another(shop: Callable[..., Shop]) -> None:
    found = []
    for options in ("", "-c%20lock_timeout%3D3s"):
        engine = shop(options).app.extensions[NAME].engine
        with engine.connect() as connection:
            found.append(connection.execute(text("SHOW lock_timeout")).scalar_one())
            assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "5min"
    assert found == ["10s", "3s"]
