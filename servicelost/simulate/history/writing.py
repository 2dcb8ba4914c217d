"""A whole history into an empty lake, and the database told that this is the lake it feeds.

The rows have no counterpart in the database: only what happens from then on is taken over by a
refresh. Files are written as a rebuild writes them. What the rows say is in the files beside this one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine

from servicelost.analytics.lake import columns
from servicelost.analytics.lake.facts import FACTS
from servicelost.analytics.lake.manifest import FactFiles, Manifest, new_state
from servicelost.analytics.lake.parquet import FILE_ROWS, FactWriter
from servicelost.analytics.lake.publishing import publish
from servicelost.analytics.lake.storage import Folder
from servicelost.kernel.clock import Clock
from servicelost.kernel.ids import reserve
from servicelost.simulate.history import work
from servicelost.simulate.history.dice import Ints
from servicelost.simulate.history.losses import entries, loss_of
from servicelost.simulate.history.needs import DAY, NEEDS_A_VISIT, Calendar, Needs

_BATCH = 4 * FILE_ROWS
_YEARS = 4
Columns = Mapping[str, Any]


@dataclass(frozen=True)
class History:
    """How much happened at which dealerships: `rows` entries of the ledger in four years.

    `others` is the share of needs, the latest ones, for which there are visits, lines and all else.
    """

    rows: int
    dealerships: Sequence[int]
    others: float = 0.25


def write_history(engine: Engine, url: str, clock: Clock, history: History) -> Manifest:
    """Write the lake; `engine` is that of a database with these dealerships and no other rows of facts."""
    folder, now = Folder(url), clock.now()
    calendar = Calendar(history.rows, _YEARS * 365, (int(now.timestamp()) // 86_400 - 1) * DAY)
    with folder.locked(0):
        tell = _Teller(folder, calendar, history)
        with ThreadPoolExecutor(2) as threads:
            facts = dict(zip(FACTS, threads.map(tell.fact, FACTS), strict=True))
        with engine.begin() as connection:
            reserve(connection, history.rows)
        return publish(folder, engine, Manifest(new_state(), None, 1, now, facts), None, now)


class _Teller:
    """Tells the facts of a history, a batch of numbers at a time."""

    def __init__(self, folder: Folder, calendar: Calendar, history: History) -> None:
        self._folder, self._history = folder, history
        self._needs = partial(Needs, calendar=calendar, dealerships=history.dealerships)
        self._told: Mapping[str, Callable[[Ints], Columns]] = {
            "ledger": self._ledger,
            "lines": lambda numbers: work.lines(self._needs(numbers)),
            "revenue": lambda numbers: work.invoices(self._needs(numbers[work.sold(numbers)])),
            "visits": lambda numbers: work.visits(self._needs(_first(_visits(numbers)))),
            "appointments": lambda numbers: work.appointments(
                self._needs(_first(work.booked(_visits(numbers))))
            ),
            "opportunities": lambda numbers: work.opportunities(self._needs(numbers)),
            "decisions": lambda numbers: work.decisions(self._needs(numbers)),
            "stages": lambda numbers: work.stages(self._needs(numbers)),
        }

    def fact(self, name: str) -> FactFiles:
        """Write all files of a fact; of one the history does not tell of, an empty one."""
        writer = FactWriter(self._folder, name, 1)
        if name in self._told:
            for numbers in self._batches(1.0 if name == "ledger" else self._history.others):
                writer.append(arrow(name, self._told[name](numbers)))
        return FactFiles(tuple(columns.signature(name)), writer.finish())

    def _ledger(self, numbers: Ints) -> Columns:
        of = loss_of(numbers, self._history.rows)
        return entries(numbers, self._needs(numbers), self._needs(of))

    def _batches(self, part: float) -> Iterator[Ints]:
        rows = self._history.rows
        first = rows - int(rows * part) // NEEDS_A_VISIT * NEEDS_A_VISIT
        for start in range(first, rows, _BATCH):
            yield np.arange(start + 1, min(start + _BATCH, rows) + 1, dtype=np.int64)


def _visits(numbers: Ints) -> Ints:
    first: Ints = numbers[(numbers - 1) % NEEDS_A_VISIT == 0]
    return first // NEEDS_A_VISIT + 1


def _first(visits: Ints) -> Ints:
    return (visits - 1) * NEEDS_A_VISIT + 1


def arrow(fact: str, values: Columns) -> pa.Table:
    """The columns as the fact's files have them; what nobody says is empty.

    A value is an array, or an array with where it holds, or places in words, with or without that.
    """
    schema = columns.schema(fact)
    rows = len(values["id"])
    arrays = {
        field.name: _array(field.type, values[field.name]) if field.name in values
        else pa.nulls(rows, field.type)
        for field in schema if field.name != columns.NUMBER
    }  # fmt: skip
    return pa.table(arrays | columns.derived(fact, arrays))


def _array(kind: pa.DataType, value: Any) -> pa.Array:
    parts = value if isinstance(value, tuple) else (value,)
    words = next((part for part in parts if isinstance(part, tuple)), None)
    holds = next((part for part in parts[1:] if not isinstance(part, tuple)), None)
    missing = None if holds is None else ~holds
    if words is not None:
        known = pa.array([None if word is None else str(word) for word in words], pa.string())
        return known.take(pa.array(parts[0], pa.int32(), mask=missing))
    if pa.types.is_date(kind):
        return pa.array(parts[0].astype("int32"), pa.int32(), mask=missing).cast(kind)
    if pa.types.is_timestamp(kind):
        return pa.array(parts[0], pa.int64(), mask=missing).cast(kind)
    return pa.array(parts[0], kind, mask=missing)
