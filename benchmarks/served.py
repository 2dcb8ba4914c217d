"""Web processes as production starts them: `servicelost web` in a process of its own, on a free port.

What is asked of them is said by each benchmark.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.wire import HOST, Wire, request_bytes

API = "/service/api/v1"
_HEALTH = request_bytes("GET", f"{API}/health", {"Connection": "close"})
_READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Served:
    """A running web process and how long it took to answer for the first time."""

    port: int
    process: psutil.Process
    ready_seconds: float

    def cpu_seconds(self) -> float:
        """Processor time it has used so far."""
        used = self.process.cpu_times()
        return float(used.user + used.system)

    def memory_mib(self) -> float:
        """Memory it holds now."""
        return float(self.process.memory_info().rss / 2**20)


def environment(database_url: str, folder: str | Path) -> dict[str, str]:
    """The environment of an installation on this database, with nothing of the caller's own installation."""
    # Without compiled files each start would compile everything anew, which no installation does.
    foreign = ("SERVICELOST_", "PYTHONDONTWRITEBYTECODE")
    own = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    return own | {"SERVICELOST_DATABASE_URL": database_url, "SERVICELOST_INSTANCE_PATH": str(folder)}


def servicelost(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """Run one command of the installation to its end: what it printed."""
    command = [*_program("servicelost.standalone.script"), *arguments]
    done = subprocess.run(command, env=dict(environ), check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


@contextmanager
def web(environ: Mapping[str, str], *, module: str = "servicelost.standalone.script") -> Iterator[Served]:
    """`servicelost web`, or another module that serves the same way, until the block ends."""
    port = free_port()
    started = time.perf_counter()
    child = subprocess.Popen([*_program(module), "web"], env=dict(environ) | {"SERVICELOST_PORT": str(port)})
    try:
        _wait_until_ready(child, port)
        yield Served(port, psutil.Process(child.pid), time.perf_counter() - started)
    finally:
        child.terminate()
        child.wait(timeout=20)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _program(module: str) -> tuple[str, str, str]:
    return sys.executable, "-m", module


def _wait_until_ready(child: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise RuntimeError(f"the web process ended with {child.returncode}")
        try:
            with Wire(port) as wire:
                if wire.ask(_HEALTH).status == 200:
                    return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError("the web process does not answer")
