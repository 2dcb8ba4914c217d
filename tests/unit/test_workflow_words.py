"""The history of a line tells a reason in words a person knows; row ids mean nothing to anybody."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from servicelost.directory.causes import define_cause
from servicelost.directory.dealerships import dealership_by_code
from servicelost.taxonomy.causes import Cause
from servicelost.workflow.models.log import LineEntry
from tests.desk import Desk, desk


@pytest.fixture
def at_desk() -> Iterator[Desk]:
    """A dealership with a cause of its own and one line to decide about."""
    with desk() as made:
        with made.unit() as book:
            north = dealership_by_code(book, "NORTH")
            define_cause(book, north, "MOVING_AWAY", "Moves away", Cause.NO_TIME)
        made.open_visit("RO-1", 0)
        made.recommend("RO-1", "L-1", 1, "100.00")
        yield made


def decline(made: Desk, hours: float, competitor: str = "Fast Fit") -> None:
    made.send("line.declined", hours, visit_id="RO-1", line_id="L-1", cause="MOVING_AWAY",
              competitor=competitor, competitor_price="89.00", contributing=["COMPETITOR_OFFER"])  # fmt: skip


def notes(made: Desk) -> list[str]:
    with made.engine.connect() as connection:
        return list(connection.scalars(select(LineEntry.note).where(LineEntry.action == "DECLINE")))


def test_the_competitor_and_the_own_cause_are_named(at_desk: Desk) -> None:
    decline(at_desk, 2)
    assert notes(at_desk) == [
        "NO_TIME; own cause MOVING_AWAY; also COMPETITOR_OFFER; competitor Fast Fit; competitor's price 89.00"
    ]


def test_the_same_reason_again_is_no_news_another_competitor_is(at_desk: Desk) -> None:
    decline(at_desk, 2)
    decline(at_desk, 3, competitor="FAST  fit")
    assert len(notes(at_desk)) == 1
    decline(at_desk, 4, competitor="Tyre King")
    assert "competitor Tyre King" in notes(at_desk)[1]
