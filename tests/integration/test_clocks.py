"""Clock changes, time zones, leap days: each fact on its day, in its month and within its grace."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from servicelost.analytics.lake.days import local_days, months
from servicelost.directory.calendar import local_day, start_of_day
from servicelost.directory.dealerships import upsert_dealership
from servicelost.directory.models import Dealership
from servicelost.jobs.schedule import PeriodicJob
from servicelost.opportunities.pipeline.deferring import lapse
from servicelost.opportunities.pipeline.models import Opportunity
from tests.desk import Desk, desk

# Where the clocks go forward and back, stand still, move by half an hour, or are off by 45 minutes.
ZONES = {
    "Europe/Berlin": "DE",
    "America/New_York": "US",
    "America/Phoenix": "US",
    "Australia/Lord_Howe": "AU",
    "Asia/Kathmandu": "NP",
}
# The nights around each change of 2026, a leap day, the ends of a year and of a quarter.
DAYS = [
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2028, 2, 29),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2026, 6, 30),
]
CLOCKS = ("00:00", "00:30", "01:30", "02:15", "03:00", "12:00", "23:30", "23:59")


@pytest.fixture
def at_desk() -> Iterator[Desk]:
    """A dealership in each zone."""
    with desk() as made:
        with made.unit() as book:
            for zone, country in ZONES.items():
                currency = {"DE": "EUR", "US": "USD", "AU": "AUD", "NP": "NPR"}[country]
                upsert_dealership(
                    book,
                    {
                        "code": code(zone),
                        "name": zone,
                        "timezone": zone,
                        "currency": currency,
                        "country": country,
                    },
                )
        yield made


def code(zone: str) -> str:
    """The dealership of the zone."""
    return zone.split("/")[1].upper()[:12]


def moments(zone: str) -> list[tuple[datetime, date]]:
    """Clock times there, the repeated hour both times, with the day each belongs to."""
    return [
        (
            datetime.fromisoformat(f"{day}T{clock}")
            .replace(tzinfo=ZoneInfo(zone), fold=fold)
            .astimezone(UTC),
            day,
        )
        for day in DAYS
        for clock in CLOCKS
        for fold in (0, 1)
    ]


def tell(made: Desk, zone: str, kind: str, at: datetime, number: object = "", **data: Any) -> None:
    """Something happens at the dealership of the zone; the offset is that of its own clock."""
    raw = {
        "type": kind,
        "event_id": f"{zone} {kind} {at} {number}",
        "source": "dms",
        "dealership": code(zone),
        "occurred_at": at.astimezone(ZoneInfo(zone)).isoformat(),
        "data": data,
    }
    [result] = made.receive(raw)
    assert result.outcome.value == "ACCEPTED", result


@pytest.mark.parametrize("zone", ZONES)
def test_the_lake_and_the_ledger_agree_on_every_day_and_month(zone: str) -> None:
    import pyarrow as pa

    here = Dealership(id=1, timezone=zone)
    told = moments(zone)
    column = pa.array([moment for moment, _ in told], pa.timestamp("us", "UTC"))
    days = local_days(column, pa.array([1] * len(told)), {1: ZoneInfo(zone)})
    expected = [local_day(here, moment) for moment, _ in told]
    assert days.to_pylist() == expected
    assert months(days).to_pylist() == [day.replace(day=1) for day in expected]
    # What the spring change skips is an hour (or half) later: none of these zones skips midnight.
    assert expected == [day for _, day in told]


@pytest.mark.parametrize("zone", ZONES)
def test_days_follow_each_other_without_gap_or_overlap(zone: str) -> None:
    here = Dealership(id=1, timezone=zone)
    for day in DAYS:
        begins, ends = start_of_day(here, day), start_of_day(here, day + timedelta(days=1))
        assert local_day(here, begins) == day
        assert local_day(here, ends - timedelta(microseconds=1)) == day
        assert timedelta(hours=23) <= ends - begins <= timedelta(hours=25)


@pytest.mark.parametrize("zone", ZONES)
def test_a_loss_half_past_midnight_is_of_the_new_day(at_desk: Desk, zone: str) -> None:
    at_desk.clock.move(timedelta(days=900))
    days = []
    for number, day in enumerate(DAYS):
        moment = datetime(day.year, day.month, day.day, 0, 30, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        visit = {"visit_id": f"RO-{number}"}
        tell(
            at_desk, zone, "visit.opened", moment - timedelta(hours=9), **visit, vehicle={"id": f"V-{number}"}
        )
        tell(
            at_desk,
            zone,
            "line.recommended",
            moment - timedelta(hours=8),
            **visit,
            line_id="L",
            amount="10.00",
            service="Belt",
        )
        tell(at_desk, zone, "line.declined", moment, **visit, line_id="L")
        days.append(at_desk.entries()[-1].business_day)
    assert days == DAYS


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "until", [date(2027, 3, 28), date(2026, 10, 25), date(2028, 2, 29), date(2026, 12, 31)]
)
def test_postponed_work_lapses_at_midnight_after_its_grace(at_desk: Desk, zone: str, until: date) -> None:
    """Grace is counted in the dealership's days, however long the night of the change is."""
    said = start_of_day(Dealership(id=1, timezone=zone), date(2026, 3, 2)) + timedelta(hours=9)
    visit = {"visit_id": "RO"}
    tell(at_desk, zone, "visit.opened", said, **visit, vehicle={"id": "V"})
    tell(at_desk, zone, "line.recommended", said, **visit, line_id="L", amount="10.00", service="Belt")
    tell(
        at_desk,
        zone,
        "line.deferred",
        said + timedelta(hours=1),
        **visit,
        line_id="L",
        deferred_until=str(until),
    )
    lapses = start_of_day(Dealership(id=1, timezone=zone), until + timedelta(days=15))
    at_desk.clock.move(lapses - timedelta(seconds=1) - at_desk.clock.now())
    assert _lapse(at_desk) == []
    at_desk.clock.move(timedelta(seconds=1))
    assert _lapse(at_desk) == [("DEFERRED_LAPSED", until + timedelta(days=15))]


@pytest.mark.parametrize("zone", ZONES)
def test_a_quote_is_good_until_the_end_of_its_last_day(at_desk: Desk, zone: str) -> None:
    said = start_of_day(Dealership(id=1, timezone=zone), date(2026, 3, 2))
    for number, day in enumerate(DAYS):
        visit = {"visit_id": f"RO-{number}"}
        tell(at_desk, zone, "visit.opened", said, number, **visit, vehicle={"id": f"V-{number}"})
        tell(at_desk, zone, "quote.sent", said, number, **visit, valid_until=str(day))
    with at_desk.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT valid_until FROM servicelost_quote ORDER BY id").scalars()
        ends = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in stored]
    last = [(local_day(Dealership(id=1, timezone=zone), end - timedelta(microseconds=1))) for end in ends]
    assert last == DAYS


def test_slots_of_periodic_jobs_neither_vanish_nor_double_when_clocks_change() -> None:
    """They are counted in UTC: a night of 23 or 25 hours has as many slots as it has hours."""
    hourly = PeriodicJob("hourly", timedelta(hours=1), "task")
    for day in DAYS:
        start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=12)
        slots = [hourly.slot(start + timedelta(minutes=10 * step)) for step in range(6 * 48)]
        assert len(set(slots)) == 48
        assert slots == sorted(slots)


def test_a_clock_that_jumps_back_leaves_order_and_ids_right(at_desk: Desk) -> None:
    """Which word is newest is told by the events' own times, and ids never run backwards."""
    at_desk.open_visit("RO-1", 0)
    at_desk.recommend("RO-1", "L-1", 1, "100.00")
    at_desk.send("line.declined", 2, visit_id="RO-1", line_id="L-1", cause="NO_TIME")
    at_desk.clock.move(-timedelta(days=3))
    at_desk.send("line.authorized", 3, visit_id="RO-1", line_id="L-1")
    kinds = [entry.kind for entry in at_desk.entries()]
    assert kinds == ["LOSS", "REVERSAL"]
    assert [entry.id for entry in at_desk.entries()] == sorted(entry.id for entry in at_desk.entries())
    assert at_desk.balance() == 0


def test_one_moment_in_any_offset_is_one_moment_and_a_naive_one_is_refused(at_desk: Desk) -> None:
    zone, at = "Asia/Kathmandu", datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
    raw = {
        "type": "visit.opened",
        "event_id": "one",
        "source": "dms",
        "dealership": code(zone),
        "occurred_at": at.isoformat(),
        "data": {"visit_id": "RO"},
    }
    there = {**raw, "occurred_at": at.astimezone(ZoneInfo(zone)).isoformat()}
    naive = {**raw, "event_id": "two", "occurred_at": "2026-03-02T18:30:00"}
    told = [result.outcome.value for result in at_desk.receive(raw, there, naive)]
    assert told == ["ACCEPTED", "UNCHANGED", "REJECTED"]


def _lapse(made: Desk) -> list[tuple[str, date]]:
    ids = [row.id for row in made.opportunities()]
    with made.unit() as book:
        for row_id in ids:
            lapse(book, book.get(Opportunity, row_id))
    return [(entry.event, entry.business_day) for entry in made.entries()]
