"""Running the program as a child and measuring it from outside: its peak memory, its time, its output.

The figures come from the kernel's own books (VmHWM), since a child's resource usage begins with its parent's.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ended:
    """A child that has ended: how long it took, its processor time, its largest resident memory in bytes."""

    code: int
    out: str
    err: str
    seconds: float
    processor: float
    peak: int


def run_program(folder: Path, *arguments: str | Path, seconds: float = 280) -> Ended:
    """Run `servicelost` with an instance folder of its own; kills it and raises after so many seconds."""
    command = [sys.executable, "-m", "servicelost.standalone.script", *map(str, arguments)]
    return run_measured(command, folder, seconds=seconds)


def read_files(folder: Path, *arguments: str | Path) -> Ended:
    """Only read files through a mapping, in a child; quicker to start than the whole program."""
    command = [sys.executable, "-m", "tests.hostile.reading", *map(str, arguments)]
    return run_measured(command, folder, seconds=280)


def run_measured(command: Sequence[str], folder: Path, *, seconds: float) -> Ended:
    """Run any command and watch its memory until it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SERVICELOST_")}
    environment = {**kept, "SERVICELOST_INSTANCE_PATH": str(folder)}
    began, used = time.monotonic(), _processor()
    with (folder / "out").open("w+") as out, (folder / "err").open("w+") as err:
        child = subprocess.Popen(command, env=environment, stdout=out, stderr=err, cwd=_ROOT)
        try:
            peak = _watch(child, began + seconds)
        finally:
            child.kill()
            child.wait()
        out.seek(0)
        err.seek(0)
        took, used = time.monotonic() - began, _processor() - used
        return Ended(child.returncode, out.read(), err.read(), took, used, peak)


def _processor() -> float:
    """The processor time of all children that have ended, in seconds."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _watch(child: "subprocess.Popen[bytes]", until: float) -> int:
    peak = 0
    while child.poll() is None:
        peak = max(peak, peak_of(child.pid))
        if time.monotonic() > until:
            raise TimeoutError(f"still running: {child.args!r}")
        time.sleep(0.02)
    return peak


def peak_of(pid: int) -> int:
    """The largest resident memory the process has had so far, in bytes; 0 once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    found = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(found[0]) * 1024 if found else 0
