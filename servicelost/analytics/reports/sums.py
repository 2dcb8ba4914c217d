"""The ledger arithmetic over a window: gross, reversed, recovered, net, and the shares of losses.

One pass of the engine for any grouping. Rows and drills are made elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Column, Table

from servicelost.analytics.document import Rate
from servicelost.analytics.reports.question import COLUMNS, Question, Row, rows_of
from servicelost.analytics.stats import wilson
from servicelost.opportunities.ledger.models import CauseBasis
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.grades import GRADES
from servicelost.taxonomy.parties import Owner

UNEXPLAINED = (Cause.UNKNOWN.value, Cause.OTHER.value)
CONSERVATIVE = tuple(code.value for code, grade in GRADES.items() if grade.conservative)


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of a window or of a part of it; money in minor units, `count` of standing losses."""

    lost: int = 0
    taken_back: int = 0
    recovered: int = 0
    revenue: int = 0
    released_ever: int = 0
    count: int = 0
    centihours: int = 0
    unexplained: int = 0
    stated: int = 0
    conservative: int = 0
    controllable: int = 0
    caused: int = 0
    caused_count: int = 0
    entries: int = 0

    @property
    def gross(self) -> int:
        """lost_gross(W)."""
        return self.lost - self.taken_back

    @property
    def net(self) -> int:
        """lost_net(W)."""
        return self.gross - self.recovered

    @property
    def unknown_share(self) -> Rate:
        """The share of losses with cause UNKNOWN or OTHER."""
        return share_of_count(self.unexplained, self.count)

    @property
    def stated_share(self) -> Rate:
        """The share of losses whose cause somebody stated."""
        return share_of_count(self.stated, self.count)

    @property
    def controllable_share(self) -> Rate:
        """The share that is the dealer's to change, of the money lost with a cause."""
        return share_of_money(self.controllable, self.caused, self.caused_count)


def share_of_count(part: int, whole: int) -> Rate:
    """A share of cases with its Wilson interval."""
    return Rate(part / whole if whole > 0 else None, whole, wilson(part, whole))


def share_of_money(part: int, whole: int, cases: int) -> Rate:
    """A share of money over so many cases; None where the whole is nothing."""
    return Rate(part / whole if whole > 0 else None, cases)


def sums(question: Question, table: Table, *keys: str) -> list[tuple[Row, Sums]]:
    """The sums of the entries for each combination of keys, which are dimensions or ``period``.

    With ``period`` each period is a window of its own, so a recovery counts only by the period's end.
    """
    named = {key: _key(question, table, key) for key in keys}
    keyed = table.mutate(**named, counted=_counted(question, table, by_period="period" in keys))
    grouped = keyed.aggregate(_aggregates(keyed), by=list(keys))
    return [({key: row[key] for key in keys}, _read(row)) for row in rows_of(grouped)]


def total(question: Question, table: Table) -> Sums:
    """The sums of the whole window."""
    return sums(question, table)[0][1]


def largest_first(rows: Iterable[tuple[Row, Sums]]) -> list[tuple[Row, Sums]]:
    """Rows with standing losses or money in them, by lost gross; ties in order of their keys."""
    kept = [row for row in rows if row[1].count or row[1].gross or row[1].recovered]
    return sorted(kept, key=lambda row: (-row[1].gross, -row[1].count, _text(row[0])))


def by_start(rows: Iterable[tuple[Row, Sums]]) -> dict[date, Sums]:
    """The sums of each period by its first day."""
    return {keys["period"]: part for keys, part in rows}


def _text(keys: Mapping[str, Any]) -> list[str]:
    return [f"{value is None}{value}" for value in keys.values()]


def _key(question: Question, table: Table, key: str) -> Column:
    return question.period_of(table.day) if key == "period" else table[COLUMNS.get(key, key)]


def _counted(question: Question, table: Table, *, by_period: bool) -> Any:
    counted = table.back_day.notnull()
    if question.selection.last is not None:
        counted = counted & (table.back_day <= ibis.literal(question.selection.last))
    if by_period:
        counted = counted & (question.period_of(table.back_day) <= question.period_of(table.day))
    return counted


def _aggregates(table: Table) -> dict[str, Any]:
    gross = table.lost - table.taken_back
    caused = table.cause != Cause.UNKNOWN.value
    parts = {
        "lost": table.lost.sum(),
        "taken_back": table.taken_back.sum(),
        "recovered": table.released.sum(where=table.counted),
        "revenue": table.revenue.sum(where=table.counted),
        "released_ever": table.released.sum(),
        "count": table.standing.sum(),
        "centihours": table.centihours.sum(),
        "unexplained": table.standing.sum(where=table.cause.isin(UNEXPLAINED)),
        "stated": table.standing.sum(where=table.cause_basis == CauseBasis.STATED.value),
        "conservative": gross.sum(where=table.grade.isin(CONSERVATIVE)),
        "controllable": gross.sum(where=caused & (table.owner == Owner.DEALER.value)),
        "caused": gross.sum(where=caused),
        "caused_count": table.standing.sum(where=caused),
        "entries": table.count(),
    }
    return {name: part.fill_null(0) for name, part in parts.items()}


def _read(row: Row) -> Sums:
    return Sums(**{field.name: int(row[field.name]) for field in fields(Sums)})
