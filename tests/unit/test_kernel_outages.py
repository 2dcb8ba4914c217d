"""What each fault of database and disk is called: the drivers' own errors, made by the drivers themselves."""

import errno
import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from servicelost.kernel.db import open_engine
from servicelost.kernel.errors import NotFound
from servicelost.kernel.outages import outage_of


def as_sqlalchemy_raises(error: Exception) -> DBAPIError:
    return OperationalError("SELECT 1", None, error)


@pytest.mark.parametrize(
    ("state", "code", "retry_after"),
    [
        ("57P01", "DATABASE_UNAVAILABLE", 5),
        ("57P03", "DATABASE_UNAVAILABLE", 5),
        ("08006", "DATABASE_UNAVAILABLE", 5),
        ("25006", "DATABASE_UNAVAILABLE", 5),
        ("25P03", "DATABASE_UNAVAILABLE", 5),
        ("58030", "DATABASE_UNAVAILABLE", 5),
        ("40001", "BUSY", 1),
        ("40P01", "BUSY", 1),
        ("55P03", "BUSY", 1),
        ("57014", "TOOK_TOO_LONG", 30),
        ("53300", "BUSY", 1),
        ("53100", "STORAGE_FULL", 60),
    ],
)
def test_postgresql_s_codes(state: str, code: str, retry_after: int) -> None:
    error = psycopg.errors.lookup(state)("FATAL: so it is\nDETAIL: more")
    for raised in (error, as_sqlalchemy_raises(error)):
        outage = outage_of(raised)
        assert outage is not None
        assert (outage.code, outage.retry_after, outage.reason) == (code, retry_after, "FATAL: so it is")
        assert outage.reason not in outage.message


@pytest.mark.parametrize("state", ["23505", "22P02", "42P01", "25P02"])
def test_faults_of_ours_are_no_outage(state: str) -> None:
    assert outage_of(as_sqlalchemy_raises(psycopg.errors.lookup(state)("no"))) is None


def test_a_server_that_is_not_there() -> None:
    with (
        pytest.raises(OperationalError) as caught,
        open_engine("postgresql+psycopg://u@127.0.0.1:1/x").connect(),
    ):
        pass
    outage = outage_of(caught.value)
    assert outage is not None
    assert outage.code == "DATABASE_UNAVAILABLE"


def failure_of(path: Path, *statements: str) -> DBAPIError:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 0})
    with pytest.raises(DBAPIError) as caught, engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
    return caught.value


def test_sqlite_s_names(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("CREATE TABLE t (x)")
    holder.execute("BEGIN EXCLUSIVE")
    found: list[Any] = [failure_of(path, "INSERT INTO t VALUES (1)")]
    holder.close()
    found.append(failure_of(path, "PRAGMA max_page_count = 2", "INSERT INTO t VALUES (zeroblob(100000))"))
    found.append(failure_of(tmp_path / "nowhere" / "x.db", "SELECT 1"))
    found.append(failure_of(path, "SELECT * FROM missing"))
    codes = [outage.code if (outage := outage_of(error)) else None for error in found]
    assert codes == ["BUSY", "STORAGE_FULL", "DATABASE_UNAVAILABLE", None]


def test_files_pools_and_everything_else() -> None:
    full = outage_of(OSError(errno.ENOSPC, "No space left on device", "/srv/lake/x"))
    assert full is not None
    assert (full.code, full.message[:20]) == ("STORAGE_FULL", "/srv/lake/x is full:")
    exhausted = outage_of(PoolTimeout("QueuePool limit"))
    assert exhausted is not None
    assert exhausted.code == "BUSY"
    assert outage_of(OSError(errno.ENOENT, "No such file", "x")) is None
    assert outage_of(NotFound("NOT_FOUND", "x")) is None
    assert outage_of(full) is full
