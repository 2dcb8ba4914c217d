"""What a supervisor leaves running when it is killed itself, which no program can prevent or notice.

Where the system can (Linux), it asks the children to end in that moment; everywhere, the next start ends what
is on the roll. Nothing is known here of what the processes do.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil

_SET_PARENT_DEATH_SIGNAL = 1
_SAME_START_SECONDS = 1.0
_KILL_SECONDS = 2.0
_LOOK_EVERY = 0.05


def ends_with_parent() -> Callable[[], None] | None:
    """What a child does between fork and exec to get SIGTERM when this process dies; None where none can."""
    if sys.platform != "linux":
        return None
    # Looked up before the fork: the child should do as little as possible.
    return partial(_ask_system, ctypes.CDLL(None).prctl, os.getpid())


def _ask_system(prctl: Callable[..., int], parent: int) -> None:
    prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before it could be asked
        os._exit(1)


class Roll:
    """The running children of one supervisor, in a file that outlives it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, pids: Iterable[int]) -> None:
        """Write down who runs now; a number alone could soon mean somebody else."""
        lines = []
        for pid in pids:
            with suppress(psutil.NoSuchProcess):
                lines.append(f"{pid} {psutil.Process(pid).create_time()}\n")
        fresh = self._path.with_name(f"{self._path.name}.new")
        fresh.write_text("".join(lines))
        fresh.replace(self._path)

    def clear(self) -> None:
        """Nobody runs any more."""
        self._path.unlink(missing_ok=True)

    def end_leftovers(self, seconds: float) -> int:
        """End what a killed supervisor left, in order if it goes within so many seconds; how many there were.

        To be called when no supervisor with this roll runs.
        """
        left = list(self._alive())
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        deaf = _wait(left, seconds)
        family = [member for process in deaf for member in [process, *_descendants(process)]]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        _wait(family, _KILL_SECONDS)
        self.clear()
        return len(left)

    def _alive(self) -> Iterable[psutil.Process]:
        with suppress(FileNotFoundError):
            for line in self._path.read_text().splitlines():
                pid, started = line.split()
                with suppress(psutil.NoSuchProcess):
                    process = psutil.Process(int(pid))
                    if abs(process.create_time() - float(started)) < _SAME_START_SECONDS and _works(process):
                        yield process


def _wait(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that still work after so many seconds."""
    deadline = time.monotonic() + seconds
    while (still := [process for process in processes if _works(process)]) and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY)
    return still


def _works(process: psutil.Process) -> bool:
    # In a container nobody may be there to take an ended orphan off the system's list.
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return process.children(recursive=True)
    return []
