"""Keeping the lake fast to read: small files are merged, void copies are thrown out of large ones.

A piece of this work rewrites a bounded number of rows, whatever the size of the lake. Nothing is read
from the database and no row is changed here; who does how much of it when is decided elsewhere.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from servicelost.analytics.lake.manifest import DataFile, FactFiles
from servicelost.analytics.lake.parquet import FILE_ROWS, FactWriter, read_table
from servicelost.analytics.lake.storage import Folder
from servicelost.analytics.lake.superseded import Superseded, read_superseded, write_superseded

PIECE = FILE_ROWS  # every file has at most so many rows, so that each can be rewritten in one piece
_MERGED = 8
_SMALLEST = 1000
_SUPERSEDED = 20_000


def tidied(
    folder: Folder, fact: str, number: int, files: Sequence[DataFile], superseded: Superseded, budget: int
) -> tuple[Sequence[DataFile], Superseded, int]:
    """The files and void copies after rewriting at most `budget` rows, the same facts as before.

    The last value is how many rows were rewritten.
    """
    superseded, done = superseded.needed(files), 0
    while piece := _piece(files, superseded, min(budget - done, PIECE)):
        done += sum(file.rows for file in piece)
        files = _rewritten(folder, fact, number, files, piece, superseded)
        superseded = superseded.needed(files)
    return files, superseded, done


def tidied_fact(folder: Folder, fact: str, number: int, before: FactFiles) -> FactFiles:
    """The fact after one piece of tidying up; the same object where there is nothing to tidy."""
    superseded = read_superseded(folder, before)
    files, left, done = tidied(folder, fact, number, before.files, superseded, PIECE)
    return with_files(folder, fact, number, before, files, left) if done else before


def with_files(
    folder: Folder,
    fact: str,
    number: int,
    before: FactFiles,
    files: Sequence[DataFile],
    superseded: Superseded,
) -> FactFiles:
    """The fact with these files, each marked with the void copies in it."""
    name = write_superseded(folder, fact, number, superseded)
    marked = tuple(replace(file, void=int(superseded.hits(file).sum())) for file in files)
    return FactFiles(before.columns, marked, name, len(superseded))


def _piece(files: Sequence[DataFile], superseded: Superseded, budget: int) -> list[DataFile]:
    """The files to rewrite next: a crowd of small ones, else that with the largest share of void copies."""
    for crowd in _crowds(files):
        fitting = _fitting(crowd, budget)
        if len(fitting) > 1:
            return fitting
    if len(superseded) <= _SUPERSEDED:
        return []
    hit = [file for file in files if file.rows <= budget and superseded.hits(file).any()]
    return [max(hit, key=lambda file: superseded.hits(file).sum() / max(file.rows, 1))] if hit else []


def _fitting(crowd: Sequence[DataFile], budget: int) -> list[DataFile]:
    fitting, rows = [], 0
    for file in sorted(crowd, key=lambda file: file.rows):
        rows += file.rows
        if rows > budget:
            break
        fitting.append(file)
    return fitting


def _crowds(files: Sequence[DataFile]) -> list[list[DataFile]]:
    """Small files of about the same size, where there are enough of them to be merged; smallest first."""
    sizes: dict[int, list[DataFile]] = defaultdict(list)
    for file in files:
        if file.rows < FILE_ROWS // 2:
            sizes[_size_class(file.rows)].append(file)
    return [sizes[size] for size in sorted(sizes) if len(sizes[size]) >= _MERGED]


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
