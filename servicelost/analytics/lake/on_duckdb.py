"""The lake read by DuckDB inside this process: the engine when nothing else is configured.

Limits and settings of the engine only; which files are read is decided by the caller.
"""

import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import ibis
import pyarrow.parquet as pq

_SPILL = "servicelost-duckdb-"


class DuckDB:
    """A DuckDB without a database of its own; what does not fit into memory goes to a temporary folder."""

    def __init__(self, memory_limit: str = "1GB", threads: int | None = None) -> None:
        spill, lock = _spill_folder()
        weakref.finalize(self, _remove, spill, lock, os.getpid())
        options = {"memory_limit": memory_limit, "temp_directory": spill}
        self._backend = ibis.duckdb.connect(**options, **({"threads": threads} if threads else {}))
        # Files never change under their names, so that their metadata need not be read twice.
        self._backend.raw_sql("SET parquet_metadata_cache = true")
        self._backend.raw_sql("SET TimeZone = 'UTC'")
        # No report asks for rows in the order of the files; keeping that takes time and memory.
        self._backend.raw_sql("SET preserve_insertion_order = false")
        self._backend.raw_sql("CREATE MACRO unix_micros(moment) AS epoch_us(moment)")

    def scan(self, paths: Sequence[str]) -> ibis.Table:
        """The rows of these files as one table."""
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        schema = ibis.Schema.from_pyarrow(pq.read_schema(paths[0]))
        query = f"SELECT * FROM read_parquet([{listed}])"  # noqa: S608 - our own paths, quoted
        return self._backend.sql(query, schema=schema)


def _spill_folder() -> tuple[str, int]:
    """A folder for what does not fit into memory, with a lock that says we live; dead ones are removed."""
    for left in Path(tempfile.gettempdir()).glob(f"{_SPILL}*"):
        with suppress(OSError):  # it belongs to a living process, to somebody else, or is gone
            lock = _locked(left, fcntl.LOCK_EX)
            shutil.rmtree(left, ignore_errors=True)
            os.close(lock)
    while True:
        folder = tempfile.mkdtemp(prefix=_SPILL)
        with suppress(FileNotFoundError, BlockingIOError):  # taken for dead before it was locked
            lock = _locked(Path(folder), fcntl.LOCK_SH)
            if os.fstat(lock).st_nlink:
                return folder, lock
            os.close(lock)


def _locked(folder: Path, kind: int) -> int:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def _remove(folder: str, lock: int, owner: int) -> None:
    # A forked child inherits the call, not the folder.
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
