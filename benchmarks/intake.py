"""Events a second through the full rules in one process, as the database grows, beside a raw insert.

The mix is that of the simulated dealership and is stated with the figure. The raw insert writes the rows the
rules made once more with SQLAlchemy Core: it is what the database alone would cost.
"""

import gc
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, text

from benchmarks.databases import databases
from benchmarks.report import tell
from servicelost.config import Settings
from servicelost.intake.results import Outcome
from servicelost.intake.service import CHUNK, receive
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.clock import SystemClock
from servicelost.kernel.db import Base
from servicelost.kernel.ids import IdBlock
from servicelost.runtime import Runtime
from servicelost.simulate.dealership import NORTH
from servicelost.simulate.demo import add_directory
from servicelost.simulate.generate import Size, simulate
from servicelost.wiring import build_runtime

PEER_RECORDS_PER_SECOND = 191  # a well-known open-source CRM, bulk create, on the same kind of machine
_LATEST = 20
_FEW = 8
_HALF_A_YEAR = Size(weeks=26, visits_a_day=12)


class Story:
    """Events of one simulated dealership after the other, in chunks as an import makes them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.kinds: Counter[str] = Counter()

    def chunks(self) -> Iterator[Sequence[dict[str, Any]]]:
        """Chunks without end."""
        for number in count():
            dealership = replace(NORTH, code=f"{NORTH.code}-{number}")
            add_directory(self._runtime, dealership)
            events = simulate(datetime.now(UTC), dealership, size=_HALF_A_YEAR, seed=number)
            for start in range(0, len(events) - CHUNK + 1, CHUNK):
                chunk = events[start : start + CHUNK]
                self.kinds.update(event["type"] for event in chunk)
                yield chunk

    @property
    def mix(self) -> dict[str, float]:
        """What there was, in per cent, the commonest first."""
        total = self.kinds.total()
        return {kind: round(100 * number / total, 1) for kind, number in self.kinds.most_common()}


def measure(name: str, engine: Engine, sizes: Sequence[int], times: int = _LATEST) -> None:
    """Take events in until the database has so many rows, and measure the latest chunks then."""
    runtime = build_runtime(Settings.from_mapping({}), engine=engine, clock=SystemClock())
    story = Story(runtime)
    chunks = story.chunks()
    gc.freeze()  # as the import does
    events = 0
    for size in sizes:
        first, latest = 0, list[float]()
        while not latest or _rows(engine) < size:
            first = _next_id(engine)
            latest = [_take_in(runtime, next(chunks)) for _ in range(times)]
            events += times * CHUNK
        seconds = statistics.median(latest)
        raw = _raw(engine, first) / times
        tell(
            f"intake on {name}",
            events=events,
            chunk=CHUNK,
            events_per_second=round(CHUNK / seconds),
            compared_with="SQLAlchemy Core insert of the same rows",
            ratio=round(seconds / raw, 2),
            published_peer_per_second=PEER_RECORDS_PER_SECOND,
            mix_percent=story.mix,
            rows=_rows(engine),
        )
        if name == "postgresql":
            tell(
                "intake of a chunk as the database grows",
                curve="intake",
                rows=_rows(engine),
                seconds=round(seconds, 4),
                raw_seconds=round(raw, 4),
                compared_with="SQLAlchemy Core insert of the same rows",
                ratio=round(seconds / raw, 2),
            )


def _take_in(runtime: Runtime, chunk: Sequence[dict[str, Any]]) -> float:
    started = time.perf_counter()
    results = receive(lambda: runtime.unit(SYSTEM), chunk)
    seconds = time.perf_counter() - started
    refused = [result for result in results if result.outcome is not Outcome.ACCEPTED]
    assert not refused, refused[0]
    return seconds


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table is not IdBlock.__table__]


def _rows(engine: Engine) -> int:
    with engine.connect() as connection:
        return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in _tables())


def _next_id(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(IdBlock.next_id)) or 0


def _raw(engine: Engine, first: int) -> float:
    """Seconds to write the rows from this id on once more, in a transaction that is undone."""
    with engine.connect() as connection:
        transaction = connection.begin()
        content = {
            table: [dict(row) for row in connection.execute(_since(table, first)).mappings()]
            for table in _tables()
        }
        _take_away(connection, first)
        started = time.perf_counter()
        for table, rows in content.items():
            for start in range(0, len(rows), CHUNK):
                connection.execute(insert(table), rows[start : start + CHUNK])
        seconds = time.perf_counter() - started
        transaction.rollback()
    return seconds


def _since(table: Table, first: int) -> Any:
    """The rows from this id on; those that others of the same table refer to come first."""
    own = [key.parent for key in table.foreign_keys if key.column.table is table]
    return (
        select(table)
        .where(table.c.id >= first)
        .order_by(*(column.is_not(None) for column in own), table.c.id)
    )


def _take_away(connection: Connection, first: int) -> None:
    """Delete the rows; those older ones that name them get them back at once."""
    on_sqlite = connection.dialect.name == "sqlite"
    connection.execute(
        text(
            "PRAGMA defer_foreign_keys = ON" if on_sqlite else "SET LOCAL session_replication_role = replica"
        )
    )
    for table in reversed(_tables()):
        connection.execute(delete(table).where(table.c.id >= first))
    if not on_sqlite:
        connection.execute(text("SET LOCAL session_replication_role = origin"))


def main(quick: bool) -> None:
    """Measure both databases: a hundred thousand rows and a million; a part of that if it must be quick."""
    with databases() as engines:
        for name, engine in engines.items():
            sizes, times = ((30_000,), _FEW) if quick else ((100_000, 1_000_000), _LATEST)
            measure(name, engine, sizes, times)


if __name__ == "__main__":
    main("quick" in sys.argv[1:])
