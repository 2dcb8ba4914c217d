"""The rules of the board by themselves: which column, when a card is late, what is worth a hint."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from servicelost.opportunities.pipeline.board import BoardColumn, column_of
from servicelost.opportunities.pipeline.board_hints import HintKind, hints_of
from servicelost.opportunities.pipeline.board_queries import ColumnSum, Flow
from servicelost.opportunities.pipeline.card_lateness import is_late
from servicelost.workflow.states import VisitState

NOW = datetime(2026, 6, 17, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("state", [None, *VisitState])
def test_what_nobody_owns_is_unsorted_wherever_the_car_is(state: str | None) -> None:
    assert column_of(None, state) == "UNSORTED"


@pytest.mark.parametrize(
    ("state", "column"),
    [(None, "FOLLOW_UP"), ("PLANNING", "PLANNING"), ("RECEPTION", "RECEPTION"), ("WORK", "WORK"),
     ("QUALITY_CONTROL", "QUALITY_CONTROL"), ("DELIVERY", "DELIVERY"), ("FOLLOW_UP", "FOLLOW_UP"),
     ("CLOSED", "FOLLOW_UP"), ("CANCELLED", "FOLLOW_UP"), ("TURNED_AWAY", "FOLLOW_UP")],
)  # fmt: skip
def test_an_owned_card_stands_at_the_stage_of_its_visit(state: str | None, column: str) -> None:
    assert column_of(7, state) == column


def late(**facts: Any) -> bool:
    known = {"state": "OPEN", "visit_state": None, "newest_word_at": NOW - HOUR}
    return is_late(**(known | facts), now=NOW, today=date(2026, 6, 17), patience=3 * DAY)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, False),
        ({"newest_word_at": NOW - 4 * DAY}, True),
        ({"visit_state": "PLANNING", "planned_at": NOW + HOUR, "newest_word_at": NOW - 9 * DAY}, False),
        ({"visit_state": "PLANNING", "planned_at": NOW - HOUR}, True),
        ({"visit_state": "WORK", "promised_at": NOW + HOUR}, False),
        ({"visit_state": "WORK", "promised_at": NOW - HOUR}, True),
        ({"visit_state": "WORK", "newest_word_at": NOW - 4 * DAY}, True),
        ({"visit_state": "CLOSED", "promised_at": NOW - HOUR}, False),
        ({"state": "DEFERRED", "deferred_until": date(2026, 6, 17), "newest_word_at": NOW - 9 * DAY}, False),
        ({"state": "DEFERRED", "deferred_until": date(2026, 6, 16)}, True),
    ],
)
def test_a_card_is_late_by_what_was_agreed_else_by_patience(facts: dict[str, Any], told: bool) -> None:
    assert late(**facts) is told


BUSY = Flow(this_week=20, four_weeks_before=80, anything_won=True)
FULL = {BoardColumn.WORK: ColumnSum(10, 1_000), BoardColumn.FOLLOW_UP: ColumnSum(10, 9_000)}


def kinds(idle: dict[BoardColumn, ColumnSum], flow: Flow = BUSY, fewest: int = 5) -> list[HintKind]:
    return [hint.kind for hint in hints_of(FULL, idle, flow, fewest)]


def test_nothing_is_said_while_all_is_well() -> None:
    assert kinds({BoardColumn.WORK: ColumnSum(4, 400)}) == []


def test_the_column_where_most_money_stands_still_is_named() -> None:
    idle = {BoardColumn.WORK: ColumnSum(9, 900), BoardColumn.FOLLOW_UP: ColumnSum(5, 4_500)}
    [hint] = hints_of(FULL, idle, BUSY, 5)
    assert (hint.column, hint.part, hint.whole, hint.amount_minor) == ("FOLLOW_UP", 5, 10, 4_500)


def test_a_column_of_few_cards_is_not_judged() -> None:
    assert kinds({BoardColumn.WORK: ColumnSum(10, 1_000)}, fewest=11) == []


@pytest.mark.parametrize(("this_week", "told"), [(12, []), (11, [HintKind.DRY]), (0, [HintKind.DRY])])
def test_the_pipeline_runs_dry_below_six_tenths_of_the_usual(this_week: int, told: list[HintKind]) -> None:
    assert kinds({}, Flow(this_week, 80, True)) == told


def test_too_few_cards_are_said_to_be_too_few() -> None:
    assert kinds({}, Flow(0, 19, True)) == [HintKind.TOO_FEW]


def test_nothing_closes_where_nothing_was_won() -> None:
    assert kinds({}, Flow(20, 80, False)) == [HintKind.NOTHING_CLOSES]
    assert kinds({}, Flow(20, 80, False), fewest=21) == []
