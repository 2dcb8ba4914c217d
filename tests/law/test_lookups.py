"""Every lookup finds its rows by an index, however many others there are."""

import pytest
from sqlalchemy import Table, UniqueConstraint

from servicelost.kernel.lookup import Lookup
from servicelost.wiring import MODEL_MODULES

assert MODEL_MODULES, "all lookups are declared"
LOOKUPS = [lookup for lookups in Lookup.of_model.values() for lookup in lookups]


def indexed(table: Table) -> list[list[str]]:
    """The columns of the indexes that hold every row."""
    whole = [index for index in table.indexes if index.dialect_options["postgresql"]["where"] is None]
    unique = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    return [[column.name for column in keys.columns] for keys in (*whole, *unique)]


@pytest.mark.parametrize("lookup", LOOKUPS, ids=lambda one: f"{one.model.__name__} {' '.join(one.columns)}")
def test_a_lookup_has_an_index(lookup: Lookup[object]) -> None:
    table = lookup.model.__table__
    wanted = set(lookup.columns)
    assert any(set(columns[: len(wanted)]) == wanted for columns in indexed(table))
