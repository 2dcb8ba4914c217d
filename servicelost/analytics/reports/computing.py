"""From a spec and parameters to the document: one question for each currency, never added up.

The only way in for the job that computes a report. What a report computes is in its own file.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from ibis.expr.types import Table

from servicelost.analytics.document import Draft, finished
from servicelost.analytics.params import ReportParams
from servicelost.analytics.registry import load_function
from servicelost.analytics.reports.question import Question
from servicelost.analytics.selection import Selection
from servicelost.analytics.spec import ReportSpec


class Facts(Protocol):
    """One state of the lake, open for reading."""

    @property
    def as_of(self) -> datetime:
        """The moment of the database that it shows."""
        ...

    def table(self, name: str) -> Table:
        """The fact of this name."""
        ...


def compute_report(
    spec: ReportSpec,
    params: ReportParams,
    facts: Facts,
    dealerships: Mapping[int, tuple[str, str]],
    now: datetime,
) -> dict[str, Any]:
    """The document of the report; `dealerships` maps each one's id to its currency and time zone."""
    seen = _seen(params.selection, dealerships)
    compute = load_function(spec)
    drafts = []
    for currency, members in sorted(_by_currency(seen).items()):
        everywhere = params.selection.dealerships is None and len(members) == len(dealerships)
        question = Question(
            table=facts.table,
            params=params,
            currency=currency,
            dealerships=None if everywhere else tuple(sorted(members)),
            today=min(_today(now, seen[member][1]) for member in members),
        )
        draft = Draft(spec, currency)
        compute(question, draft)
        drafts.append(draft)
    return finished(spec, drafts, params.as_dict(), facts.as_of.isoformat())


def _seen(selection: Selection, dealerships: Mapping[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
    wanted = dealerships.keys() if selection.dealerships is None else set(selection.dealerships)
    return {row_id: dealership for row_id, dealership in dealerships.items() if row_id in wanted}


def _by_currency(dealerships: Mapping[int, tuple[str, str]]) -> Mapping[str, list[int]]:
    members: dict[str, list[int]] = defaultdict(list)
    for row_id, (currency, _) in dealerships.items():
        members[currency].append(row_id)
    return members


def _today(now: datetime, timezone: str) -> date:
    return now.astimezone(ZoneInfo(timezone)).date()
