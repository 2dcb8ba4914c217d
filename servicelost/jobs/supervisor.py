"""Running the processes of one installation together: started, watched, started again, stopped as one.

Knows commands, not what they do. Each gets a session of its own, so a Ctrl-C in the terminal reaches only the
supervisor, which then ends all of them in order.
"""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import psutil

from servicelost.jobs.leftovers import Roll, ends_with_parent
from servicelost.jobs.signals import StopSignals
from servicelost.kernel.errors import ServiceLostError

log = logging.getLogger(__name__)

_LOOK_EVERY = 0.5
_STEADY_SECONDS = 30.0
_LONGEST_DELAY = 10.0
_LAST_WARNING_SECONDS = 2.0


class ProcessFailed(ServiceLostError):
    """A process ended again and again; everything else was stopped too."""

    def __init__(self, name: str, code: int, times: int) -> None:
        super().__init__("PROCESS_FAILED", f"the {name} process ended {times} times, last with code {code}")


@dataclass(frozen=True)
class Command:
    """A process to keep running; `env` is added to our own environment."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


def supervise(
    commands: Sequence[Command],
    *,
    grace: timedelta = timedelta(seconds=10),
    attempts: int = 5,
    started: Callable[[], None] | None = None,
    roll: Roll | None = None,
) -> None:
    """Keep the commands running until SIGINT, SIGTERM or SIGHUP; afterwards nothing of them runs.

    A process that ends is started again, after a pause that grows with every failure in a row; a run of
    half a minute ends the row. `started` is called once, when all were started. Stopping sends SIGTERM,
    after `grace` or a second signal again, then SIGKILL, also to what the processes themselves started.
    On `roll` stands who runs, for the next start in case this process is killed. For the main thread only.
    Raises ProcessFailed after so many failures in a row.
    """
    children = [_Child(command, attempts) for command in commands]
    with StopSignals() as stop:
        try:
            for child in children:
                child.start()
            _note(roll, children)
            if started is not None and not stop:
                started()
            while not stop:
                begun = [child.look_after() for child in children]
                if any(begun):
                    _note(roll, children)
                stop.sleep(_LOOK_EVERY)
        finally:
            _stop_all(children, grace.total_seconds(), stop)
            if roll is not None:
                roll.clear()


def _note(roll: Roll | None, children: "Sequence[_Child]") -> None:
    if roll is not None:
        roll.note(pid for child in children if (pid := child.pid) is not None)


class _Child:
    """One command and the process that runs it at the moment."""

    def __init__(self, command: Command, attempts: int) -> None:
        self._command, self._attempts = command, attempts
        self._process: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._began = self._again_at = 0.0

    def start(self) -> None:
        """Start the process in a session of its own."""
        environment = {**os.environ, **self._command.env}
        self._process = subprocess.Popen(
            self._command.argv, env=environment, start_new_session=True, preexec_fn=ends_with_parent()
        )
        self._began = time.monotonic()

    @property
    def pid(self) -> int | None:
        """The process, if there is one at the moment."""
        return None if self._process is None else self._process.pid

    def look_after(self) -> bool:
        """Notice that the process ended and start another one when its time has come; True if one started."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._again_at:
                self.start()
                return True
        elif (code := self._process.poll()) is not None:
            self._failures = 1 if now - self._began > _STEADY_SECONDS else self._failures + 1
            if self._failures >= self._attempts:
                raise ProcessFailed(self._command.name, code, self._failures)
            delay = min(0.25 * 2**self._failures, _LONGEST_DELAY)
            log.warning("the %s process ended with code %d; again in %.1f s", self._command.name, code, delay)
            _kill(self.family())  # a job of a killed worker would otherwise run beside its own repetition
            self._process, self._again_at = None, now + delay
        return False

    def family(self) -> list[psutil.Process]:
        """The process and all that came from it: its descendants, and orphans that kept its session."""
        if self._process is None:
            return []
        pid = self._process.pid
        found = {member for member in psutil.process_iter() if _session(member.pid) == pid}
        with suppress(psutil.NoSuchProcess):
            found |= set(psutil.Process(pid).children(recursive=True))
        return list(found)

    def runs(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process is not None and self._process.poll() is None

    def tell(self, number: signal.Signals) -> None:
        """Send the process, if it still runs, a signal."""
        if self._process is not None:
            self._process.send_signal(number)


def _stop_all(children: Sequence[_Child], grace: float, stop: StopSignals) -> None:
    family = [process for child in children for process in child.family()]
    for patience in (grace, _LAST_WARNING_SECONDS):
        for child in children:
            child.tell(signal.SIGTERM)
        _wait(children, patience, stop)
    _kill([*family, *(process for child in children for process in child.family())])
    for child in children:
        child.runs()  # takes the ended process off the system's list


def _kill(family: Sequence[psutil.Process]) -> None:
    for process in family:
        with suppress(psutil.NoSuchProcess):  # psutil checks that the number still means the same process
            process.kill()
    psutil.wait_procs(family, timeout=_LAST_WARNING_SECONDS)


def _session(pid: int) -> int | None:
    with suppress(OSError):  # gone meanwhile, or somebody else's
        return os.getsid(pid)
    return None


def _wait(children: Sequence[_Child], seconds: float, stop: StopSignals) -> None:
    """Wait until all have ended, the time is over, or somebody is in more of a hurry."""
    deadline, signals = time.monotonic() + seconds, stop.count
    while any(child.runs() for child in children) and time.monotonic() < deadline:
        stop.sleep(0.05)
        if stop.count > signals:
            return
