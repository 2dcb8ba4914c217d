"""The lake read by DuckDB inside this process: the engine when nothing else is configured.

Limits and settings of the engine only; which files are read is decided by the caller.
"""

import os
import shutil
import tempfile
import weakref
from collections.abc import Sequence

import ibis
import pyarrow.parquet as pq


class DuckDB:
    """A DuckDB without a database of its own; what does not fit into memory goes to a temporary folder."""

    def __init__(self, memory_limit: str = "1GB", threads: int | None = None) -> None:
        spill = tempfile.mkdtemp(prefix="servicelost-duckdb-")
        weakref.finalize(self, _remove, spill, os.getpid())
        options = {"memory_limit": memory_limit, "temp_directory": spill}
        self._backend = ibis.duckdb.connect(**options, **({"threads": threads} if threads else {}))
        # Files never change under their names, so that their metadata need not be read twice.
        self._backend.raw_sql("SET parquet_metadata_cache = true")
        self._backend.raw_sql("SET TimeZone = 'UTC'")

    def scan(self, paths: Sequence[str]) -> ibis.Table:
        """The rows of these files as one table."""
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        schema = ibis.Schema.from_pyarrow(pq.read_schema(paths[0]))
        query = f"SELECT * FROM read_parquet([{listed}])"  # noqa: S608 - our own paths, quoted
        return self._backend.sql(query, schema=schema)


def _remove(folder: str, owner: int) -> None:
    # A forked child inherits the call, not the folder.
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
