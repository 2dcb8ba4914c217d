"""The rows behind a number of a report: ledger entries or recommended lines, with their sums.

Which rows belong to a number is decided by `analytics.drill`, by the report's own rules.
"""

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from servicelost.analytics.drill import open_drill, read_drill
from servicelost.analytics.labels import CODES
from servicelost.analytics.spec import Vocabulary
from servicelost.directory.dealerships import list_dealerships
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.ui.addresses import query_values
from servicelost.web.ui.blueprint import page
from servicelost.web.ui.labels import ENTRY_MARKS, LINE_MARKS
from servicelost.web.ui.paging import PAGE_SIZE, PageOf, asked_page

_SUMS = {
    "lost_gross": ("Lost, gross", "lost"),
    "recovered": ("Recovered", "recovered"),
    "lost_net": ("Lost, net", "lost"),
    "value": ("Value", "potential"),
}


@page("/rows", Action.READ_REPORTS)
def rows() -> ResponseReturnValue:
    """One page of the rows that the filters in the address name."""
    actor = current_actor()
    with current_runtime().unit(actor, reading=True) as book:
        codes = {row.code: row.id for row in list_dealerships(book)}
        drill = read_drill(query_values(without=("page",)), actor, codes)
        number = asked_page()
        found = open_drill(book.connection, drill, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    shown = PageOf([_words(row) for row in found.rows], number, number * PAGE_SIZE < found.count, found.count)
    sums = [(*_SUMS[name], amount) for name, amount in found.sums.items() if name in _SUMS]
    return render_template(
        "servicelost/rows.html", found=shown, drill=drill, sums=sums, currency=found.currency
    )


def _words(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with words beside its codes."""
    found = dict(row)
    if "kind" in row:
        found["mark"] = ENTRY_MARKS[row["kind"]]
        for name in ("stage", "event", "cause"):
            found[name] = CODES[Vocabulary(name)](row[name])
    else:
        found["mark"] = LINE_MARKS[row["state"]]
    return found
