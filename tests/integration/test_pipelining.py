"""Statements that go to a real PostgreSQL in one go: their answers, their errors, and a commit among them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from servicelost.kernel.db import open_engine
from servicelost.kernel.driver import Driver

MANY = 9
# Larger than what a socket holds: who only sent and never read would wait for ever.
LARGE = "x" * 4_000_000


@pytest.fixture
def engine(pg_url: str) -> Iterator[Engine]:
    made = open_engine(pg_url)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE note (id bigint PRIMARY KEY, said text)"))
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as opened:
        opened.begin()
        yield opened


def kept(engine: Engine) -> list[int]:
    with engine.connect() as other:
        return list(other.scalars(text("SELECT id FROM note ORDER BY id")))


def note(driver: Driver, *ids: int) -> None:
    driver.run("INSERT INTO note (id, said) VALUES (%s, %s)", [(number, f"note {number}") for number in ids])


def test_each_statement_has_its_own_answer(connection: Connection) -> None:
    driver = Driver(connection)
    with driver.together():
        note(driver, 1, 2, 3)
        changed = driver.run("UPDATE note SET said = %s WHERE id > %s", [("later", 1)])
        none = driver.run("UPDATE note SET said = %s WHERE id > %s", [("later", 99)])
    assert (changed(), none()) == (2, 0)
    asked = [
        ("SELECT id FROM note WHERE said = %s ORDER BY id", ("later",)),
        ("SELECT count(*) FROM note", ()),
    ]
    assert driver.rows_of_each(asked) == [[(2,), (3,)], [(3,)]]


def test_nothing_is_sent_before_the_end(engine: Engine, connection: Connection) -> None:
    driver = Driver(connection)
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
    with driver.together():
        note(driver, 1)
        with engine.connect() as other:
            assert other.scalar(text(f"{busy} AND pid <> pg_backend_pid()")) == 0


def test_a_commit_goes_along(engine: Engine, connection: Connection) -> None:
    driver = Driver(connection)
    with driver.together():
        note(driver, 1)
        connection.commit()
        assert kept(engine) == []
    assert kept(engine) == [1]


def test_a_failure_undoes_the_commit_that_went_along(engine: Engine, connection: Connection) -> None:
    driver = Driver(connection)
    with pytest.raises(IntegrityError, match="note_pkey"), driver.together():
        note(driver, 1)
        note(driver, 1)
        note(driver, 2)
        connection.commit()
    connection.close()
    assert kept(engine) == []
    with engine.begin() as again:
        note(Driver(again), 3)
    assert kept(engine) == [3]


def test_large_rows_go_both_ways(connection: Connection) -> None:
    driver = Driver(connection)
    with driver.together():
        driver.run("INSERT INTO note (id, said) VALUES (%s, %s)", [(number, LARGE) for number in range(MANY)])
    answers = driver.rows_of_each(
        [("SELECT said FROM note WHERE id = %s", (number,)) for number in range(MANY)]
    )
    assert answers == [[(LARGE,)]] * MANY


def test_what_runs_within_is_of_one_moment(engine: Engine, connection: Connection) -> None:
    driver = Driver(connection)
    [[(level,)]] = driver.rows_of_each([("SELECT current_setting('transaction_isolation')", ())])
    assert level == "repeatable read"
    with engine.begin() as other:
        other.execute(text("INSERT INTO note (id) VALUES (7)"))
    assert driver.rows_of_each([("SELECT id FROM note", ())]) == [[]]


def test_a_connection_cut_meanwhile_is_not_used_again(engine: Engine, connection: Connection) -> None:
    driver = Driver(connection)
    pid = driver.rows("SELECT pg_backend_pid()", ())[0][0]
    with pytest.raises(OperationalError), driver.together():
        note(driver, 1)
        with engine.begin() as other:
            other.execute(text("SELECT pg_terminate_backend(CAST(:pid AS int), 5000)"), {"pid": pid})
        connection.commit()
    assert connection.invalidated
    assert kept(engine) == []
