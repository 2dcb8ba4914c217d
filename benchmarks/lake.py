"""The lake as it grows: a report, a refresh, a rebuild, beside the raw engine on the same files.

Every measurement runs in a process of its own, as a worker does, so that its peak memory is its own.
Times are medians of 20, taken in turns with the raw engine's; the queue is no part of them.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.lake_reports import every_report, report
from benchmarks.lake_worlds import fill_ledger, make_history, runtime_of
from benchmarks.report import tell
from servicelost.analytics.engine import open_lake
from servicelost.analytics.lake.manifest import Manifest
from servicelost.analytics.lake.upkeep import rebuild as rebuild_lake
from servicelost.analytics.lake.upkeep import refresh as refresh_lake
from servicelost.analytics.lake.upkeep import tidy
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM
from servicelost.runtime import Runtime
from servicelost.simulate.generate import Size, simulate
from servicelost.wiring import warm_up

# How often, for the processes of the parts too.
_TIMES_NAME = "BENCHMARK_LAKE_TIMES"
_TIMES = int(os.environ.get(_TIMES_NAME, "20"))
_FEWER_TIMES = 5
_EVENTS = 1000
_REBUILT = 1_000_000
_RAW = """
SELECT loss_month, stage, cause,
  sum(CASE kind WHEN 'LOSS' THEN amount_minor WHEN 'REVERSAL' THEN -amount_minor ELSE 0 END)::BIGINT AS gross,
  sum(CASE kind WHEN 'LOSS' THEN 1 WHEN 'REVERSAL' THEN -1 ELSE 0 END)::BIGINT AS losses
FROM read_parquet({files}) GROUP BY 1, 2, 3
"""


def main(sizes: Sequence[int], times: int = _TIMES) -> None:
    """Measure lakes with so many ledger rows each; the data is removed afterwards."""
    os.environ[_TIMES_NAME] = str(times)
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            alone("make", folder, rows)
            for name in ("where_why", "reports", "refresh", *(["rebuild"] if rows <= _REBUILT else [])):
                alone(name, folder, rows)


def where_why(folder: Path, rows: int) -> None:
    """The report by month with its stored result and its figure, on a warm process."""
    runtime = runtime_of(folder)
    job = _in_a_fork(lambda: _report(runtime))
    engine = import_module("duckdb").connect(config={"memory_limit": "1GB"})
    engine.execute("SET parquet_metadata_cache = true")
    query = _RAW.format(files=_paths(runtime, open_lake(runtime.lake_url).manifest, "ledger"))
    measured, raw = _in_turns(lambda: _report(runtime), lambda: engine.execute(query).fetchall())
    _tell(
        "where-why by month", "report", rows, measured, raw, "raw DuckDB SQL on the same files, same groups",
        first_report_of_a_forked_worker_seconds=round(job, 4),
    )  # fmt: skip


def refresh(folder: Path, rows: int) -> None:
    """Taking over 1,000 new events, with all the tidying that falls into it."""
    runtime = runtime_of(folder)
    events = simulate(runtime.clock.now(), size=Size(weeks=70))[-(_TIMES + 2) * _EVENTS :]
    times, raw, tidied = [], [], []
    for start in range(0, len(events), _EVENTS):
        receive(lambda: runtime.unit(SYSTEM), events[start : start + _EVENTS])
        before = time.perf_counter()
        done = refresh_lake(runtime.engine, runtime.lake_url, runtime.clock)
        times.append(time.perf_counter() - before)
        tidied.append(done.tidied)
        raw.append(_written_raw(runtime, done.manifest))
    pieces = tidy(runtime.engine, runtime.lake_url, runtime.clock)
    _tell(
        "lake refresh after 1,000 events", "refresh", rows, times[2:], raw[2:],
        "writing and syncing the same rows as Parquet, nothing else",
        slowest_seconds=round(max(times[2:]), 4), most_rows_tidied_in_one=max(tidied),
        pieces_tidied_afterwards=pieces,
    )  # fmt: skip


def rebuild(folder: Path, rows: int) -> None:
    """Building the lake anew from a database with this ledger; once, not 20 times."""
    runtime = runtime_of(folder)
    fill_ledger(runtime.engine, runtime.lake_url)
    before = time.perf_counter()
    done = rebuild_lake(runtime.engine, runtime.lake_url, runtime.clock)
    seconds = time.perf_counter() - before
    before = time.perf_counter()
    with runtime.engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("SELECT * FROM servicelost_ledger_entry")
        while cursor.fetchmany(50_000):
            pass
    raw = time.perf_counter() - before
    beside = "fetching the ledger's rows with the driver alone"
    _tell("lake rebuild", "rebuild", rows, [seconds], [raw], beside, rows_written=done.rows)


def reports(folder: Path, rows: int) -> None:
    """All reports there are, without any parameters."""
    every_report(runtime_of(folder), rows, _in_turns, _FEWER_TIMES)


def _report(runtime: Runtime) -> tuple[str, str]:
    return report(runtime, "where-why", group_by="period", grain="month")


def _in_turns(
    one: Callable[[], Any], other: Callable[[], Any], count: int = _TIMES
) -> tuple[list[float], list[float]]:
    one(), other()
    times = [(_timed(one), _timed(other)) for _ in range(count)]
    return [first for first, _ in times], [second for _, second in times]


def _timed(act: Callable[[], Any]) -> float:
    before = time.perf_counter()
    act()
    return time.perf_counter() - before


def _in_a_fork(act: Callable[[], Any]) -> float:
    """The seconds it takes as a worker's job: in a fresh child of a process that has loaded everything."""
    reader, writer = os.pipe()
    if not os.fork():
        os.write(writer, str(_timed(act)).encode())
        os._exit(0)
    os.wait()
    return float(os.read(reader, 100))


def _written_raw(runtime: Runtime, manifest: Manifest) -> float:
    parquet = import_module("pyarrow.parquet")
    fresh = [
        file.name for fact in manifest.facts.values() for file in fact.files if file.number == manifest.number
    ]
    tables = [parquet.read_table(Path(runtime.lake_url) / name) for name in fresh]
    before = time.perf_counter()
    for table in tables:
        with tempfile.NamedTemporaryFile(dir=runtime.lake_url) as file:
            parquet.write_table(table, file.name, compression="zstd", compression_level=1)
            os.fsync(file.fileno())
    return time.perf_counter() - before


def _paths(runtime: Runtime, manifest: Manifest, fact: str) -> list[str]:
    return [str(Path(runtime.lake_url) / file.name) for file in manifest.facts[fact].files]


def _tell(
    name: str, curve: str, rows: int, times: Sequence[float], raw: Sequence[float], beside: str, **more: Any
) -> None:
    seconds, raw_seconds = statistics.median(times), statistics.median(raw)
    tell(
        name, curve=curve, rows=rows, seconds=round(seconds, 4), raw_seconds=round(raw_seconds, 4),
        compared_with=beside, ratio=round(seconds / raw_seconds, 2), runs=len(times),
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, **more,
    )  # fmt: skip


def _make(folder: Path, rows: int) -> None:
    before = time.perf_counter()
    make_history(folder, rows)
    tell("writing the history", rows=rows, seconds=round(time.perf_counter() - before, 1))


_PARTS: Mapping[str, Callable[[Path, int], None]] = {
    "make": _make, "where_why": where_why, "reports": reports, "refresh": refresh, "rebuild": rebuild,
}  # fmt: skip


def alone(part: str, folder: str, rows: int) -> None:
    """Measure one part in a process of its own, on the lake that `make` has put into the folder."""
    subprocess.run([sys.executable, "-m", "benchmarks.lake", part, folder, str(rows)], check=True)


if __name__ == "__main__":
    warm_up()
    _PARTS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
