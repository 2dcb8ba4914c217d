"""Taking news about a row: only what was sent changes, and late news never overwrites newer.

What the news means is known by the files that call this.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class Dated(Protocol):
    """A row that remembers of when its latest change is."""

    as_of: Any


def take_news(row: Dated, values: Mapping[str, Any], at: datetime) -> bool:
    """Write the values that differ and say whether there were any.

    News from before the latest change only fills what was empty.
    """
    known = row.__dict__
    newer = row.as_of is None or at >= row.as_of
    changed = {
        name: value
        for name, value in values.items()
        if known.get(name) != value and (newer or known.get(name) is None)
    }
    for name, value in changed.items():
        setattr(row, name, value)
    if changed and newer:
        row.as_of = at
    return bool(changed)
