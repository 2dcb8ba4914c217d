"""The home page: for managers the overview of a period; everybody else starts with today.

What the overview says is put together in `overview`; which period it is about, here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from servicelost.analytics.periods import Grain, end_of, start_of
from servicelost.directory.calendar import local_day
from servicelost.directory.dealerships import list_dealerships
from servicelost.kernel.book import Book
from servicelost.kernel.errors import InvalidInput
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor, current_caller
from servicelost.web.permissions import Action, may
from servicelost.web.sight import only_visible
from servicelost.web.ui.addresses import query_values
from servicelost.web.ui.blueprint import page
from servicelost.web.ui.frame import Message, say
from servicelost.web.ui.overview import overview_content
from servicelost.web.ui.refusals import describe
from servicelost.web.ui.report_options import parameters
from servicelost.web.ui.report_runs import ask_report, progress_hint

PERIODS: Mapping[str, str] = {
    "week": "This week", "month": "This month", "last-month": "Last month", "quarter": "This quarter",
    "last-quarter": "Last quarter", "year": "This year", "last-year": "Last year", "all": "All",
}  # fmt: skip
_USUAL = "quarter"


@dataclass(frozen=True)
class Situation:
    """Where and when we are: the day that has come to any of the dealerships, the last day of the ledger."""

    today: date | None
    last_entry: date | None


@page("/", Action.USE_MODULE)
def home() -> ResponseReturnValue:
    """The first page after signing in."""
    if not may(current_caller(), Action.RUN_REPORTS):
        return redirect(url_for(".today"))
    with current_runtime().unit(current_actor(), reading=True) as book:
        here = _situation(book, request.args.getlist("dealership"))
    if here.today is None or here.last_entry is None:
        return render_template("servicelost/home.html", here=here, asked=None, content=None)
    period, window = _window(here.today, query_values())
    try:
        return _show(here, period, window)
    except InvalidInput as error:
        say(Message(describe(error).message, wrong=True))
        return _show(here, *_window(here.today, {})), describe(error).status


def _show(here: Situation, period: str | None, window: Mapping[str, Any]) -> str:
    runtime = current_runtime()
    asked = ask_report(runtime, current_actor(), "overview", window)
    with runtime.unit(current_actor(), reading=True) as book:
        fields = parameters(book, asked.spec, window)
    hint = None if asked.waiting is None else progress_hint(runtime, asked.waiting, runtime.clock.now())
    return render_template(
        "servicelost/home.html",
        here=here,
        periods=PERIODS,
        period=period,
        window=window,
        fields=fields,
        asked=asked,
        hint=hint,
        content=None if asked.document is None else overview_content(asked.document),
    )


def _situation(book: Book, chosen: Collection[str]) -> Situation:
    dealerships = list_dealerships(book)
    asked = [row for row in dealerships if row.code in chosen] or dealerships
    today = max((local_day(row, book.now) for row in asked), default=None)
    entry = LedgerEntry.__table__.c
    latest = only_visible(select(func.max(entry.business_day)), book.actor, entry.dealership_id)
    return Situation(today, book.connection.scalar(latest))


def _window(today: date, values: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """The period the address names, if it names one, and the report's parameters."""
    rest = {name: value for name, value in values.items() if name != "period"}
    if "from" in rest or "to" in rest:
        return None, rest
    period = str(values.get("period"))
    period = period if period in PERIODS else _USUAL
    if period == "all":
        return period, rest
    last = period.startswith("last-")
    grain = Grain(period.removeprefix("last-"))
    first = start_of(today, grain)
    first = start_of(first - timedelta(days=1), grain) if last else first
    end = end_of(first, grain) if last else today
    return period, {"from": first.isoformat(), "to": end.isoformat(), **rest}
