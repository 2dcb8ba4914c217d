"""Which tables migrations look at: ours by their prefix, and of those the ones this process has models for.

A type counts as changed only where it would be stored differently.
"""

from typing import Any, Literal

from sqlalchemy import Column, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from servicelost.kernel.db import PREFIX, Base

VERSION_TABLE = f"{PREFIX}alembic_version"
# Tables of the standalone application: a host has them too, empty, and no models for them.
STANDALONE_PREFIX = f"{PREFIX}standalone_"


def is_ours(thing: Any, name: str | None, kind: str, _reflected: bool, _compared_to: Any) -> bool:
    """Whether migrations may look at this table, column, index or constraint."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", None)
    if not table or not table.startswith(PREFIX) or table == VERSION_TABLE:
        return False
    return table in Base.metadata.tables or not table.startswith(STANDALONE_PREFIX)


def same_type(
    _context: Any,
    _inspected: Column[Any],
    _declared: Column[Any],
    found: TypeEngine[Any],
    wanted: TypeEngine[Any],
) -> bool | None:
    """False: the types are the same; None: let alembic compare them."""
    stored = wanted.impl_instance if isinstance(wanted, TypeDecorator) else wanted
    return False if isinstance(found, Text) and isinstance(stored, Text) else None


def in_plain_types(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types into a migration as what they are stored as: it must stand alone."""
    if kind != "type" or not isinstance(thing, TypeDecorator):
        return False
    return f"sa.{thing.impl_instance!r}"
