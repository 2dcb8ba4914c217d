"""The web process as production starts it: how many people it lets in, and what they cost it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.waiting import PATIENCE, wait_for

HOST = "127.0.0.1"
PASSWORD = "correct-horse-battery"
MORE_THAN_WAITRESS_LETS_IN = 150


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of a running web process."""
    free = free_port()
    own = {key: value for key, value in os.environ.items() if not key.startswith("SERVICELOST_")}
    settings = {"SERVICELOST_INSTANCE_PATH": str(tmp_path), "SERVICELOST_PORT": str(free)}
    command = [sys.executable, "-m", "servicelost.standalone.script", "web"]
    process = subprocess.Popen(command, env=own | settings)
    try:
        wait_for(lambda: process.poll() is not None or listens(free))
        assert process.poll() is None
        yield free
    finally:
        process.terminate()
        process.wait(PATIENCE)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def ask(port: int, path: str = "/service/api/v1/health") -> socket.socket:
    """A connection that has had an answer and stays open, as browsers keep theirs."""
    opened = socket.create_connection((HOST, port), timeout=PATIENCE)
    opened.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    assert opened.recv(65_536).startswith(b"HTTP/1.1 200")
    return opened


def test_open_connections_keep_nobody_out(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(MORE_THAN_WAITRESS_LETS_IN):
            stack.enter_context(ask(port))


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel for the most memory held")
def test_many_who_sign_in_at_once_take_memory_for_one() -> None:
    program = (
        "import threading\n"
        "from servicelost.standalone.passwords import hash_password, is_password\n"
        f"made = hash_password({PASSWORD!r})\n"
        f"threads = [threading.Thread(target=is_password, args=(made, {PASSWORD!r})) for _ in range(12)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
        "import pathlib, re\n"
        "status = pathlib.Path('/proc/self/status').read_text()\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', status).group(1))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 150 * 1024
