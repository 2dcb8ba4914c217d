"""Eight processes write at once, each its own way: no update lost, no loss doubled, no error left over."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from servicelost.intake.models import ReceivedEvent
from servicelost.kernel.changes import ChangeEntry
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.lines import Line
from tests.desk import Desk, desk, event
from tests.factories import MONDAY
from tests.integration.rivals import (
    BULK,
    CLICKS,
    LINES,
    NO_SHOWS,
    ROUNDS,
    click_past_each_other,
    decide_by_events,
    decide_by_hand,
    import_in_bulk,
    let_time_act,
)
from tests.integration.test_concurrency import check_nothing_lost, compete
from tests.integration.test_concurrency import open_visits as _open_visits


@pytest.fixture
def at_desk(database_url: str) -> Iterator[Desk]:
    """A car on several visits, appointments nobody came to, quotes that ran out, work put off and due."""
    with desk(database_url) as made:
        _open_visits(made)
        raws = [raw for number in range(NO_SHOWS) for raw in overdue(number)]
        assert {result.outcome.value for result in made.receive(*raws)} == {"ACCEPTED"}
        yield made


def overdue(number: int) -> list[dict[str, Any]]:
    """A booking nobody came to, a quote that ran out, work put off until a day that is past."""
    visit, line, put_off = (
        {"visit_id": f"Q-{number}"},
        {"line_id": f"QL-{number}"},
        {"line_id": f"D-{number}"},
    )
    due, car = (MONDAY + timedelta(hours=2)).isoformat(), {"id": f"W-{number}"}
    return [
        event("appointment.booked", 0, appointment_id=f"A-{number}", scheduled_at=due, vehicle=car,
              expected_amount="50.00"),
        event("visit.opened", 0, **visit, vehicle={"id": f"X-{number}"}),
        event("line.recommended", 1, **visit, **line, service="Belt", amount="70.00"),
        event("quote.sent", 2, **visit, valid_until="2026-03-03"),
        event("line.recommended", 3, **visit, **put_off, service="Hose", amount="30.00"),
        event("line.deferred", 4, **visit, **put_off, deferred_until="2026-03-10", cause="NO_TIME"),
    ]  # fmt: skip


@pytest.mark.slow
def test_eight_processes_on_the_same_visits(at_desk: Desk) -> None:
    rivals = [decide_by_events] * 2 + [decide_by_hand] + [click_past_each_other] * 2
    told = compete(at_desk, [*rivals, import_in_bulk, import_in_bulk, let_time_act])
    check_nothing_lost(at_desk)
    assert told[0] + told[1] == {"ACCEPTED": 2 * ROUNDS * (len(LINES) + 40)}
    assert set(told[3] + told[4]) <= {"DONE", "STALE"}, "who is overtaken hears so, and nothing else"
    assert sum((told[3] + told[4]).values()) == 2 * CLICKS
    bulk = told[5] + told[6]
    assert bulk == {"ACCEPTED": BULK, "UNCHANGED": BULK}, "sent by two at once, each event acts once"
    check_time_acted_once(at_desk)
    check_versions(at_desk)


def check_time_acted_once(at_desk: Desk) -> None:
    """Each no-show, each quote and each postponed work was settled once, by whoever came first."""
    losses = Counter(entry.event for entry in at_desk.entries() if entry.kind == "LOSS")
    assert losses["APPT_NO_SHOW"] == losses["QUOTE_EXPIRED"] == losses["DEFERRED_LAPSED"] == NO_SHOWS
    with at_desk.engine.connect() as connection:
        states = connection.scalars(select(Appointment.state)).all()
        received = connection.execute(
            select(func.count(), func.count(func.distinct(ReceivedEvent.event_id)))
        ).one()
    assert set(states) == {"NO_SHOW"}
    assert received[0] == received[1]


def check_versions(at_desk: Desk) -> None:
    """Every row was written as often as its version says: the change log counts each write of a line."""
    with at_desk.engine.connect() as connection:
        logged = connection.execute(
            select(ChangeEntry.row_ids).where(ChangeEntry.table_name == Line.__tablename__)
        ).scalars()
        writes = Counter(row_id for row_ids in logged for row_id in row_ids)
        versions = {row.id: row.version for row in connection.execute(select(Line.id, Line.version))}
    assert writes == versions
