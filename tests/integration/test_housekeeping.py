"""The tasks that let time act, on both databases: each due thing once, and never anything that is not due."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from servicelost.analytics.lake.condition import status
from servicelost.config import Settings
from servicelost.directory.dealerships import upsert_dealership
from servicelost.intake.results import Outcome
from servicelost.intake.service import receive
from servicelost.jobs.worker import run_task
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.clock import FrozenClock
from servicelost.migrations import upgrade
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.runtime import Runtime
from servicelost.wiring import PERIODIC, TASKS, build_runtime

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(MORNING)


@pytest.fixture
def runtime(tmp_path: Path, database_url: str, clock: FrozenClock) -> Iterator[Runtime]:
    made = build_runtime(Settings(instance_path=tmp_path, database_url=database_url), clock=clock)
    upgrade(made.engine)
    with made.unit(SYSTEM) as book:
        upsert_dealership(
            book, {"code": "N", "name": "N", "timezone": "UTC", "currency": "EUR", "country": "DE"}
        )
    yield made
    made.dispose()


def tell(runtime: Runtime, kind: str, at: datetime, **data: Any) -> Outcome:
    """Let something happen."""
    sent = {
        "type": kind,
        "event_id": f"{kind} {at} {data}"[:200],
        "source": "dms",
        "occurred_at": at.isoformat(),
        "dealership": "N",
        "data": data,
    }
    [result] = receive(lambda: runtime.unit(SYSTEM), [sent])
    assert result.outcome is not Outcome.REJECTED, result
    return result.outcome


def do(runtime: Runtime, task: str) -> None:
    run_task(runtime, TASKS, task, {})


def losses(runtime: Runtime) -> list[tuple[str, str, int]]:
    """Event, day and amount of each loss, oldest first."""
    with runtime.unit(SYSTEM, reading=True) as book:
        found = select(LedgerEntry.event, LedgerEntry.business_day, LedgerEntry.amount_minor)
        rows = book.connection.execute(found.where(LedgerEntry.kind == "LOSS").order_by(LedgerEntry.id))
        return [(event, day.isoformat(), minor) for event, day, minor in rows]


def recommend(runtime: Runtime) -> None:
    tell(runtime, "visit.walk_in", MORNING, visit_id="RO-1", vehicle={"id": "V-1"})
    tell(
        runtime,
        "line.recommended",
        MORNING + timedelta(minutes=5),
        visit_id="RO-1",
        line_id="L-1",
        service="Brakes",
        amount="240.00",
    )


def test_every_periodic_job_has_its_task() -> None:
    assert {job.task for job in PERIODIC} <= TASKS.keys()


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", "2026-03-29T01:00Z"),
        ("Europe/Berlin", "2026-10-25T01:00Z"),
        ("America/New_York", "2026-11-01T06:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T15:00Z"),
    ],
)
def test_patience_is_the_same_on_the_night_the_clocks_change(
    runtime: Runtime, clock: FrozenClock, zone: str, change: str
) -> None:
    with runtime.unit(SYSTEM) as book:
        upsert_dealership(book, {"code": "N", "timezone": zone})
    changes = datetime.fromisoformat(change)
    due = changes - timedelta(minutes=10)
    tell(
        runtime,
        "appointment.booked",
        MORNING,
        appointment_id="A",
        scheduled_at=due.astimezone(ZoneInfo(zone)).isoformat(),
        vehicle={"id": "V"},
        expected_amount="99.00",
    )
    clock.move(due + timedelta(minutes=30) - clock.now())
    do(runtime, "mark-no-shows")
    assert losses(runtime) == []
    clock.move(timedelta(seconds=1))
    do(runtime, "mark-no-shows")
    here = (due + timedelta(minutes=30)).astimezone(ZoneInfo(zone)).date()
    assert losses(runtime) == [("APPT_NO_SHOW", here.isoformat(), 9900)]


def test_nobody_came(runtime: Runtime, clock: FrozenClock) -> None:
    due = MORNING + timedelta(hours=1)
    tell(
        runtime,
        "appointment.booked",
        MORNING,
        appointment_id="A-1",
        scheduled_at=due.isoformat(),
        vehicle={"id": "V-1"},
        expected_amount="120.00",
    )
    clock.move(timedelta(hours=1, minutes=29))
    do(runtime, "mark-no-shows")
    assert losses(runtime) == []
    clock.move(timedelta(minutes=5))
    for _ in range(2):
        do(runtime, "mark-no-shows")
    assert losses(runtime) == [("APPT_NO_SHOW", "2026-03-02", 12000)]


def test_a_quote_runs_out(runtime: Runtime, clock: FrozenClock) -> None:
    recommend(runtime)
    tell(runtime, "quote.sent", MORNING + timedelta(minutes=9), visit_id="RO-1", valid_until="2026-03-05")
    clock.move(timedelta(days=3))
    do(runtime, "expire-quotes")
    assert losses(runtime) == []
    clock.move(timedelta(days=1))
    for _ in range(2):
        do(runtime, "expire-quotes")
    [(event, _, amount)] = losses(runtime)
    assert (event, amount) == ("QUOTE_EXPIRED", 24000)


def test_postponed_work_lapses_after_its_grace(runtime: Runtime, clock: FrozenClock) -> None:
    recommend(runtime)
    tell(
        runtime,
        "line.deferred",
        MORNING + timedelta(minutes=9),
        visit_id="RO-1",
        line_id="L-1",
        deferred_until="2026-04-01",
        cause="NO_TIME",
    )
    clock.move(timedelta(days=40))
    do(runtime, "lapse-deferrals")
    assert losses(runtime) == []
    clock.move(timedelta(days=10))
    for _ in range(2):
        do(runtime, "lapse-deferrals")
    [(event, _, amount)] = losses(runtime)
    assert (event, amount) == ("DEFERRED_LAPSED", 24000)


def test_a_parked_event_is_tried_again(runtime: Runtime) -> None:
    early = tell(runtime, "line.declined", MORNING + timedelta(hours=1), visit_id="RO-1", line_id="L-1")
    assert early is Outcome.PARKED
    do(runtime, "retry-parked")
    recommend(runtime)
    do(runtime, "retry-parked")
    assert [event for event, _, _ in losses(runtime)] == ["QUOTE_DECLINED"]


def test_the_lake_is_kept_fresh(runtime: Runtime) -> None:
    recommend(runtime)
    do(runtime, "lake-refresh")
    do(runtime, "recover-runs")
    with runtime.unit(SYSTEM, reading=True) as book:
        assert status(book.connection, runtime.lake_url).pending == 0
