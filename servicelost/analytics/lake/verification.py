"""Whether the lake says what the database says: counts and sums by fact, dealership and month.

Rows that wait in the change log are left out on both sides, so that the answer is exact while the
house is at work. Nothing is repaired here: a lake that differs is built anew.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Engine

from servicelost.analytics.engine import Lake, open_lake
from servicelost.analytics.lake import capture
from servicelost.analytics.lake.extract import Extract
from servicelost.analytics.lake.fact import MONTH, Fact
from servicelost.analytics.lake.facts import FACTS
from servicelost.analytics.lake.storage import Folder

_ROWS = "rows"
_IDS = "sum of ids"
_GROUP = ["dealership_id", MONTH]
_WAIT = 900.0

Place = tuple[int, date | None]
Sums = dict[Place, dict[str, int]]


@dataclass(frozen=True)
class Difference:
    """A number that is not the same on both sides, or with `problem` a fact that cannot be read at all."""

    fact: str
    dealership_id: int | None = None
    month: date | None = None
    measure: str | None = None
    in_database: int | None = None
    in_lake: int | None = None
    problem: str | None = None


def verify(
    engine: Engine, url: str, *, analytics_engine: str = "duckdb", wait: float = _WAIT
) -> list[Difference]:
    """Compare every fact with the database; an empty list means that they agree.

    Reads all rows of the database and keeps the lake from being changed meanwhile. Raises LakeError
    where there is no lake or the database feeds another one.
    """
    with Folder(url).locked(wait), capture.snapshot(engine) as connection:
        lake = open_lake(url, analytics_engine)
        if capture.known_state(connection) not in (lake.manifest.state, lake.manifest.follows):
            raise capture.mismatch(lake.manifest)
        waiting = capture.take(connection, limit=None).rows
        return [
            difference
            for fact in FACTS.values()
            for difference in _compare(connection, lake, fact, capture.affected(connection, fact, waiting))
        ]


def _compare(
    connection: Connection, lake: Lake, fact: Fact, waiting: Collection[int]
) -> Iterator[Difference]:
    try:
        found = _in_lake(lake, fact, waiting)
    except Exception as error:  # each engine has errors of its own for a file that is gone or damaged
        yield Difference(fact.name, problem=str(error))
        return
    expected = _in_database(connection, fact, waiting)
    for place in sorted(expected.keys() | found.keys(), key=str):
        there, here = expected.get(place, {}), found.get(place, {})
        for measure in sorted(there.keys() | here.keys()):
            if there.get(measure) != here.get(measure):
                yield Difference(fact.name, *place, measure, there.get(measure), here.get(measure))


def _in_lake(lake: Lake, fact: Fact, waiting: Collection[int]) -> Sums:
    table = lake.table(fact.name)
    if waiting:
        table = table.anti_join(ibis.memtable(pa.table({"id": pa.array(sorted(waiting), pa.int64())})), "id")
    sums = {measure: table[measure].sum() for measure in fact.measures}
    return _tally(
        [
            table.group_by(_GROUP)
            .aggregate(**{_ROWS: table.count(), _IDS: table.id.sum()}, **sums)
            .to_pyarrow()
        ]
    )


def _in_database(connection: Connection, fact: Fact, waiting: Collection[int]) -> Sums:
    left_out = pa.array(sorted(waiting), pa.int64())
    sums = [(name, "sum") for name in ("id", *fact.measures)]
    names = [*_GROUP, _ROWS, _IDS, *fact.measures]

    def parts() -> Iterator[pa.Table]:
        for batch in Extract(connection).everything(fact, only=fact.measures):
            kept = batch.filter(pc.invert(pc.is_in(batch["id"], value_set=left_out)))
            yield kept.group_by(_GROUP).aggregate([([], "count_all"), *sums]).rename_columns(names)

    return _tally(parts())


def _tally(parts: "Collection[pa.Table] | Iterator[pa.Table]") -> Sums:
    """The parts' numbers added up by dealership and month; what is nowhere known counts as 0."""
    total: Sums = defaultdict(lambda: defaultdict(int))
    for part in parts:
        for row in part.to_pylist():
            place = (row.pop("dealership_id"), row.pop(MONTH))
            for measure, value in row.items():
                total[place][measure] += int(value or 0)
    return total
