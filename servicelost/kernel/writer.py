"""The one writer: stores a plan of new and changed rows in few statements.

A small plan goes out as plain statements; a large one on PostgreSQL by COPY and set updates.
Every update is guarded by the version that was read. It decides nothing: no rule lives here.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import OperationalError

from servicelost.kernel.changes import ChangeEntry, change_entries
from servicelost.kernel.db import Base
from servicelost.kernel.driver import Driver, to_driver
from servicelost.kernel.errors import StaleRow
from servicelost.kernel.lookup import Lookup

Changed = tuple[Base, dict[str, Any]]
_BULK = 10
_OVERTAKEN = "40001"
_ORDER: dict[type[Base], int] = {}


def write_plan(
    driver: Driver,
    new: Sequence[Base],
    changed: Sequence[Changed],
    next_id: Callable[[], int],
    now: datetime,
    commit: Callable[[], None] | None = None,
) -> None:
    """Insert the new rows, update the changed ones, tell the change log, and `commit` if that is to come.

    Raises StaleRow when a changed row has another version in the database than when it was read.
    Rows are written in one order (table by table, then by id), so that two plans cannot deadlock; only a row
    that takes a unique place over comes after those that may leave it.
    """
    inserts, updates = _by_model(new), _updates_by_model(changed)
    _log_changes(inserts, updates, next_id, now)
    large = any(len(rows) >= _BULK for rows in inserts.values())
    # A unit on PostgreSQL reads at one moment: what another has changed since is an error there already.
    along = commit is not None and driver.is_psycopg and not large
    try:
        with nullcontext() if large else driver.together():
            written = _send(driver, inserts, updates)
            if commit is not None and along:
                commit()
    except OperationalError as error:
        if updates and getattr(error.orig, "sqlstate", None) == _OVERTAKEN:
            raise _stale(driver.connection, updates) from error
        raise
    if any(written[model]() != len(rows) for model, rows in updates.items()):
        raise _stale(driver.connection, updates)
    if commit is not None and not along:
        commit()


def _send(
    driver: Driver,
    inserts: Mapping[type[Base], Sequence[Base]],
    updates: Mapping[type[Base], Sequence[Changed]],
) -> dict[type[Base], Callable[[], int]]:
    written = {}
    for model in sorted({*inserts, *updates}, key=_table_order):
        # Updates first: what they release (a live need) a new row of the same table may take over.
        if model in updates:
            written[model] = _update(driver, model.__table__, updates[model])
        if model in inserts:
            _insert(driver, model.__table__, inserts[model])
    return written


@cache
def _names(table: Table) -> list[str]:
    return [column.key for column in table.columns]


def _by_model(rows: Sequence[Base]) -> dict[type[Base], list[Base]]:
    grouped: dict[type[Base], list[Base]] = defaultdict(list)
    for row in rows:
        grouped[type(row)].append(row)
    return grouped


def _updates_by_model(changed: Sequence[Changed]) -> dict[type[Base], list[Changed]]:
    grouped: dict[type[Base], list[Changed]] = defaultdict(list)
    for row, before in changed:
        if "version" not in before:
            raise TypeError(f"{type(row).__name__} rows are append-only: {row.id} must not be changed")
        _check_keys(row, before)
        grouped[type(row)].append((row, before))
    for rows in grouped.values():
        rows.sort(key=lambda entry: (_takes_place(*entry), entry[0].id))
    return grouped


def _takes_place(row: Base, before: dict[str, Any]) -> bool:
    """Whether the row takes a unique place that another may have to leave first."""
    name = row.__place__
    return name is not None and before[name] is None and row.__dict__[name] is not None


def _check_keys(row: Base, before: dict[str, Any]) -> None:
    """Refuse a change that would leave the row on a shelf of the book where it no longer belongs."""
    for lookup in Lookup.of_model[type(row)]:
        if lookup.movable:
            continue
        for name in lookup.columns:
            if row.__dict__[name] != before[name]:
                thing = f"{type(row).__name__}.{name}"
                raise TypeError(f"{thing} is what a lookup searches by: it must not change")


def _log_changes(
    inserts: dict[type[Base], list[Base]],
    updates: dict[type[Base], list[Changed]],
    next_id: Callable[[], int],
    now: datetime,
) -> None:
    entries: list[Base] = []
    for model in {*inserts, *updates}:
        if model.__captured__:
            ids = [row.id for row in inserts.get(model, ())] + [row.id for row, _ in updates.get(model, ())]
            entries.extend(change_entries(model.__tablename__, ids, now))
    for entry in entries:
        entry.id = next_id()
    if entries:
        inserts[ChangeEntry] = entries


def _table_order(model: type[Base]) -> int:
    """The model's place when tables that others refer to come first."""
    if model not in _ORDER:
        places = {table: place for place, table in enumerate(Base.metadata.sorted_tables)}
        _ORDER.update({known: places[known.__table__] for known in Base.__subclasses__()})
    return _ORDER[model]


def _insert(driver: Driver, table: Table, rows: Sequence[Base]) -> None:
    records = _records(driver, table, _names(table), rows)
    if driver.is_psycopg and len(rows) >= _BULK:
        driver.copy(f'COPY "{table.name}" ({_columns(table)}) FROM STDIN', records)
        return
    driver.run(_insertion(table, driver.mark), records)


@cache
def _columns(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in _names(table))


@cache
def _insertion(table: Table, mark: str) -> str:
    marks = ", ".join([mark] * len(_names(table)))
    return f'INSERT INTO "{table.name}" ({_columns(table)}) VALUES ({marks})'  # noqa: S608 - our own table's names


def _records(driver: Driver, table: Table, names: Sequence[str], rows: Sequence[Base]) -> list[list[Any]]:
    """The rows as the driver wants them."""
    known = to_driver(table, driver.dialect)
    convert = [(place, known[name]) for place, name in enumerate(names) if name in known]
    records = []
    for row in rows:
        values = row.__dict__
        record = [values[name] for name in names]
        for place, process in convert:
            record[place] = process(record[place])
        records.append(record)
    return records


def _update(driver: Driver, table: Table, changed: Sequence[Changed]) -> Callable[[], int]:
    """Send the updates; how many rows were still as they were read can be asked afterwards."""
    for row, before in changed:
        row.__dict__["version"] = before["version"] + 1
    names = sorted({name for row, before in changed
                    for name, value in row.__dict__.items() if before[name] != value})  # fmt: skip
    records = _records(driver, table, names, [row for row, _ in changed])
    for record, (row, before) in zip(records, changed, strict=True):
        record += (row.id, before["version"])
    if driver.is_psycopg and len(changed) >= _BULK:
        return driver.run(
            _update_of_many(driver, table, names), [[list(column) for column in zip(*records, strict=True)]]
        )
    sets = ", ".join(f'"{name}" = {driver.mark}' for name in names)
    statement = f'UPDATE "{table.name}" SET {sets} WHERE id = {driver.mark} AND version = {driver.mark}'  # noqa: S608 - our own names
    return driver.run(statement, records)


def _update_of_many(driver: Driver, table: Table, names: Sequence[str]) -> str:
    kinds = [*(table.columns[name].type.compile(driver.dialect) for name in names), "bigint", "integer"]
    arrays = ", ".join(f"CAST({driver.mark} AS {kind}[])" for kind in kinds)
    fields = ", ".join([*(f'"new_{name}"' for name in names), "row_id", "row_version"])
    sets = ", ".join(f'"{name}" = fresh."new_{name}"' for name in names)
    return (
        f'UPDATE "{table.name}" AS t SET {sets} FROM unnest({arrays}) AS fresh({fields}) '  # noqa: S608 - our own names
        "WHERE t.id = fresh.row_id AND t.version = fresh.row_version"
    )


def _stale(connection: Connection, updates: Mapping[type[Base], Sequence[Changed]]) -> StaleRow:
    """The first row that another writer has changed, as an error."""
    if connection.dialect.name != "postgresql":
        return _first_other(
            connection,
            {model: {row.id: row.__dict__["version"] for row, _ in rows} for model, rows in updates.items()},
        )
    # This transaction may be able to ask nothing any more, and sees its own changes.
    with connection.engine.connect() as other:
        return _first_other(
            other,
            {model: {row.id: before["version"] for row, before in rows} for model, rows in updates.items()},
        )


def _first_other(connection: Connection, wanted: Mapping[type[Base], Mapping[int, int]]) -> StaleRow:
    for model, versions in wanted.items():
        table = model.__table__
        present = connection.execute(select(table.c.id, table.c.version).where(table.c.id.in_(versions)))
        current = {row.id: row.version for row in present}
        for row_id, version in versions.items():
            if current.get(row_id) != version:
                return StaleRow(_thing(table), row_id)
    # The other writer has not committed yet: which row it was can not be told.
    model = next(iter(wanted))
    return StaleRow(_thing(model.__table__), next(iter(wanted[model])))


def _thing(table: Table) -> str:
    return table.name.removeprefix("servicelost_")
