"""Events a second through the full rules, beside a raw insert of the same rows.

The mix is that of the simulated dealership. The raw insert writes the rows the rules made into empty
tables with SQLAlchemy Core: it is what the database alone would cost.
"""

import sys
import time

from sqlalchemy import Connection, Engine, Table, delete, insert, select

from benchmarks.databases import databases
from benchmarks.report import tell
from servicelost.config import Settings
from servicelost.kernel.clock import SystemClock
from servicelost.kernel.db import Base
from servicelost.simulate.demo import load_demo
from servicelost.simulate.generate import Size
from servicelost.wiring import build_runtime

_CHUNK = 500


def measure(name: str, engine: Engine, weeks: int) -> None:
    """Load the simulated dealership, then write its rows again without any rule."""
    runtime = build_runtime(Settings.from_mapping({}), engine=engine, clock=SystemClock())
    started = time.perf_counter()
    summary = load_demo(runtime, size=Size(weeks=weeks))
    seconds = time.perf_counter() - started
    rows, raw = _write_raw(engine)
    tell(
        f"intake on {name}",
        events=summary.events,
        events_per_second=round(summary.events / seconds),
        rows=rows,
        compared_with="SQLAlchemy Core insert of the same rows",
        ratio_to_raw=round(seconds / raw, 2),
    )


def _write_raw(engine: Engine) -> tuple[int, float]:
    """Empty every table and insert what stood in it: how many rows, and the seconds it took."""
    tables = list(Base.metadata.sorted_tables)
    with engine.connect() as connection:
        content = {
            table: [dict(row) for row in connection.execute(select(table)).mappings()] for table in tables
        }
    with engine.begin() as connection:
        for table in reversed(tables):
            connection.execute(delete(table))
    started = time.perf_counter()
    with engine.begin() as connection:
        for table, rows in content.items():
            _insert(connection, table, rows)
    return sum(map(len, content.values())), time.perf_counter() - started


def _insert(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    for start in range(0, len(rows), _CHUNK):
        connection.execute(insert(table), rows[start : start + _CHUNK])


def main() -> None:
    """Measure both databases; `quick` takes four weeks instead of half a year."""
    weeks = 4 if "quick" in sys.argv[1:] else 26
    with databases() as engines:
        for name, engine in engines.items():
            measure(name, engine, weeks)


if __name__ == "__main__":
    main()
