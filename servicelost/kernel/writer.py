"""The one writer: stores a plan of new and changed rows in few statements.

A small plan goes out as plain statements; a large one on PostgreSQL by COPY and set updates.
Every update is guarded by the version that was read. It decides nothing: no rule lives here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, insert, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from servicelost.kernel.changes import ChangeEntry, change_entries
from servicelost.kernel.db import Base
from servicelost.kernel.errors import StaleRow
from servicelost.kernel.lookup import Lookup

Changed = tuple[Base, dict[str, Any]]
_BULK = 40
_OVERTAKEN = "40001"
_ORDER: dict[type[Base], int] = {}


def write_plan(
    connection: Connection,
    new: Sequence[Base],
    changed: Sequence[Changed],
    next_id: Callable[[], int],
    now: datetime,
) -> None:
    """Insert the new rows, update the changed ones, and tell the change log.

    Raises StaleRow when a changed row has another version in the database than when it was read.
    Rows are written in one order (table by table, then by id), so that two plans cannot deadlock.
    """
    inserts, updates = _by_model(new), _updates_by_model(changed)
    _log_changes(inserts, updates, next_id, now)
    for model in sorted({*inserts, *updates}, key=_table_order):
        # Updates first: what they release (a live need) a new row of the same table may take over.
        if model in updates:
            _update(connection, _table(model), updates[model])
        if model in inserts:
            _insert(connection, _table(model), inserts[model])


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


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
        rows.sort(key=lambda entry: entry[0].id)
    return grouped


def _check_keys(row: Base, before: dict[str, Any]) -> None:
    """Refuse a change that would leave the row on a shelf of the book where it no longer belongs."""
    for lookup in Lookup.of_model[type(row)]:
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
        _ORDER.update({mapper.class_: places[mapper.local_table] for mapper in Base.registry.mappers})  # type: ignore[index]
    return _ORDER[model]


def _insert(connection: Connection, table: Table, rows: Sequence[Base]) -> None:
    if len(rows) >= _BULK and connection.dialect.driver == "psycopg":
        _copy(connection, table, rows)
        return
    if connection.dialect.paramstyle == "qmark":
        _insert_driver(connection, table, rows)
        return
    names = [column.key for column in table.columns]
    connection.execute(insert(table), [{name: row.__dict__[name] for name in names} for row in rows])


def _insert_driver(connection: Connection, table: Table, rows: Sequence[Base]) -> None:
    """Straight to the driver: on SQLite compiling the parameters costs more than storing the rows."""
    names = [column.key for column in table.columns]
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})'  # noqa: S608 - our own table's names
    connection.exec_driver_sql(statement, list(_records(connection, table, names, rows)))


def _copy(connection: Connection, table: Table, rows: Sequence[Base]) -> None:
    names = [column.key for column in table.columns]
    quoted = ", ".join(f'"{name}"' for name in names)
    statement = f'COPY "{table.name}" ({quoted}) FROM STDIN'
    cursor = connection.connection.cursor()
    with _as_sqlalchemy_raises(connection, statement), cursor.copy(statement) as copy:
        for record in _records(connection, table, names, rows):
            copy.write_row(record)
    cursor.close()


def _records(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Base]
) -> Iterator[tuple[Any, ...]]:
    """The rows as the driver wants them."""
    convert = _converters(connection, table, names)
    for row in rows:
        values = row.__dict__
        record = [values[name] for name in names]
        for place, process in convert:
            record[place] = process(record[place])
        yield tuple(record)


@contextmanager
def _as_sqlalchemy_raises(connection: Connection, statement: str) -> Iterator[None]:
    """Give the driver's own errors the classes that everybody who repeats work looks for."""
    driver = connection.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        wrapped = DBAPIError.instance(statement, None, error, driver.Error, dialect=connection.dialect)
        raise wrapped from error


def _converters(
    connection: Connection, table: Table, names: Sequence[str]
) -> list[tuple[int, Callable[[Any], Any]]]:
    """What the columns' types do to a value on its way to the driver, where they do anything."""
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for place, name in enumerate(names):
        process = table.columns[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        if process is not None:
            found.append((place, process))
    return found


def _update(connection: Connection, table: Table, changed: Sequence[Changed]) -> None:
    for row, before in changed:
        row.__dict__["version"] = before["version"] + 1
    names = sorted({name for row, before in changed for name, value in row.__dict__.items()
                    if name in table.columns and before.get(name) != value})  # fmt: skip
    bulk = len(changed) >= _BULK and connection.dialect.driver == "psycopg"
    try:
        written = (_update_set if bulk else _update_each)(connection, table, names, changed)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _OVERTAKEN:
            raise
        raise _stale(connection, table, changed) from error
    if written != len(changed):
        raise _stale(connection, table, changed)


def _update_each(
    connection: Connection, table: Table, names: Sequence[str], changed: Sequence[Changed]
) -> int:
    statement = (
        update(table)
        .where(table.c.id == bindparam("b_id"), table.c.version == bindparam("b_version"))
        .values({name: bindparam(name) for name in names})
    )
    batch = []
    for row, before in changed:
        values = {name: row.__dict__[name] for name in names}
        values["b_id"], values["b_version"] = row.id, before["version"]
        batch.append(values)
    if connection.dialect.supports_sane_multi_rowcount:
        return connection.execute(statement, batch).rowcount
    return sum(connection.execute(statement, values).rowcount for values in batch)


def _update_set(
    connection: Connection, table: Table, names: Sequence[str], changed: Sequence[Changed]
) -> int:
    convert = dict(_converters(connection, table, names))
    columns: list[list[Any]] = [[row.id for row, _ in changed], [before["version"] for _, before in changed]]
    types = ["bigint", "integer"]
    for place, name in enumerate(names):
        process = convert.get(place)
        values = [row.__dict__[name] for row, _ in changed]
        columns.append([process(value) for value in values] if process else values)
        types.append(table.columns[name].type.compile(connection.dialect))
    arrays = ", ".join(f"CAST(:a{place} AS {kind}[])" for place, kind in enumerate(types))
    fields = ", ".join(["row_id", "row_version", *(f"new_{name}" for name in names)])
    sets = ", ".join(f'"{name}" = fresh."new_{name}"' for name in names)
    statement = text(
        f'UPDATE "{table.name}" AS t SET {sets} FROM unnest({arrays}) AS fresh({fields}) '  # noqa: S608 - our own names
        "WHERE t.id = fresh.row_id AND t.version = fresh.row_version"
    )
    return connection.execute(
        statement, {f"a{place}": values for place, values in enumerate(columns)}
    ).rowcount


def _stale(connection: Connection, table: Table, changed: Sequence[Changed]) -> StaleRow:
    if connection.dialect.name != "postgresql":
        return _first_other(connection, table, {row.id: row.__dict__["version"] for row, _ in changed})
    # This transaction may be able to ask nothing any more, and sees its own changes.
    with connection.engine.connect() as other:
        return _first_other(other, table, {row.id: before["version"] for row, before in changed})


def _first_other(connection: Connection, table: Table, wanted: dict[int, int]) -> StaleRow:
    """The first row that has not the version it should have, as an error."""
    present = connection.execute(select(table.c.id, table.c.version).where(table.c.id.in_(wanted)))
    current = {row.id: row.version for row in present}
    lost = next(
        (row_id for row_id, version in wanted.items() if current.get(row_id) != version), next(iter(wanted))
    )
    return StaleRow(table.name.removeprefix("servicelost_"), lost)
