"""The simulated dealership: repeatable, acceptable to the intake, with weak spots somebody can find."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import phonenumbers
import pytest

from servicelost.intake.catalogue import parse_event
from servicelost.kernel.actor import Role
from servicelost.simulate.dealership import DEALERSHIPS, NORTH, SOUTH
from servicelost.simulate.generate import Size, simulate
from servicelost.simulate.menu import SCARCE_PART

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
    assert min(load[True]) > 1 > max(load[False])


def test_one_advisor_shows_too_few_quotes(events: list[dict[str, Any]]) -> None:
    advisor = {
        event["data"]["visit_id"]: event["data"]["advisor"]
        for event in (*of_type(events, "visit.opened"), *of_type(events, "visit.walk_in"))
    }
    found = Counter(
        advisor[visit] for visit in {e["data"]["visit_id"] for e in of_type(events, "line.recommended")}
    )
    shown = Counter(advisor[event["data"]["visit_id"]] for event in of_type(events, "quote.sent"))
    shares = {person: shown[person] / found[person] for person in NORTH.staff(Role.SERVICE_ADVISOR)}
    shy = min(shares, key=lambda person: shares[person])
    assert shares.pop(shy) < 0.75
    assert min(shares.values()) > 0.85


def test_a_missing_part_is_stated_only_while_the_part_is_on_back_order(events: list[dict[str, Any]]) -> None:
    on_hand, told = None, 0
    for event in events:
        if event["type"] == "part.availability":
            assert event["data"]["part_number"] == SCARCE_PART
            on_hand = event["data"]["on_hand"]
        elif event["type"] == "line.declined" and event["data"].get("cause") == "MISSING_PARTS":
            assert on_hand == "0"
            told += 1
    assert told > 10
