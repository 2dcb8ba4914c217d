"""The home page: what was lost in a period, in one look; for people without reports, what is in the house.

The numbers are those of the reports, shown with the same definitions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from servicelost.analytics.periods import Grain, start_of
from servicelost.directory.calendar import local_day
from servicelost.directory.dealerships import list_dealerships
from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor, current_caller
from servicelost.web.permissions import Action, may
from servicelost.web.sight import only_visible
from servicelost.web.ui.blueprint import page
from servicelost.web.ui.report_runs import Asked, ask_report, progress_hint
from servicelost.web.ui.report_tables import Footnotes, figures, matrix, table

PERIODS: Mapping[str, str] = {
    "week": "This week", "month": "This month", "quarter": "This quarter", "year": "This year", "all": "All",
}  # fmt: skip
_REPORTS = ("lost-revenue", "causes", "where-why")
_HEADLINES = ("lost_gross", "recovered", "lost_net", "lost_pct", "unsold_share", "controllable_share")
_CAUSES_ACROSS = 4
_TOP = 6


@dataclass(frozen=True, slots=True)
class Situation:
    """Where and when we are: today, whether there is any dealership, the last day of the ledger."""

    today: date | None
    last_entry: date | None


@page("/", Action.USE_MODULE)
def home() -> ResponseReturnValue:
    """The first page after signing in."""
    if not may(current_caller(), Action.RUN_REPORTS):
        return redirect(url_for(".visits"))
    with current_runtime().unit(current_actor(), reading=True) as book:
        here = _situation(book)
    period = request.args.get("period", "quarter")
    period = period if period in PERIODS else "quarter"
    if here.today is None or here.last_entry is None:
        return render_template(
            "servicelost/home.html", here=here, periods=PERIODS, period=period, content=None
        )
    window = _window(here.today, period)
    asked = {name: ask_report(current_runtime(), current_actor(), name, window) for name in _REPORTS}
    waiting = next((answer.waiting for answer in asked.values() if answer.waiting is not None), None)
    now = current_runtime().clock.now()
    return render_template(
        "servicelost/home.html",
        here=here,
        periods=PERIODS,
        period=period,
        window=window,
        waiting=waiting,
        hint=None if waiting is None else progress_hint(current_runtime(), waiting, now),
        complete=all(answer.document is not None for answer in asked.values()),
        content=_content(asked),
        as_of=asked["lost-revenue"].as_of,
    )


def _situation(book: Book) -> Situation:
    dealerships = list_dealerships(book)
    today = local_day(dealerships[0], book.now) if dealerships else None
    entry = LedgerEntry.__table__.c
    latest = only_visible(select(func.max(entry.business_day)), book.actor, entry.dealership_id)
    return Situation(today, book.connection.scalar(latest))


def _window(today: date, period: str) -> dict[str, str]:
    if period == "all":
        return {}
    first = start_of(today, Grain(period))
    return {"from": first.isoformat(), "to": today.isoformat()}


def _content(asked: Mapping[str, Asked]) -> dict[str, Any] | None:
    documents = {name: answer.document for name, answer in asked.items()}
    lost, causes, where = (documents[name] for name in _REPORTS)
    if lost is None:
        return None
    notes = Footnotes()
    wanted = [number for number in lost["measures"] if number["key"] in _HEADLINES]
    shown = figures({**lost, "measures": wanted}, notes)
    pareto = _top_causes(_section(causes, "pareto"))
    return {
        "headlines": shown,
        "pareto": None if pareto is None else table(pareto, notes),
        "matrix": None if (found := _section(where, "matrix")) is None else matrix(found, _CAUSES_ACROSS),
        "notes": notes,
        "empty": not any(number["value"] for number in lost["measures"] if number["key"] == "loss_count"),
    }


def _top_causes(pareto: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The largest causes with their money and share alone."""
    if pareto is None:
        return None
    columns = [column for column in pareto["columns"] if column["key"] in ("cause", "lost_gross", "share")]
    return {**pareto, "columns": columns, "rows": pareto["rows"][:_TOP]}


def _section(document: Mapping[str, Any] | None, section_id: str) -> Any:
    """The section with rows in the first currency; None where there are none, or no result yet."""
    sections = [] if document is None else document["sections"]
    return next((section for section in sections if section["id"] == section_id and section["rows"]), None)
