"""What a board tells its manager: a stage that is lame, a pipeline that runs dry, nothing that closes.

Pure rules on counted numbers. Where there are too few cards to judge, nothing is said about them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from servicelost.opportunities.pipeline.board import BoardColumn
from servicelost.opportunities.pipeline.board_queries import ColumnSum, Flow

DAYS_WITHOUT_SALE = 14
_DRY_SHARE = 0.6
_WEEKS_BEFORE = 4
_FEWEST_BEFORE = 20


class HintKind(StrEnum):
    """What a hint is about."""

    LAME = "LAME"
    DRY = "DRY"
    NOTHING_CLOSES = "NOTHING_CLOSES"
    TOO_FEW = "TOO_FEW"


@dataclass(frozen=True)
class Hint:
    """A hint and the figures it rests on: `part` of `whole`, and the money of the part."""

    kind: HintKind
    part: int
    whole: float
    amount_minor: int = 0
    column: BoardColumn | None = None


def hints_of(
    sums: Mapping[BoardColumn, ColumnSum], idle: Mapping[BoardColumn, ColumnSum], flow: Flow, fewest: int
) -> list[Hint]:
    """What is worth saying; `idle` cards stand still; fewer than `fewest` in a column are not judged."""
    cards = sum(column.cards for column in sums.values())
    return [*_lame(sums, idle, fewest), *_dry(flow), *_nothing_closes(flow, cards, fewest)]


def _lame(
    sums: Mapping[BoardColumn, ColumnSum], idle: Mapping[BoardColumn, ColumnSum], fewest: int
) -> list[Hint]:
    """The column where most money stands still, if at least half of its cards do."""
    slow = [column for column, found in sums.items()
            if found.cards >= fewest and 2 * idle.get(column, ColumnSum()).cards >= found.cards]  # fmt: skip
    if not slow:
        return []
    column = max(slow, key=lambda column: (idle[column].amount_minor, idle[column].cards))
    return [Hint(HintKind.LAME, idle[column].cards, sums[column].cards, idle[column].amount_minor, column)]


def _dry(flow: Flow) -> list[Hint]:
    if flow.four_weeks_before < _FEWEST_BEFORE:
        return [Hint(HintKind.TOO_FEW, flow.this_week, flow.four_weeks_before)]
    usual = flow.four_weeks_before / _WEEKS_BEFORE
    return [Hint(HintKind.DRY, flow.this_week, usual)] if flow.this_week < _DRY_SHARE * usual else []


def _nothing_closes(flow: Flow, cards: int, fewest: int) -> list[Hint]:
    if flow.anything_won or cards < fewest:
        return []
    return [Hint(HintKind.NOTHING_CLOSES, 0, cards)]
