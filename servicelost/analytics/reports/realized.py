"""What was invoiced, where the source has invoices, and the lost share of it; else the reason why not.

A share is only given where every dealership that lost something also has invoices in the same
window: half a denominator would make a wrong number.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from servicelost.analytics.document import Rate
from servicelost.analytics.reasons import NO_INVOICES, NOT_ON_INVOICES, SOME_WITHOUT
from servicelost.analytics.reports.cells import Cells
from servicelost.analytics.reports.question import Question, rows_of
from servicelost.analytics.reports.sums import Sums

_Members = dict[int, int]


@dataclass(frozen=True)
class Realized:
    """Invoiced minor units by dealership, in all and by period; `reason` says why there are none."""

    whole: _Members = field(default_factory=dict)
    periods: Mapping[date, _Members] = field(default_factory=dict)
    losing: frozenset[int] = frozenset()
    losing_in: Mapping[date, frozenset[int]] = field(default_factory=dict)
    reason: str | None = None

    def amount(self, start: date | None = None) -> int | None:
        """realized(W) of the whole window or of a period; None where nothing was invoiced in it."""
        members = self._members(start)
        return sum(members.values()) if members else None

    def why_not(self, start: date | None = None) -> str | None:
        """The reason why no share can be given; None where one can."""
        members = self._members(start)
        losing = self.losing if start is None else self.losing_in.get(start, frozenset())
        if not members:
            return self.reason or NO_INVOICES
        return None if losing <= members.keys() else SOME_WITHOUT

    def lost_pct(self, part: Sums, start: date | None = None) -> Rate | None:
        """lost_pct(W); None where it is not available or the base is empty."""
        if self.why_not(start):
            return None
        base = (self.amount(start) or 0) + part.net
        return Rate(part.net / base if base > 0 else None, part.count)

    def _members(self, start: date | None) -> _Members:
        return self.whole if start is None else self.periods.get(start, {})


def realized(question: Question, lost: Cells) -> Realized:
    """What was invoiced in the window, beside which dealerships lost something in it.

    `lost` are the entries by ``period`` and ``dealership``.
    """
    if not question.can_choose("revenue"):
        return Realized(reason=NOT_ON_INVOICES)
    invoiced = question.within(question.fact("revenue"))
    keyed = invoiced.mutate(period=question.period_of(invoiced.business_day))
    invoices = keyed.aggregate(amount=keyed.amount_minor.sum(), by=["period", "dealership_id"])
    whole: _Members = defaultdict(int)
    periods: dict[date, _Members] = defaultdict(dict)
    for row in rows_of(invoices):
        whole[row["dealership_id"]] += row["amount"]
        periods[row["period"]][row["dealership_id"]] = row["amount"]
    losing: dict[date, set[int]] = defaultdict(set)
    for keys, part in lost.by("period", "dealership"):
        if part.count:
            losing[date.fromisoformat(keys["period"])].add(keys["dealership"])
    return Realized(
        whole=dict(whole),
        periods=periods,
        losing=frozenset().union(*losing.values()),
        losing_in={start: frozenset(members) for start, members in losing.items()},
    )
