"""The simulated dealership: repeatable, acceptable to the intake, with weak spots somebody can find."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from statistics import mean
from typing import Any

import phonenumbers
import pytest

from servicelost.intake.catalogue import parse_event
from servicelost.simulate.dealership import DEALERSHIPS, NORTH, SOUTH
from servicelost.simulate.generate import Size, simulate, story_of, tell_story

NOW = datetime(2026, 11, 20, 14, tzinfo=UTC)
SMALL = Size(weeks=4, visits_a_day=4)


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    return simulate(NOW)


def of_type(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == kind]


def test_every_event_is_of_the_catalogue(events: list[dict[str, Any]]) -> None:
    for event in events:
        parse_event(event)
    assert 8_000 < len(events) < 16_000


def test_events_come_in_order_with_ids_of_their_own_and_none_from_the_future(
    events: list[dict[str, Any]],
) -> None:
    moments = [datetime.fromisoformat(event["occurred_at"]) for event in events]
    assert moments == sorted(moments)
    assert moments[-1] <= NOW
    assert len({event["event_id"] for event in events}) == len(events)


def test_the_same_seed_tells_the_same_story() -> None:
    assert simulate(NOW, size=SMALL) == simulate(NOW, size=SMALL)
    assert simulate(NOW, size=SMALL) != simulate(NOW, size=SMALL, seed=7)


def test_appointments_of_the_coming_days_are_booked_already(events: list[dict[str, Any]]) -> None:
    coming = [event["data"]["scheduled_at"] for event in of_type(events, "appointment.booked")]
    assert any(datetime.fromisoformat(when) > NOW + timedelta(days=1) for when in coming)


@pytest.mark.parametrize("dealership", DEALERSHIPS, ids=lambda dealership: dealership.code)
def test_everybody_named_is_on_the_staff(dealership: Any) -> None:
    known = {person.source_id for person in dealership.employees}
    for event in simulate(NOW, dealership, size=SMALL):
        named = {
            event["data"].get(name) for name in ("advisor", "technician", "agent", "inspector", "employee")
        }
        assert {event.get("actor"), *named} - {None} <= known
        assert event["dealership"] == dealership.code


def test_two_dealerships_share_no_event_ids() -> None:
    north, south = (
        {event["event_id"] for event in simulate(NOW, dealership, size=SMALL)}
        for dealership in (NORTH, SOUTH)
    )
    assert north.isdisjoint(south)


def test_people_can_be_told_from_real_ones(events: list[dict[str, Any]]) -> None:
    for event in of_type(events, "appointment.booked"):
        customer = event["data"]["customer"]
        assert customer["email"].endswith("@example.com")
        assert phonenumbers.is_possible_number(phonenumbers.parse(customer["phone"]))


def test_mondays_are_overbooked(events: list[dict[str, Any]]) -> None:
    load: dict[bool, list[float]] = defaultdict(list)
    for event in of_type(events, "capacity.day"):
        day = event["data"]
        monday = datetime.fromisoformat(day["date"]).weekday() == 0
        load[monday].append(float(day["hours_booked"]) / float(day["hours_available"]))
    assert mean(load[True]) > 1 > mean(load[False]) + 0.1


def test_there_is_no_slot_in_the_next_days(events: list[dict[str, Any]]) -> None:
    told = {
        day["data"]["date"]: float(day["data"]["hours_booked"]) / float(day["data"]["hours_available"])
        for day in of_type(events, "capacity.day")
        if day["data"]["skill"] == "GENERAL"
    }
    later = [NOW.date() + timedelta(days=ahead) for ahead in (1, 2, 3)]
    full = [told[day.isoformat()] for day in later if day.weekday() != 6]
    assert full and min(full) > 0.95


def test_the_story_of_an_event_can_be_told_again(events: list[dict[str, Any]]) -> None:
    story = story_of(events[len(events) // 2]["event_id"])
    assert story is not None
    assert tell_story(story, NORTH) == events
    assert story_of("A-1/declined") is None
