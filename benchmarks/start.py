"""How long it takes to start: the help of the command line, mounting into a host, a web process that answers.

Each time a new process, with compiled files as every installation has them. Processor time is told as well:
it changes less than the clock's on a machine that has other things to do.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks.databases import postgresql
from benchmarks.report import tell
from benchmarks.served import environment, web
from benchmarks.timing import REPETITIONS, milliseconds
from benchmarks.workshop import opened

_NOTHING = "pass"
_HELP = "from servicelost.standalone.script import main; main(['--help'], prog_name='servicelost')"
# What a host has anyhow: Flask, SQLAlchemy and the dialect of its database.
_HOST = """
import time, flask, sqlalchemy, sqlalchemy.orm
engine = sqlalchemy.create_engine("postgresql+psycopg://")
app = flask.Flask("host")
began, used = time.perf_counter(), time.process_time()
"""
_MOUNTED = """
from servicelost import ServiceLost
ServiceLost(engine=engine).init_app(app)
"""
_TOLD = """
print(time.perf_counter() - began, time.process_time() - used, used)
"""


@dataclass(frozen=True, slots=True)
class Start:
    """One start: by the clock, and in processor time."""

    seconds: float
    cpu_seconds: float


def main(quick: bool = False) -> None:
    """Measure all three."""
    times = 3 if quick else REPETITIONS
    with tempfile.TemporaryDirectory() as folder:
        environ = environment("", folder) | {"SERVICELOST_INSTANCE_PATH": folder}
        del environ["SERVICELOST_DATABASE_URL"]
        _tell_help(times, environ)
        _tell_mounting(times, environ)
    with tempfile.TemporaryDirectory() as folder, postgresql() as url:
        with opened(url, folder):
            pass
        _tell_web(times, environment(url, folder))


def _tell_help(times: int, environ: Mapping[str, str]) -> None:
    plain = _repeat(times, lambda: _run(_NOTHING, environ))
    ours = _repeat(times, lambda: _run(_HELP, environ))
    _tell("start: servicelost --help", ours, plain, "a Python that does nothing", bound_ms=300)


def _tell_mounting(times: int, environ: Mapping[str, str]) -> None:
    """What mounting adds, beside what the host has taken to load Flask and SQLAlchemy."""
    _mount(environ)
    found = [_mount(environ) for _ in range(times)]
    added = Start(median(mount[0] for mount in found), median(mount[1] for mount in found))
    host_cpu = median(mount[2] for mount in found)
    tell(
        "start: mounting into a host",
        added_ms=milliseconds(added.seconds),
        added_cpu_ms=milliseconds(added.cpu_seconds),
        bound_ms=200,
        compared_with="loading Flask, SQLAlchemy and its dialect, which the host has done before",
        compared_cpu_ms=milliseconds(host_cpu),
        ratio=round(added.cpu_seconds / host_cpu, 2),
        repetitions=times,
    )


def _tell_web(times: int, environ: Mapping[str, str]) -> None:
    plain = _repeat(times, lambda: _serve(environ, "benchmarks.bare"))
    ours = _repeat(times, lambda: _serve(environ, "servicelost.standalone.script"))
    compared_with = "the smallest application of Flask, waitress and SQLAlchemy, from start to first answer"
    _tell("start: web process answers", ours, plain, compared_with, bound_ms=1500)


def _tell(name: str, ours: list[Start], plain: list[Start], compared_with: str, *, bound_ms: int) -> None:
    clock, beside = median(start.seconds for start in ours), median(start.seconds for start in plain)
    cpu, cpu_beside = median(start.cpu_seconds for start in ours), median(s.cpu_seconds for s in plain)
    tell(
        name,
        median_ms=milliseconds(clock),
        median_cpu_ms=milliseconds(cpu),
        bound_ms=bound_ms,
        compared_with=compared_with,
        compared_ms=milliseconds(beside),
        compared_cpu_ms=milliseconds(cpu_beside),
        ratio=round(cpu / cpu_beside, 2),
        repetitions=len(ours),
    )


def _repeat(times: int, start: Callable[[], Start]) -> list[Start]:
    start()  # compiles what has not been compiled
    return [start() for _ in range(times)]


def _run(program: str, environ: Mapping[str, str]) -> Start:
    before, started = os.times(), time.perf_counter()
    command = [sys.executable, "-c", program]
    subprocess.run(command, env=dict(environ), check=True, stdout=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - started, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Start(seconds, used)


def _mount(environ: Mapping[str, str]) -> tuple[float, float, float]:
    command = [sys.executable, "-c", _HOST + _MOUNTED + _TOLD]
    done = subprocess.run(command, env=dict(environ), check=True, stdout=subprocess.PIPE, text=True)
    seconds, cpu, host_cpu = map(float, done.stdout.split())
    return seconds, cpu, host_cpu


def _serve(environ: Mapping[str, str], module: str) -> Start:
    with web(environ, module=module) as served:
        return Start(served.ready_seconds, served.cpu_seconds())


if __name__ == "__main__":
    main("quick" in sys.argv[1:])
