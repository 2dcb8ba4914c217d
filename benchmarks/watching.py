"""Looking at processes while something is measured: memory and processor time of each, again and again.

For saying afterwards what was the limit; the measuring itself is done elsewhere.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil
from sqlalchemy import create_engine, text

# Processes by name; asked anew at each look, since a server starts and ends processes of its own.
Groups = Mapping[str, Callable[[], list[psutil.Process]]]


@dataclass(slots=True)
class Watched:
    """What was seen: memory in MiB of each process in turn, and processor seconds from first to last look."""

    seconds: float = 0.0
    memory: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    def share(self, name: str) -> float:
        """How much of one core it used."""
        return round(self.cpu[name] / self.seconds, 2)


@contextmanager
def watching(processes: Groups, every: float) -> Iterator[Watched]:
    """Look at the groups of processes every so many seconds until the block ends."""
    seen, stop, started = Watched(), threading.Event(), time.perf_counter()
    before = {name: _cpu(group()) for name, group in processes.items()}

    def look() -> None:
        while True:
            for name, group in processes.items():
                seen.memory.setdefault(name, []).append(_memory(group()))
            if stop.wait(every):
                return

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
        seen.seconds = time.perf_counter() - started
        seen.cpu = {name: _cpu(group()) - before[name] for name, group in processes.items()}


def server_processes(database_url: str) -> Callable[[], list[psutil.Process]]:
    """Tells the processes of the PostgreSQL server that run now."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        own = psutil.Process(int(connection.scalar(text("SELECT pg_backend_pid()")) or 0))
        server = own.parent()
    engine.dispose()
    assert server is not None
    return lambda: [server, *server.children()]


def _cpu(group: list[psutil.Process]) -> float:
    used = 0.0
    for process in group:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            # Children that have ended are counted with their parent.
            used += times.user + times.system + times.children_user + times.children_system
    return used


def _memory(group: list[psutil.Process]) -> float:
    held = 0.0
    for process in group:
        with suppress(psutil.NoSuchProcess):
            held += process.memory_info().rss
    return round(held / 2**20, 1)
