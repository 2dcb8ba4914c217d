"""Killing real programs at random moments: how many, which moments, and how to repeat a run that failed.

Two variables of the environment, for tests only: SERVICELOST_FAULT_KILLS, how many kills all kinds of
programs together get (200 in `make faults`), and SERVICELOST_FAULT_SEED, printed by every run, to repeat it.
What the programs do and what must hold afterwards is said in the tests.
"""

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

import psutil

# Programs under test refuse settings they do not know: a Place hands down none that it was not given.
KILLS = int(os.environ.get("SERVICELOST_FAULT_KILLS", "5"))
SEED = os.environ.get("SERVICELOST_FAULT_SEED", "") or secrets.token_hex(4)
LONG = KILLS >= 100
TIMEOUT = 300 + 15 * KILLS
# Five kinds of programs, each on two databases.
_CASES = 10
_POLL = 0.005
_MARK = "SERVICELOST_INSTANCE_PATH"


def kills_of(case: int) -> int:
    """How many kills fall to a case."""
    return KILLS // _CASES + (case < KILLS % _CASES)


class Victim:
    """A program in a session of its own, with what it said in a file."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.log, self._environment = log, environment
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                argv, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )

    def runs(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def kill(self, *, alone: bool = False) -> bool:
        """Kill it and all it started, or it alone; False if it had ended by itself."""
        family = [] if alone else self.family()
        if not self.runs():
            return False
        self.process.kill()
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        return self.process.wait(30) == -signal.SIGKILL

    def family(self) -> list[psutil.Process]:
        """All processes of its session but itself, also when it is gone."""
        found = []
        for process in psutil.process_iter():
            with suppress(OSError, psutil.Error):
                same = process.pid != self.process.pid and os.getsid(process.pid) == self.process.pid
                # Its number may by now be the session of somebody we know nothing of.
                if same and process.environ().get(_MARK) == self._environment[_MARK]:
                    found.append(process)
        return found

    def end(self) -> None:
        """Leave nothing of it running."""
        for member in self.family():
            with suppress(psutil.NoSuchProcess):
                member.kill()
        self.kill()

    def said(self) -> str:
        """Everything it has written so far."""
        return self.log.read_text(errors="replace")


class Assassin:
    """Chooses moments at random and counts the kills of one test."""

    def __init__(self, name: str, wanted: int) -> None:
        self.dice = Random(f"{SEED} {name}")
        self.wanted, self.done = wanted, 0

    @property
    def left(self) -> int:
        """How many kills are still to do."""
        return max(self.wanted - self.done, 0)

    def strike(
        self,
        victim: Victim,
        sign: Callable[[], object],
        *,
        signs: int,
        seconds: float,
        patience: float = 60,
        alone: bool = False,
    ) -> bool:
        """Kill the victim at a random moment; False if it ended by itself first.

        `sign` is something that changes as its work goes on, `signs` how often it may be waited for;
        `seconds` is how long the work takes when nobody disturbs it. A moment is right after a change,
        shortly after one, or anywhere: at times also before the first. No change is waited for longer
        than `patience`.
        """
        wait_for_changes(victim, sign, self.dice.choice([0, *range(1, signs + 1)]), patience)
        pauses = (0.0, self.dice.uniform(0, 0.03), self.dice.uniform(0, seconds))
        _pause(victim, self.dice.choices(pauses, weights=(3, 3, 4))[0])
        killed = victim.kill(alone=alone)
        self.done += killed
        return killed


def wait_for_changes(victim: Victim, sign: Callable[[], object], times: int, patience: float) -> None:
    """Wait until the sign has changed so often, the victim has ended, or patience has."""
    seen, deadline = sign(), time.monotonic() + patience
    while times and victim.runs() and time.monotonic() < deadline:
        time.sleep(_POLL)
        if (now := sign()) != seen:
            seen, times = now, times - 1


def _pause(victim: Victim, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while victim.runs() and (left := deadline - time.monotonic()) > 0:
        time.sleep(min(left, _POLL))
