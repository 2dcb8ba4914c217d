"""Sums over recommended lines for each value of a dimension, with the intervals of their ratios.

Which lines they are taken over, and which tables are made of them, is each report's own.
"""

from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import Column, Table

from servicelost.analytics.document import Rate
from servicelost.analytics.line_status import LineStatus, states_of
from servicelost.analytics.reports.question import Row
from servicelost.analytics.reports.resampling import Cells, cells_of
from servicelost.analytics.reports.sums import share_of_count
from servicelost.analytics.stats import Interval

_DECLINED = states_of(LineStatus.DECLINED)


@dataclass(frozen=True)
class LineSums:
    """Counts of lines and their values in minor units; the intervals are those of the value ratios."""

    lines: int = 0
    value: int = 0
    sold_lines: int = 0
    sold_value: int = 0
    declined_value: int = 0
    unpriced: int = 0
    sold_interval: Interval | None = None
    declined_interval: Interval | None = None

    @property
    def unsold_lines(self) -> int:
        """Lines that were not sold."""
        return self.lines - self.sold_lines

    @property
    def unsold_value(self) -> int:
        """The value of lines that were not sold."""
        return self.value - self.sold_value

    @property
    def closing_ratio_count(self) -> Rate:
        """Sold lines of all lines."""
        return share_of_count(self.sold_lines, self.lines)

    @property
    def closing_ratio_value(self) -> Rate:
        """Sold value of recommended value."""
        return self._of_value(self.sold_value, self.sold_interval)

    @property
    def decline_rate(self) -> Rate:
        """Declined value of recommended value."""
        return self._of_value(self.declined_value, self.declined_interval)

    @property
    def unsold_share(self) -> Rate:
        """Unsold value of recommended value."""
        turned = (
            None if self.sold_interval is None else (1 - self.sold_interval[1], 1 - self.sold_interval[0])
        )
        return self._of_value(self.unsold_value, turned)

    def row(self) -> Row:
        """The numbers under the keys of their measures."""
        return {
            "lines": self.lines,
            "value": self.value,
            "sold_lines": self.sold_lines,
            "sold_value": self.sold_value,
            "unsold_lines": self.unsold_lines,
            "unsold_value": self.unsold_value,
            "closing_ratio_count": self.closing_ratio_count,
            "closing_ratio_value": self.closing_ratio_value,
            "decline_rate": self.decline_rate,
        }

    def _of_value(self, part: int, interval: Interval | None) -> Rate:
        return Rate(part / self.value if self.value else None, self.lines, interval)


def line_cells(lines: Table, part: Column, unit: Column) -> Cells:
    """The sums of the lines for each value of `part`; `unit` is what is drawn for the intervals."""
    columns = {
        "lines": ibis.literal(1),
        "value": lines.value,
        "sold_lines": lines.sold.ifelse(1, 0),
        "sold_value": lines.sold.ifelse(lines.value, 0),
        "declined_value": lines.state.isin(_DECLINED).ifelse(lines.value, 0),
        "unpriced": (lines.value == 0).ifelse(1, 0),
    }
    return cells_of(lines, unit, part, columns)


def line_sums(cells: Cells) -> dict[Any, LineSums]:
    """The sums with their intervals by the value of the part."""
    sold, declined = cells.ratios("value", "sold_value", "declined_value")
    return {
        value: LineSums(
            **{name: cells.total(name, place) for name in cells.sums},
            sold_interval=sold[place],
            declined_interval=declined[place],
        )
        for place, value in enumerate(cells.parts)
    }


def all_lines(cells: Cells) -> LineSums:
    """The sums of all lines, whatever they were told apart by."""
    return line_sums(cells.joined())[None]
