"""What the lake is measured on: an almost empty SQLite database that feeds a lake of years of history.

The rows of the history have no counterpart in the database; what happens from then on is taken in
through the full rules. For rebuilding, the ledger alone is written back into the database.
"""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from servicelost.analytics.engine import open_lake
from servicelost.config import Settings
from servicelost.kernel.clock import SystemClock
from servicelost.kernel.db import Base, open_engine
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.runtime import Runtime
from servicelost.simulate.dealership import NORTH
from servicelost.simulate.demo import add_directory
from servicelost.simulate.history.writing import History, write_history
from servicelost.wiring import build_runtime

_DEALERSHIPS = 12


def runtime_of(folder: Path) -> Runtime:
    """The installation in the folder."""
    engine = open_engine(f"sqlite:///{folder}/servicelost.db")
    settings = Settings.from_mapping({"SERVICELOST_LAKE_URL": f"{folder}/lake"})
    return build_runtime(settings, engine=engine, clock=SystemClock())


def make_history(folder: Path, rows: int) -> None:
    """A lake with so many rows of the ledger, and its database."""
    runtime = runtime_of(folder)
    Base.metadata.create_all(runtime.engine)
    people = replace(NORTH, employees=())
    houses = [NORTH, *(replace(people, code=f"HOUSE{n}", name=f"House {n}") for n in range(1, _DEALERSHIPS))]
    ids = [add_directory(runtime, house) for house in houses]
    write_history(runtime.engine, runtime.lake_url, runtime.clock, History(rows, ids))


def fill_ledger(engine: Engine, url: str) -> int:
    """Write the ledger of the lake into the database where it is not there, past all rules; how many rows."""
    table, rows = LedgerEntry.__table__, 0
    names = [column.name for column in table.columns]
    blanks = {"currency": "EUR", "recorded_by": "history"}
    marks = ", ".join("?" for _ in names)
    statement = f"INSERT OR IGNORE INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
    with engine.begin() as connection:
        cursor = connection.connection.cursor()
        for batch in _batches(url):
            columns = [batch.get(name) or [blanks.get(name)] * len(batch["id"]) for name in names]
            cursor.executemany(statement, zip(*columns, strict=True))
            rows += len(batch["id"])
    return rows


def _batches(url: str) -> Iterator[dict[str, list[Any]]]:
    """The ledger's columns as SQLite keeps them, a file at a time."""
    parquet, compute = import_module("pyarrow.parquet"), import_module("pyarrow.compute")
    lake = open_lake(url)
    for file in lake.manifest.facts["ledger"].files:
        table = parquet.read_table(Path(url) / file.name)
        columns = {}
        for name in table.column_names:
            column = table[name]
            if str(column.type).startswith("timestamp"):
                column = compute.strftime(column, format="%Y-%m-%d %H:%M:%S")
            elif str(column.type).startswith("date"):
                column = column.cast("string")
            columns[name] = column.to_pylist()
        yield columns
