"""Where an import keeps rows it cannot use yet: a private file on disk, so that memory stays bounded.

The file has no name and is gone with its process. Nothing of the domain is stored here, and nothing that
must outlive the pass; which row is meant by a key is decided in `joining`.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import count
from types import TracebackType

from servicelost.intake.mapping.cells import Exact, SourceRow
from servicelost.intake.mapping.source_files import SourceFile

Key = tuple[str, ...]
_BATCH = 1000
_BATCH_TEXT = 4_000_000
# Pages kept in memory, in KiB; what does not fit goes to the temporary folder.
_CACHE_KIB = 24_000


class Spool:
    """One file of scratch tables for one pass over the sources."""

    def __init__(self) -> None:
        # An empty name makes a database of its own that spills to an unnamed temporary file.
        self._connection = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("BEGIN")
        self._numbers = count(1)
        self.run = self._connection.execute
        self.run_many = self._connection.executemany

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def table(self, columns: str) -> str:
        """Make a table with these columns and give its name."""
        name = f"t{next(self._numbers)}"
        self.run(f"CREATE TABLE {name} ({columns})")
        return name


class RowPile:
    """The rows of an input, to be had by their place among all (from 0) or by their key."""

    def __init__(self, spool: Spool, files: Sequence[SourceFile]) -> None:
        self._spool, self._files = spool, files
        self._table = spool.table(
            "place INTEGER PRIMARY KEY, key TEXT, file INTEGER, number INTEGER, cells TEXT"
        )
        self._waiting: list[tuple[int, str, int, int, str]] = []
        self._length = 0
        self.size = 0

    def add(self, file: int, row: SourceRow, key: Key = ()) -> None:
        """Put one more row of the file with this position on the pile."""
        cells = [[cell] if type(cell) is Exact else cell for cell in row.cells]
        text = json.dumps(cells)
        self._waiting.append((self.size, spell(key), file, row.number, text))
        self._length += len(text)
        self.size += 1
        if len(self._waiting) >= _BATCH or self._length >= _BATCH_TEXT:
            self._write()

    def finish(self, *, by_key: bool) -> None:
        """Make the pile ready for asking, by key too if so wanted."""
        self._write()
        if by_key:
            # Table names are our own counters and nothing of a user's.
            self._spool.run(f"CREATE INDEX {self._table}_key ON {self._table} (key, place)")

    def at(self, place: int) -> tuple[SourceRow, tuple[str, ...]]:
        """The row at this place with the columns of its file."""
        found = self._spool.run(
            f"SELECT file, number, cells FROM {self._table} WHERE place = ?",  # noqa: S608
            (place,),
        ).fetchone()
        return self._row(*found), self._files[found[0]].columns

    def with_key(self, key: Key) -> Iterator[SourceRow]:
        """The rows with the key, in the order of the files."""
        found = self._spool.run(
            f"SELECT file, number, cells FROM {self._table} WHERE key = ? ORDER BY place",  # noqa: S608
            (spell(key),),
        )
        return (self._row(*one) for one in found)

    def each_key(self) -> Iterator[Key]:
        """Every key there is, once."""
        found = self._spool.run(f"SELECT DISTINCT key FROM {self._table} ORDER BY key")  # noqa: S608
        return (tuple(json.loads(text)) for (text,) in found)

    def _write(self) -> None:
        self._spool.run_many(f"INSERT INTO {self._table} VALUES (?, ?, ?, ?, ?)", self._waiting)  # noqa: S608
        self._waiting.clear()
        self._length = 0

    def _row(self, file: int, number: int, cells: str) -> SourceRow:
        of_file = self._files[file]
        texts = tuple([cell if type(cell) is str else Exact(cell[0]) for cell in json.loads(cells)])
        return SourceRow(of_file.definition.name, of_file.path, number, texts)


class Tally:
    """How often each thing was seen; with a spool for any number of things, else in memory."""

    def __init__(self, spool: Spool | None = None) -> None:
        self._spool = spool
        self._table = spool.table("thing INTEGER PRIMARY KEY, times INTEGER") if spool else ""
        self._seen: dict[int, int] = {}

    def count(self, thing: int) -> int:
        """See the thing (a hash) once more, and say how often it was seen."""
        if self._spool is None:
            times = self._seen[thing] = self._seen.get(thing, 0) + 1
            return times
        row = self._spool.run(
            f"INSERT INTO {self._table} VALUES (?, 1) "  # noqa: S608
            "ON CONFLICT (thing) DO UPDATE SET times = times + 1 RETURNING times",
            (thing,),
        ).fetchone()
        return int(row[0])

    def forget(self) -> None:
        """Begin anew."""
        self._seen.clear()
        if self._spool is not None:
            self._spool.run(f"DELETE FROM {self._table}")  # noqa: S608


def spell(key: Key) -> str:
    """The key as one text; different keys have different ones."""
    return json.dumps(key)
