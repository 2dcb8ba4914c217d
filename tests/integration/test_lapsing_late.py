"""Postponed work that nobody came back to is lost on its own day, also when that is noticed a year late."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from servicelost.kernel.actor import SYSTEM
from servicelost.opportunities.pipeline.deferring import lapse
from servicelost.opportunities.pipeline.models import Decision, Opportunity
from tests.desk import Desk, desk
from tests.ledger_check import check_ledger

YEAR = 24 * 365


@pytest.fixture
def at_desk(database_url: str) -> Iterator[Desk]:
    with desk(database_url) as found:
        yield found


def put_off(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.recommend("RO-1", "L-1", 1, "300.00")
    at_desk.send(
        "line.deferred", 2, visit_id="RO-1", line_id="L-1", cause="NO_TIME", deferred_until="2026-04-01"
    )
    at_desk.send("visit.closed", 3, visit_id="RO-1")


def let_lapse(at_desk: Desk) -> None:
    """What the job does with everything that is put off."""
    with at_desk.unit(SYSTEM) as book:
        due = select(Opportunity.id).where(Opportunity.state == "DEFERRED").order_by(Opportunity.id)
        for row_id in book.connection.scalars(due).all():
            lapse(book, book.get(Opportunity, row_id))


def test_what_lapsed_before_the_need_came_again_a_year_later_is_lost(at_desk: Desk) -> None:
    put_off(at_desk)
    at_desk.open_visit("RO-2", YEAR + 100)
    at_desk.recommend("RO-2", "L-2", YEAR + 101, "350.00")
    let_lapse(at_desk)
    [loss] = at_desk.entries()
    assert (loss.event, loss.cause, loss.amount_minor) == ("DEFERRED_LAPSED", "NO_TIME", 30_000)
    assert (loss.business_day.isoformat(), loss.origin_stage) == ("2026-04-16", "RECEPTION")
    check_ledger(at_desk.entries(), at_desk.opportunities())


def test_looking_again_adds_nothing(at_desk: Desk) -> None:
    put_off(at_desk)
    at_desk.open_visit("RO-2", YEAR + 100)
    at_desk.recommend("RO-2", "L-2", YEAR + 101, "350.00")

    def told() -> tuple[int, int]:
        with at_desk.unit(SYSTEM) as book:
            decisions = book.connection.scalar(select(func.count()).select_from(Decision.__table__)) or 0
        return decisions, len(at_desk.entries())

    let_lapse(at_desk)
    first = told()
    let_lapse(at_desk)
    assert told() == first
