"""Where × why as a heat map of money: stages down, the largest causes across, the rest of them together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from servicelost.taxonomy.stages import STAGES
from servicelost.web.languages import gettext as _
from servicelost.web.ui import wording
from servicelost.web.ui.report_tables import Cell, rows_url

Row = Mapping[str, Any]


@dataclass
class Matrix:
    """The headings of the causes, and of each stage its name, a cell a heading, and what it comes to."""

    causes: list[str]
    rows: list[tuple[str, list[Cell | None], Cell]]


def matrix(section: Mapping[str, Any], columns: int) -> Matrix:
    """The section's rows by stage and cause, with so many causes in columns of their own."""
    labels = {row["cause"]: row["labels"]["cause"] for row in section["rows"]}
    sums = {cause: _sum(row for row in section["rows"] if row["cause"] == cause) for cause in labels}
    largest = sorted(sums, key=lambda cause: -sums[cause])[:columns]
    others = [_("Other causes")] if len(sums) > len(largest) else []
    heat = _Heat(largest, bool(others), section)
    by_stage = {stage: [row for row in section["rows"] if row["stage"] == stage] for stage in STAGES}
    return Matrix([*(labels[cause] for cause in largest), *others],
                  [heat.row(rows) for rows in by_stage.values() if rows])  # fmt: skip


def _sum(rows: Iterable[Row]) -> Decimal:
    return sum((Decimal(row["lost_gross"]) for row in rows), Decimal())


class _Heat:
    """The cells of one matrix: their colours are shares of its largest cell."""

    def __init__(self, causes: Sequence[str], others: bool, section: Mapping[str, Any]) -> None:
        self._causes, self._others, self._currency = causes, others, section["currency"]
        self._most = max((Decimal(row["lost_gross"]) for row in section["rows"]), default=Decimal())

    def row(self, rows: Sequence[Row]) -> tuple[str, list[Cell | None], Cell]:
        """The cells of a stage: one a cause, the other causes together, and all of them."""
        cells = [self._cell([row for row in rows if row["cause"] == cause]) for cause in self._causes]
        if self._others:
            cells.append(self._cell([row for row in rows if row["cause"] not in self._causes]))
        whole = self._cell(rows)
        assert whole is not None
        return rows[0]["labels"]["stage"], cells, whole

    def _cell(self, rows: Sequence[Row]) -> Cell | None:
        """What the rows of one stage come to, and the way to all that is behind them."""
        if not rows:
            return None
        amount = _sum(rows)
        causes = ",".join(sorted({row["drill"]["cause"] for row in rows}))
        url = rows_url({**rows[0]["drill"], "cause": causes})
        share = min(float(amount / self._most), 1.0) if self._most else 0.0
        return Cell(wording.rounded(amount, self._currency), url, share=share)
