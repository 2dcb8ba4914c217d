"""The ledger arithmetic over a window: gross, reversed, recovered, net, and the shares of losses.

The adding up is done in `cells`; rows and drills are made elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from servicelost.analytics.document import Rate
from servicelost.analytics.reports.question import Row
from servicelost.analytics.stats import wilson
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.grades import GRADES

UNEXPLAINED = (Cause.UNKNOWN.value, Cause.OTHER.value)
CONSERVATIVE = tuple(code.value for code, grade in GRADES.items() if grade.conservative)


@dataclass
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


def by_start(rows: Iterable[tuple[Row, Sums]]) -> dict[date, Sums]:
    """The sums of each period by its first day."""
    return {date.fromisoformat(keys["period"]): part for keys, part in rows}
