"""Rows that were written again: their ids and the number of the lake since when older copies are void.

A copy in a file of a smaller number than the one noted here does not count. The list is kept short by
tidying up; facts that are append-only need none.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from servicelost.analytics.lake.manifest import DataFile, FactFiles
from servicelost.analytics.lake.parquet import numbers, read_table, write_table
from servicelost.analytics.lake.storage import Folder

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Superseded:
    """Ids in ascending order, and beside each the number since when older copies are void."""

    ids: Ids
    since: Ids

    def __len__(self) -> int:
        return len(self.ids)

    def hits(self, file: DataFile) -> NDArray[np.bool_]:
        """Which of the ids may have a void copy in the file."""
        return (self.since > file.number) & (self.ids >= file.min_id) & (self.ids <= file.max_id)

    def valid(self, table: pa.Table, file: DataFile) -> pa.Table:
        """The file's rows without the void copies."""
        void = self.ids[self.hits(file)]
        if not len(void):
            return table
        return table.filter(pa.array(~np.isin(numbers(table, "id"), void)))

    def plus(self, ids: Collection[int], number: int) -> "Superseded":
        """The list with these ids written again at `number`."""
        fresh = np.fromiter(ids, np.int64, len(ids))
        kept = ~np.isin(self.ids, fresh)
        merged = np.concatenate([self.ids[kept], fresh])
        since = np.concatenate([self.since[kept], np.full(len(fresh), number, np.int64)])
        order = np.argsort(merged)
        return Superseded(merged[order], since[order])

    def needed(self, files: Iterable[DataFile]) -> "Superseded":
        """The list without what hits none of the files any more."""
        hit = np.zeros(len(self), dtype=bool)
        for file in files:
            hit |= self.hits(file)
        return Superseded(self.ids[hit], self.since[hit])


NOTHING = Superseded(np.empty(0, np.int64), np.empty(0, np.int64))


def read_superseded(folder: Folder, files: FactFiles) -> Superseded:
    """The fact's list."""
    if files.superseded is None:
        return NOTHING
    table = read_table(folder, files.superseded)
    return Superseded(numbers(table, "id"), numbers(table, "since"))


def write_superseded(folder: Folder, fact: str, number: int, superseded: Superseded) -> str | None:
    """Keep the list in a file of its own; an empty one needs none."""
    if not len(superseded):
        return None
    name = folder.new_name(f"{fact}-superseded", number)
    write_table(folder, name, pa.table({"id": superseded.ids, "since": superseded.since}))
    folder.settle(name)
    return name
