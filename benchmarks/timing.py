"""How something is timed: the median of twenty, the processor time, and the most memory that was held."""

import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

REPETITIONS = 20


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall clock seconds of each repetition, in the order they were made, and the processor time of all."""

    seconds: tuple[float, ...]
    cpu_seconds: float

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)


def repeat(work: Callable[[], object], *, times: int = REPETITIONS, warm_up: int = 1) -> Timing:
    """Do the work so many times after warming up."""
    for _ in range(warm_up):
        work()
    seconds, cpu = [], time.process_time()
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return Timing(tuple(seconds), time.process_time() - cpu)


def percentile(seconds: Sequence[float], percent: float) -> float:
    """The time that so many percent of all stayed within."""
    ranked = sorted(seconds)
    return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]


def milliseconds(seconds: float) -> float:
    """Seconds as a figure to print."""
    return round(seconds * 1000, 2)


def peak_mib() -> float:
    """The most memory this process has held, from Linux: getrusage would count what its parent held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return round(int(found.group(1)) / 1024, 1) if found else 0.0
