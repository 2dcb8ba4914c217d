"""One page of the rows behind a number, with how many there are and what they add up to.

Reads only, and never beyond what the actor may see: that was settled when the filters were read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from servicelost.analytics.drill.bridge import entry_in_step, line_in_step
from servicelost.analytics.drill.filters import Drill, Target
from servicelost.analytics.drill.ledger import ledger_query, ledger_sums
from servicelost.analytics.drill.lines import lines_query, lines_sums
from servicelost.directory.models import Dealership
from servicelost.kernel.money import from_minor

PAGE = 50
_LARGEST_PAGE = 1000


@dataclass(frozen=True)
class DrillPage:
    """One page of rows, how many there are in all, and the sums of all of them in minor units by name.

    `currency` is None where rows are in several currencies; then there are no sums.
    """

    target: Target
    rows: Sequence[Mapping[str, Any]]
    count: int
    currency: str | None
    sums: Mapping[str, Any]


def open_drill(connection: Connection, drill: Drill, *, offset: int = 0, limit: int = PAGE) -> DrillPage:
    """One page of the rows, newest first, and the sums over all of them."""
    limit = max(1, min(limit, _LARGEST_PAGE))
    ledger = drill.target is Target.LEDGER
    query = _query(connection, drill)
    rows = connection.execute(query.offset(max(0, offset)).limit(limit)).mappings()
    summary = _summary(connection, ledger_sums(query) if ledger else lines_sums(query))
    count, currencies = summary.pop("count"), {summary.pop("low"), summary.pop("high")}
    currency = drill.currency or (currencies.pop() if len(currencies) == 1 else None)
    sums = {} if currency is None else {
        name: str(from_minor(int(minor or 0), currency)) for name, minor in summary.items()
    }  # fmt: skip
    return DrillPage(drill.target, [_written(dict(row)) for row in rows], count, currency, sums)


def _query(connection: Connection, drill: Drill) -> Select[Any]:
    dealerships = connection.execute(select(Dealership.id, Dealership.currency, Dealership.timezone)).all()
    if drill.target is Target.LEDGER:
        query = ledger_query(drill)
        return query.where(entry_in_step(drill, dealerships)) if drill.step else query
    query = lines_query(drill, dealerships)
    return query.where(line_in_step(drill, dealerships)) if drill.step else query


def _summary(connection: Connection, sums: Select[Any]) -> dict[str, Any]:
    return dict(connection.execute(sums).mappings().one())


def _written(row: dict[str, Any]) -> dict[str, Any]:
    """Amounts as decimals, days and moments as ISO text, codes as they are."""
    currency = row["currency"]
    for name in [name for name in row if name.endswith("_minor")]:
        minor = row.pop(name)
        row[name.removesuffix("_minor")] = None if minor is None else str(from_minor(minor, currency))
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
