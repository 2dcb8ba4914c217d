"""Writing and reading the lake's Parquet files: facts in files of even size, and plain lists of ids.

Which files make up the lake, and when one is no longer needed, is decided elsewhere.
"""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from servicelost.analytics.lake import columns
from servicelost.analytics.lake.columns import NUMBER
from servicelost.analytics.lake.manifest import DataFile
from servicelost.analytics.lake.storage import Folder

_FEW_VALUES = {
    "dealership_id",
    "advisor_id",
    "technician_id",
    "employee_id",
    "category_id",
    "labor_operation_id",
    "centihours",
    "presentation_number",
    NUMBER,
}
FILE_ROWS = 122_880


class FactWriter:
    """Writes rows of one fact into as few files as their number asks for."""

    def __init__(self, folder: Folder, fact: str, number: int) -> None:
        self._folder, self._fact, self._number = folder, fact, number
        self._schema = columns.schema(fact)
        self._waiting: list[pa.Table] = []
        self._rows = 0
        self._files: list[DataFile] = []

    def append(self, table: pa.Table) -> None:
        """Add rows; the lake's number is put on them."""
        if NUMBER in table.column_names:
            table = table.drop_columns([NUMBER])
        numbered = table.append_column(NUMBER, pa.repeat(pa.scalar(self._number, pa.int64()), table.num_rows))
        self._waiting.append(numbered.select(self._schema.names))
        self._rows += table.num_rows
        while self._rows >= FILE_ROWS:
            self._write(FILE_ROWS)

    def finish(self) -> tuple[DataFile, ...]:
        """Write what is left and return the files; no rows give one empty file, which carries the columns."""
        if self._rows or not self._files:
            self._write(self._rows)
        return tuple(self._files)

    def _write(self, count: int) -> None:
        table = pa.concat_tables(self._waiting or [self._schema.empty_table()])
        part, rest = table.slice(0, count), table.slice(count)
        self._waiting = [rest] if rest.num_rows else []
        self._rows = rest.num_rows
        self._files.append(self._save(part))

    def _save(self, table: pa.Table) -> DataFile:
        name = self._folder.new_name(self._fact, self._number)
        write_table(self._folder, name, table)
        ids = pc.min_max(table["id"])
        low, high = ids["min"].as_py() or 0, ids["max"].as_py() or 0
        return DataFile(name, table.num_rows, self._folder.settle(name), self._number, low, high)


def write_table(folder: Folder, name: str, table: pa.Table) -> None:
    """Write a table; values that repeat are stored once in a dictionary, which also groups faster.

    Other whole numbers are stored as differences: ids then cost next to nothing to read.
    """
    repeated = [
        field.name
        for field in table.schema
        if pa.types.is_string(field.type) or pa.types.is_date(field.type) or field.name in _FEW_VALUES
    ]
    counted = [
        field.name for field in table.schema if pa.types.is_int64(field.type) and field.name not in repeated
    ]
    pq.write_table(
        table,
        folder.path(name),
        column_encoding=dict.fromkeys(counted, "DELTA_BINARY_PACKED"),
        row_group_size=FILE_ROWS,
        use_dictionary=repeated,
        compression="zstd",
        compression_level=1,
    )


def read_table(folder: Folder, name: str) -> pa.Table:
    """A whole file."""
    return pq.ParquetFile(folder.path(name)).read()


def write_ids(folder: Folder, kind: str, number: int, ids: Iterable[int]) -> str:
    """Write a list of ids into a file of its own; returns its name."""
    name = folder.new_name(kind, number)
    pq.write_table(pa.table({"id": pa.array(ids, pa.int64())}), folder.path(name))
    folder.settle(name)
    return name


def read_ids(folder: Folder, name: str) -> list[int]:
    """The ids of such a file."""
    ids: list[int] = read_table(folder, name)["id"].to_pylist()
    return ids


def numbers(table: pa.Table, name: str) -> NDArray[np.int64]:
    """A column of whole numbers, none missing."""
    found: NDArray[np.int64] = table[name].to_numpy()
    return found
