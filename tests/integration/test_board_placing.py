"""Where cards stand: kept by the rules event by event, and told once more by the migration's own SQL."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select, update

from servicelost.config import Settings
from servicelost.directory.dealerships import upsert_dealership
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.clock import FrozenClock
from servicelost.migrations import upgrade
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.wiring import build_runtime
from servicelost.wiring.housekeeping import clear_board
from tests.desk import CAR, PERSON, Desk, desk, event
from tests.integration.order_world import NOW, story, tell

CARD = (
    Opportunity.id, Opportunity.board_column, Opportunity.board_at, Opportunity.board_owner_id,
    Opportunity.board_visit_id,
)  # fmt: skip
MIGRATION = import_module("servicelost.migrations.versions.20261125_0006_board")


def cards(made: Desk) -> list[tuple[Any, ...]]:
    with made.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*CARD).order_by(Opportunity.id))]


def placed_anew(made: Desk, now: datetime) -> list[tuple[Any, ...]]:
    """The cards as the migration makes them of an old database."""
    with made.engine.begin() as connection:
        nothing = {column.key: None for column in CARD[1:]}
        connection.execute(update(Opportunity).values(**nothing))
        MIGRATION.place_cards(connection, now)
    return cards(made)


def columns(made: Desk) -> dict[str, int]:
    with made.engine.connect() as connection:
        rows = connection.execute(
            select(Opportunity.board_column, func.count())
            .where(Opportunity.board_column.is_not(None))
            .group_by(Opportunity.board_column)
        )
        return {row[0]: row[1] for row in rows}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_events_in_any_order_leave_every_card_where_the_migration_puts_it(seed: int) -> None:
    rng = Random(seed)
    raws = list(story(seed))
    rng.shuffle(raws)
    cut = rng.randint(1, len(raws))
    told = tell(raws[:cut], raws[cut:])
    kept = cards(told.made)
    assert Counter(card[1] for card in kept).keys() >= {None, "FOLLOW_UP"}
    assert placed_anew(told.made, NOW) == kept
    told.made.engine.dispose()


def test_a_card_wanders_with_its_visit_and_ends_in_follow_up(database_url: str) -> None:
    with desk(database_url) as made:
        made.send("visit.opened", 0, visit_id="RO", vehicle=CAR, customer=PERSON, advisor="A-1")
        made.recommend("RO", "L-1", 1, "240.00")
        made.recommend("RO", "L-2", 1, "90.00", service="Wipers")
        assert columns(made) == {"RECEPTION": 2}
        made.send("visit.stage_changed", 2, visit_id="RO", stage="WORK")
        assert columns(made) == {"WORK": 2}
        made.send("quote.sent", 3, visit_id="RO", quote_id="Q-1", lines=["L-1"])
        made.send("line.authorized", 4, visit_id="RO", line_id="L-2")
        made.send("visit.closed", 5, visit_id="RO")
        assert columns(made) == {"FOLLOW_UP": 1}, "one is sold, the other still waits for an answer"
        assert placed_anew(made, made.clock.now()) == cards(made)


def test_what_nobody_owns_is_unsorted(database_url: str) -> None:
    with desk(database_url) as made:
        made.clock.move(timedelta(days=-899))
        made.send("call.missed", 1, call_id="C-9", phone="+34 911 000 009")
        made.send("appointment.booked", 2, appointment_id="A-9", scheduled_at=made.clock.now().isoformat())
        assert columns(made) == {"UNSORTED": 2}
        made.send("visit.opened", 3, visit_id="RO-9", appointment_id="A-9", advisor="A-1")
        assert columns(made) == {"UNSORTED": 1, "RECEPTION": 1}


def test_a_need_named_again_stands_where_it_was_named_last(database_url: str) -> None:
    with desk(database_url) as made:
        for number, hours in ((1, 0.0), (2, 24.0 * 90)):
            made.send("visit.opened", hours, visit_id=f"RO-{number}", vehicle=CAR, advisor="A-1")
            made.recommend(f"RO-{number}", f"L-{number}", hours + 1, "240.00")
            if number == 1:
                made.send("line.declined", 2, visit_id="RO-1", line_id="L-1")
                made.send("visit.closed", 3, visit_id="RO-1")
                assert columns(made) == {}, "lost too long ago to be a card"
        made.clock.move(timedelta(days=-800))
        made.send("visit.stage_changed", 24 * 90 + 2, visit_id="RO-2", stage="WORK")
        assert columns(made) == {"WORK": 1}
        assert placed_anew(made, made.clock.now()) == cards(made)


def test_time_takes_what_was_lost_off_the_board(tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
    runtime = build_runtime(Settings(instance_path=tmp_path), clock=clock)
    upgrade(runtime.engine)
    with runtime.unit(SYSTEM) as book:
        upsert_dealership(book, {"code": "NORTH", "name": "North", "timezone": "Europe/Madrid",
                                 "currency": "EUR", "country": "ES", "locale": "es-ES"})  # fmt: skip
    receive(lambda: runtime.unit(SYSTEM), [event("call.missed", 1, call_id="C-9", phone="+34 911 000 009")])

    def unsorted() -> int:
        with runtime.unit(SYSTEM, reading=True) as book:
            here = select(func.count()).where(Opportunity.board_column == "UNSORTED")
            return book.connection.scalar(here) or 0

    clock.move(timedelta(days=29))
    clear_board(runtime)
    assert unsorted() == 1
    clock.move(timedelta(days=2))
    clear_board(runtime)
    assert unsorted() == 0
    runtime.dispose()
