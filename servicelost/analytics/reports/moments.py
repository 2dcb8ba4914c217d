"""Moments as numbers, so that an engine can tell the time between them without its calendar.

Ibis has no such function that stays clear of time zones, and those cost more than reading the moments.
"""

from collections.abc import Callable

import ibis
from ibis.expr import datatypes as dt
from ibis.expr.types import Column, IntegerColumn

# Microseconds since 1970: Spark's own function, which DuckDB is taught under its name.
unix_micros: Callable[[Column], IntegerColumn] = ibis.udf.scalar.builtin(
    lambda moment: moment, name="unix_micros", signature=((dt.Timestamp("UTC"),), dt.int64)
)
