"""Loading the simulated dealership: once, and to its end although the first attempt was broken off."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from servicelost.intake.models import ReceivedEvent
from servicelost.intake.results import Outcome
from servicelost.kernel.actor import SYSTEM
from servicelost.simulate.dealership import SOUTH
from servicelost.simulate.demo import load_demo
from servicelost.simulate.generate import Size
from tests.desk import Desk, desk

SIZE = Size(weeks=3, visits_a_day=4)


def received(made: Desk) -> int:
    with made.unit(SYSTEM) as book:
        return book.connection.scalar(select(func.count()).select_from(ReceivedEvent)) or 0


def break_off(done: int, total: int) -> None:
    assert done < total
    raise KeyboardInterrupt


@pytest.mark.parametrize("later", [timedelta(minutes=2), timedelta(days=1)])
def test_a_demonstration_that_was_broken_off_is_loaded_to_its_end(sqlite_url: str, later: timedelta) -> None:
    with desk(sqlite_url) as made:
        with pytest.raises(KeyboardInterrupt):
            load_demo(made, break_off, dealership=SOUTH, size=SIZE)
        half = received(made)
        made.clock.move(later)
        again = load_demo(made, dealership=SOUTH, size=SIZE)
        assert again.problems == ()
        assert again.outcomes[Outcome.UNCHANGED] == half
        assert again.events == received(made) > half
        assert load_demo(made, dealership=SOUTH, size=SIZE).events == 0


def test_a_dealership_of_that_name_which_is_nobodys_invention_is_left_alone(sqlite_url: str) -> None:
    with desk(sqlite_url) as made:  # it has a dealership NORTH
        assert load_demo(made, size=SIZE).events == 0
        assert received(made) == 0


@pytest.mark.parametrize("minutes", [1, 7, 19, 40, 75])
def test_the_first_minutes_after_midnight_have_a_story_too(minutes: int) -> None:
    with desk() as made:
        midnight = datetime(2026, 11, 25, tzinfo=ZoneInfo(SOUTH.timezone))
        made.clock.move(midnight + timedelta(minutes=minutes) - made.clock.now())
        told = load_demo(made, dealership=SOUTH, size=SIZE)
        assert told.problems == ()
        assert set(told.outcomes) == {Outcome.ACCEPTED}
