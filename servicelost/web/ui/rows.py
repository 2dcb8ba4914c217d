"""The rows behind a number of a report: ledger entries or recommended lines, with their sums.

Which rows belong to a number is decided by `analytics.drill`, by the report's own rules.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from flask import render_template, request
from flask.typing import ResponseReturnValue

from servicelost.analytics.drill import Drill, open_drill, read_drill
from servicelost.analytics.labels import CODES
from servicelost.analytics.spec import Vocabulary
from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.models import EntryKind
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.reporting import codes_of
from servicelost.web.ui.addresses import query_values
from servicelost.web.ui.blueprint import page
from servicelost.web.ui.labels import ENTRY_MARKS, LINE_MARKS
from servicelost.web.ui.paging import PAGE_SIZE, PageOf, asked_page
from servicelost.web.ui.report_options import LABELS, in_words
from servicelost.web.ui.row_files import row_file

_SUMS = {
    "lost_gross": ("Lost, gross", "lost"),
    "recovered": ("Recovered", "recovered"),
    "lost_net": ("Lost, net", "lost"),
    "value": ("Value", "potential"),
}
_PAGE_OWN = ("page", "format")


class Chosen(NamedTuple):
    """A filter in words."""

    label: str
    values: str


@page("/rows", Action.READ_REPORTS)
def rows() -> ResponseReturnValue:
    """One page of the rows that the filters in the address name, or all of them as a file."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        drill = read_drill(query_values(without=_PAGE_OWN), book.actor, codes_of(book))
        if "format" in request.args:
            return row_file(book.connection, drill, request.args["format"])
        number = asked_page()
        found = open_drill(book.connection, drill, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        chosen = _chosen(book, drill)
    shown = PageOf([_words(row) for row in found.rows], number, number * PAGE_SIZE < found.count, found.count)
    sums = [(*_SUMS[name], amount) for name, amount in found.sums.items() if name in _SUMS]
    return render_template(
        "servicelost/rows.html", found=shown, drill=drill, chosen=chosen, sums=sums, currency=found.currency
    )


def _chosen(book: Book, drill: Drill) -> list[Chosen]:
    return [
        Chosen(LABELS.get(name, name), in_words(book, name, values))
        for name, values in drill.selection.as_dict().items()
    ]


def _words(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with words beside its codes; what came back counts against the losses."""
    found = dict(row)
    if "kind" not in row:
        return found | {"mark": LINE_MARKS[row["state"]], "day": _day(row["visit_at"])}
    for name in ("stage", "event", "cause"):
        found[name] = _(CODES[Vocabulary(name)](row[name]))
    sign = "" if row["kind"] == EntryKind.LOSS else "-"
    return found | {
        "mark": ENTRY_MARKS[row["kind"]],
        "day": _day(row["business_day"]),
        "amount": f"{sign}{row['amount']}",
    }


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text[:10])
