"""Reading whole rows of a table by the values of some columns, one key or many at once.

The statement is written once for a table and its key. What is read, and what becomes of it, is the
book's business.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, String, Table

from servicelost.kernel.driver import Driver, Record, from_driver, to_driver

Key = tuple[Any, ...]


def read(
    driver: Driver, table: Table, columns: tuple[str, ...], keys: Sequence[Key]
) -> Iterator[dict[str, Any]]:
    """The rows with these keys as values by column; those of one key in order of their ids."""
    keys = [_sent(driver, table, columns, key) for key in keys]
    if len(keys) > 1 and driver.dialect.name == "postgresql":
        statement = _of_many(table, columns, driver.dialect, driver.mark)
        yield from values_of(
            driver, table, driver.rows(statement, [list(part) for part in zip(*keys, strict=True)])
        )
        return
    # Without a network between, one prepared statement a key is quicker than a long list of them.
    statement = _of_one(table, columns, driver.mark)
    for key in keys:
        yield from values_of(driver, table, driver.rows(statement, key))


def asked(driver: Driver, table: Table, columns: tuple[str, ...], key: Key) -> tuple[str, Key]:
    """The statement that reads the rows with this key, and its parameters."""
    return _of_one(table, columns, driver.mark), _sent(driver, table, columns, key)


def values_of(driver: Driver, table: Table, records: Sequence[Record]) -> Iterator[dict[str, Any]]:
    """The records of a table, all its columns in their order, as values by column."""
    names, convert = _names(table), from_driver(table, driver.dialect)
    for record in records:
        values = list(record)
        for place, process in convert:
            if (value := values[place]) is not None:
                values[place] = process(value)
        yield dict(zip(names, values, strict=True))


def columns_of(table: Table, alias: str) -> str:
    """All columns of the table under this alias, as a statement selects them."""
    return ", ".join(f'{alias}."{name}"' for name in _names(table))


def _sent(driver: Driver, table: Table, columns: tuple[str, ...], key: Key) -> Key:
    convert = to_driver(table, driver.dialect)
    if not convert:
        return key
    return tuple(
        [convert[name](value) if name in convert else value for name, value in zip(columns, key, strict=True)]
    )


@lru_cache(maxsize=512)
def _names(table: Table) -> tuple[str, ...]:
    return tuple(column.key for column in table.columns)


def _selection(table: Table) -> str:
    return f'SELECT {columns_of(table, "t")} FROM "{table.name}" AS t'  # noqa: S608 - our own table's names


@lru_cache(maxsize=512)
def _of_one(table: Table, columns: tuple[str, ...], mark: str) -> str:
    wanted = " AND ".join(f't."{name}" = {mark}' for name in columns)
    return f"{_selection(table)} WHERE {wanted} ORDER BY t.id"


@lru_cache(maxsize=512)
def _of_many(table: Table, columns: tuple[str, ...], dialect: Dialect, mark: str) -> str:
    arrays = ", ".join(f"CAST({mark} AS {_kind(table, name, dialect)}[])" for name in columns)
    wanted = " AND ".join(f't."{name}" = key."{name}"' for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    return f"{_selection(table)} JOIN unnest({arrays}) AS key({names}) ON {wanted} ORDER BY t.id"


def _kind(table: Table, name: str, dialect: Dialect) -> str:
    type_ = table.columns[name].type
    # A cast to VARCHAR(n) would cut a longer key short, and find what nobody asked for.
    return "TEXT" if isinstance(type_, String) else type_.compile(dialect)
