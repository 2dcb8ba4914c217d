"""A queue server of a test's own, which can be stopped, killed, filled and started again in one place."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from servicelost.jobs.embedded import find_server
from tests.waiting import wait_for


class Valkey:
    """The server behind one socket; nothing of it is kept when it dies."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "queue.sock"
        self.url = f"unix://{self._socket}"
        self.start()

    def start(self) -> None:
        """Start it, empty."""
        options = [
            "--port",
            "0",
            "--unixsocket",
            str(self._socket),
            "--save",
            "",
            "--dir",
            str(self._socket.parent),
        ]
        self._process = subprocess.Popen([str(find_server()), *options], stdout=subprocess.DEVNULL)
        wait_for(self._answers)

    def empty(self) -> None:
        """Forget everything."""
        self._ask("FLUSHALL")

    def hang(self) -> None:
        """Go on taking connections and answer none."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Answer again."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Be gone; whoever connects is refused."""
        self._process.kill()
        self._process.wait()

    def fill(self) -> None:
        """Have no memory for anything more."""
        self._ask("CONFIG", "SET", "maxmemory", "1")

    def make_room(self) -> None:
        """Have memory again."""
        self._ask("CONFIG", "SET", "maxmemory", "0")

    def _ask(self, *command: str) -> Any:
        with Redis.from_url(self.url) as connection:
            return connection.execute_command(*command)

    def _answers(self) -> bool:
        try:
            return bool(self._ask("PING"))
        except RedisError:
            return False


@contextmanager
def valkey() -> Iterator[Valkey]:
    """A server that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="servicelost-q-"))  # short: a socket's path has few characters
    server = Valkey(folder)
    try:
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
