"""Keeping the lake fast to read: small files are merged, void copies are thrown out of large ones.

Each refresh does a bounded piece of this work, in proportion to what it wrote. Nothing is read from
the database and no row is changed here.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from servicelost.analytics.lake.manifest import DataFile
from servicelost.analytics.lake.parquet import FILE_ROWS, FactWriter, read_table
from servicelost.analytics.lake.storage import Folder
from servicelost.analytics.lake.superseded import Superseded

_MERGED = 8
_SMALLEST = 1000
_SUPERSEDED = 100_000
_WORK_PER_ROW = 4


def tidied(
    folder: Folder, fact: str, number: int, files: Sequence[DataFile], superseded: Superseded, written: int
) -> tuple[tuple[DataFile, ...], Superseded]:
    """The files and void copies after a bounded amount of tidying up, the same rows as before."""
    for small in _crowds(files):
        files = _rewritten(folder, fact, number, files, small, superseded)
    superseded = superseded.needed(files)
    budget = max(FILE_ROWS, _WORK_PER_ROW * written)
    while budget > 0 and len(superseded) > _SUPERSEDED:
        worst = max(files, key=lambda file: superseded.hits(file).sum() / max(file.rows, 1))
        files = _rewritten(folder, fact, number, files, [worst], superseded)
        superseded = superseded.needed(files)
        budget -= worst.rows
    return tuple(files), superseded


def _crowds(files: Sequence[DataFile]) -> Iterator[list[DataFile]]:
    """Small files of about the same size, where there are enough of them to be merged."""
    sizes: dict[int, list[DataFile]] = defaultdict(list)
    for file in files:
        if file.rows < FILE_ROWS // 2:
            sizes[_size_class(file.rows)].append(file)
    for alike in sizes.values():
        if len(alike) >= _MERGED:
            yield alike


def _size_class(rows: int) -> int:
    size, limit = 0, _SMALLEST
    while rows >= limit:
        size, limit = size + 1, limit * _MERGED
    return size


def _rewritten(
    folder: Folder,
    fact: str,
    number: int,
    files: Sequence[DataFile],
    old: Sequence[DataFile],
    superseded: Superseded,
) -> list[DataFile]:
    """All files, with new ones in place of the old."""
    writer = FactWriter(folder, fact, number)
    for file in old:
        writer.append(superseded.valid(read_table(folder, file.name), file))
    kept = [file for file in files if file not in old]
    return kept + [file for file in writer.finish() if file.rows or not kept]
