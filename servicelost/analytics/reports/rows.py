"""Rows of the tables about losses: sums under the keys of the measures, with the way to what is behind.

Which rows a table has is each report's own business.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from ibis.expr.types import Table

from servicelost.analytics.periods import end_of
from servicelost.analytics.reports.question import Question, Row
from servicelost.analytics.reports.sums import Sums, largest_first, share_of_count, share_of_money, sums

GROSS_ENTRIES = "LOSS,REVERSAL"
ALL_ENTRIES = "LOSS,REVERSAL,RECOVERY"


def loss_rows(question: Question, table: Table, whole: Sums, *keys: str) -> list[Row]:
    """A row for each combination of keys that has losses, largest first."""
    return [
        loss_row(part, whole) | named(question, keyed)
        for keyed, part in largest_first(sums(question, table, *keys))
    ]


def loss_row(part: Sums, whole: Sums) -> Row:
    """The numbers of one row and its shares of the whole."""
    return {
        "losses": part.lost,
        "reversed": part.taken_back,
        "lost_gross": part.gross,
        "recovered": part.recovered,
        "lost_net": part.net,
        "loss_count": part.count,
        "lost_hours": part.centihours / 100,
        "share": share_of_money(part.gross, whole.gross, whole.count),
        "count_share": share_of_count(part.count, whole.count),
        "stated": part.stated,
        "automatic": part.count - part.stated,
    }


def named(question: Question, keys: Row, kind: str = GROSS_ENTRIES) -> Row:
    """The row's dimensions as they are stored in the document, and its drill."""
    filters: dict[str, Any] = {"kind": kind}
    written: Row = {}
    for key, value in keys.items():
        if isinstance(value, date):
            filters |= bounds(question, value)
            written[key] = value.isoformat()
        else:
            filters[key] = value
            written[key] = value
    return written | {"drill": question.drill("ledger", **filters)}


def bounds(question: Question, start: date) -> dict[str, date]:
    """The first and last day of a period, as far as the window reaches, under the names of a drill."""
    first, last = start, end_of(start, question.params.grain)
    window = question.selection
    return {
        "from": max(first, window.first) if window.first else first,
        "to": min(last, window.last) if window.last else last,
    }


def in_order_of_time(rows: Iterable[Row]) -> list[Row]:
    """The rows by period, otherwise in the order they came."""
    return sorted(rows, key=lambda row: str(row["period"]))
