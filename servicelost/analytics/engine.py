"""Reading the lake: each fact as one Ibis table over a snapshot of files, whatever engine computes.

The engine is loaded when the first lake is opened, never by an import of this file; the web process
opens none. Nothing is written to the lake here, and no report is known.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from servicelost.analytics.lake.manifest import Manifest, read_manifest
from servicelost.analytics.lake.storage import Folder, LakeError

if TYPE_CHECKING:
    import ibis

_NUMBER = "lake_number"


class Engine(Protocol):
    """Something that computes on Parquet files."""

    def scan(self, paths: Sequence[str]) -> "ibis.Table":
        """The rows of these files, all with the same columns, as one table."""
        ...


class Lake:
    """One state of the lake, readable for as long as its files are kept."""

    def __init__(self, engine: Engine, folder: Folder, manifest: Manifest) -> None:
        self._engine = engine
        self._folder = folder
        self.manifest = manifest
        self._tables: dict[str, ibis.Table] = {}

    @property
    def as_of(self) -> datetime:
        """The moment of the operational database that the lake shows."""
        return self.manifest.as_of

    @property
    def state(self) -> str:
        """The id of the data: while it is the same, so is every answer."""
        return self.manifest.state

    def table(self, name: str) -> "ibis.Table":
        """A fact by its name in `FACTS`, each row once and as it was at `as_of`."""
        if name not in self._tables:
            self._tables[name] = self._open(name)
        return self._tables[name]

    def moved_to(self, manifest: Manifest) -> "Lake":
        """This lake at a later moment; what is open stays open while the files are the same."""
        later = Lake(self._engine, self._folder, manifest)
        # Tidying up leaves the state as it is and changes the files, which have another number then.
        if (manifest.state, manifest.number) == (self.state, self.manifest.number):
            later._tables = self._tables
        return later

    def _open(self, name: str) -> "ibis.Table":
        fact = self.manifest.facts[name]
        void = [file.name for file in fact.files if file.void]
        whole = [file.name for file in fact.files if not file.void]
        parts = [self._scan(whole)] if whole else []
        if void and fact.superseded:
            rows, since = self._scan(void), self._scan([fact.superseded])
            parts.append(rows.anti_join(since, [rows.id == since.id, rows[_NUMBER] < since.since]))
        table = parts[0] if len(parts) == 1 else parts[0].union(parts[1])
        return table.drop(_NUMBER)

    def _scan(self, names: Sequence[str]) -> "ibis.Table":
        return self._engine.scan([str(self._folder.path(name)) for name in names])


ENGINES = {
    "duckdb": "servicelost.analytics.lake.on_duckdb:DuckDB",
    "pyspark": "servicelost.analytics.lake.on_spark:Spark",
}

# By process, since a forked child must neither use nor close what its parent has opened.
_engines: dict[tuple[int, str], Engine] = {}
_lakes: dict[tuple[int, str, str], Lake] = {}


def open_lake(url: str, engine: str = "duckdb") -> Lake:
    """The lake as it is now; engine and tables are kept for the next call in the same process.

    `engine` is a value of the setting ANALYTICS_ENGINE. Raises LakeError where there is no lake yet.
    """
    folder = Folder(url)
    manifest = read_manifest(folder)
    if manifest is None:
        raise LakeError("NO_LAKE", f"there is no lake in {folder.root} yet; run: servicelost lake refresh")
    key = (os.getpid(), url, engine)
    known = _lakes.get(key)
    lake = Lake(_engine(engine), folder, manifest) if known is None else known.moved_to(manifest)
    _lakes[key] = lake
    return lake


def _engine(name: str) -> Engine:
    key = (os.getpid(), name)
    if key not in _engines:
        module, kind = ENGINES[name].split(":")
        _engines[key] = getattr(import_module(module), kind)()
    return _engines[key]
