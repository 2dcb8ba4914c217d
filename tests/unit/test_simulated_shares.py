"""The simulated shares come out as `simulate.parameters` sets them, by intervals rather than by eye."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from math import sqrt
from statistics import NormalDist, mean
from typing import Any

import pytest

from servicelost.simulate import parameters as set_to
from servicelost.simulate.dealership import DEALERSHIPS, NORTH, Dealership
from servicelost.simulate.generate import Size, simulate
from servicelost.simulate.menu import SCARCE_PART
from servicelost.simulate.sizes import size_of

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SIZE = Size(weeks=156, visits_a_day=6)
SURE = 0.999  # so seldom would a share set right fail by chance

Events = list[dict[str, Any]]


@pytest.fixture(scope="module")
def events() -> Events:
    return simulate(NOW, size=SIZE)


@pytest.fixture(scope="module", params=DEALERSHIPS, ids=lambda dealership: dealership.code)
def story(request: pytest.FixtureRequest) -> tuple[Dealership, Events]:
    return request.param, simulate(NOW, request.param, size=SIZE)


def of_type(events: Events, *kinds: str) -> Events:
    return [event for event in events if event["type"] in kinds]


def day_of(event: dict[str, Any]) -> date:
    return datetime.fromisoformat(event["occurred_at"]).date()


def assert_share(part: int, whole: int, wanted: float) -> None:
    """The share is the wanted one as far as so many cases can tell."""
    within = NormalDist().inv_cdf((1 + SURE) / 2) * sqrt(wanted * (1 - wanted) / whole)
    share = part / whole
    assert abs(share - wanted) <= within, f"{part} of {whole} is {share:.1%}, set to {wanted:.1%}"


def ids(events: Events, kind: str, name: str) -> set[str]:
    return {event["data"][name] for event in of_type(events, kind)}


def test_nothing_is_said_of_a_line_that_is_settled(story: tuple[Dealership, Events]) -> None:
    _, events = story
    settled: set[str] = set()
    for event in events:
        line = event["data"].get("line_id")
        assert line is None or line not in settled, event
        if event["type"] in ("line.not_performed", "line.completed", "line.removed"):
            settled.add(line)


def test_no_shows(story: tuple[Dealership, Events]) -> None:
    _, events = story
    over = {
        event["data"]["appointment_id"]
        for event in of_type(events, "appointment.booked")
        if datetime.fromisoformat(event["data"]["scheduled_at"]).date() < NOW.date()
    } - ids(events, "appointment.cancelled", "appointment_id")
    missed = ids(events, "appointment.no_show", "appointment_id") & over
    assert_share(len(missed), len(over), set_to.NO_SHOWS)


def test_who_stays_away_booked_longer_ahead_and_confirmed_less_often(events: Events) -> None:
    missed = ids(events, "appointment.no_show", "appointment_id")
    ahead: dict[bool, list[int]] = defaultdict(list)
    for event in of_type(events, "appointment.booked"):
        when = datetime.fromisoformat(event["data"]["scheduled_at"]).date()
        ahead[event["data"]["appointment_id"] in missed].append((when - day_of(event)).days)
    assert mean(ahead[True]) > 1.4 * mean(ahead[False])
    confirmed = ids(events, "appointment.confirmed", "appointment_id")
    booked = ids(events, "appointment.booked", "appointment_id")
    kept = booked - missed
    assert len(confirmed & missed) / len(missed) < 0.7 * len(confirmed & kept) / len(kept)


def test_declined_and_unanswered_work_lies_between_what_is_published(
    story: tuple[Dealership, Events],
) -> None:
    _, events = story
    recommended = ids(events, "line.recommended", "line_id")
    undone = ids(events, "line.not_performed", "line_id")
    sold = ids(events, "line.authorized", "line_id") & recommended - undone
    deferred = ids(events, "line.deferred", "line_id") & recommended
    assert 0.30 < len(recommended - sold - deferred) / len(recommended) < 0.58
    red = {
        event["data"]["line_id"]
        for event in of_type(events, "line.recommended")
        if event["data"]["severity"] == "RED"
    }
    assert 1 - len(red & sold) / len(red) == pytest.approx(0.45, abs=0.035)
    assert len(red & sold) / len(red) > len(sold - red) / len(recommended - red) + 0.02


def test_declines_depend_on_price_load_and_stage(events: Events) -> None:
    price = {
        event["data"]["line_id"]: float(event["data"]["labour"]) + float(event["data"]["parts"])
        for event in of_type(events, "line.recommended")
    }
    full = {
        event["data"]["date"]
        for event in of_type(events, "capacity.day")
        if float(event["data"]["hours_booked"]) > 1.03 * float(event["data"]["hours_available"])
    }
    collecting = set[str]()
    no: dict[str, Counter[bool]] = defaultdict(Counter)
    for event in of_type(events, "line.authorized", "line.declined", "quality.passed"):
        if event["type"] == "quality.passed":
            collecting.add(event["data"]["visit_id"])
            continue
        line, declined = event["data"]["line_id"], event["type"] == "line.declined"
        if event["data"].get("stage") == "FOLLOW_UP":
            continue
        no["dear" if price[line] > 250 else "cheap"][declined] += 1
        no["full" if day_of(event).isoformat() in full else "free"][declined] += 1
        no["late" if event["data"]["visit_id"] in collecting else "early"][declined] += 1
    share = {name: count[True] / count.total() for name, count in no.items()}
    assert share["dear"] > share["cheap"] + 0.05
    assert share["full"] > share["free"] + 0.04
    assert share["late"] > share["early"] + 0.3


def test_causes_follow_from_circumstances_in_most_but_not_in_all_cases(events: Events) -> None:
    part = {
        event["data"]["line_id"]: event["data"].get("part_number")
        for event in of_type(events, "line.recommended")
    }
    missing: set[str] = set()
    stated: Counter[bool] = Counter()
    for event in events:
        data = event["data"]
        if event["type"] == "part.availability":
            (missing.add if data["on_hand"] == "0" else missing.discard)(data["part_number"])
        elif event["type"] == "line.declined" and data.get("stage") is None:
            named = data.get("cause") == "MISSING_PARTS"
            assert not named or part[data["line_id"]] in missing
            if part[data["line_id"]] in missing:
                stated[named] += 1
    assert_share(stated[True], stated.total(), set_to.MISSING_PART_STATED)


def test_the_worst_part_is_missing_as_long_as_set_and_this_morning() -> None:
    out, since = 0, None
    for event in of_type(simulate(NOW, size=SIZE), "part.availability"):
        if event["data"]["part_number"] != SCARCE_PART:
            continue
        if event["data"]["on_hand"] == "0":
            since = day_of(event)
        elif since is not None:
            out, since = out + (day_of(event) - since).days, None
    assert since is not None and since < NOW.date()
    assert out / (SIZE.weeks * 7) == pytest.approx(set_to.PART_MISSING_WORST, abs=0.08)


def test_seasons(events: Events) -> None:
    months: dict[str, Counter[int]] = defaultdict(Counter)
    for event in of_type(events, "line.booked"):
        months[event["data"]["category"]][day_of(event).month] += 1
    wheels, cooling = months["TYRE_SERVICE"], months["AIR_CONDITIONING"]
    assert {month for month, _ in wheels.most_common(4)} == {3, 4, 10, 11}
    assert {month for month, _ in cooling.most_common(3)} == {5, 6, 7}
    came = Counter(day_of(event).month for event in of_type(events, "visit.opened", "visit.walk_in"))
    assert min(came[4], came[10]) > 1.1 * mean(came.values()) > 1.1 * came[8]


def test_growth(events: Events) -> None:
    came = Counter(
        (NOW.date() - day_of(event)).days // 365 for event in of_type(events, "visit.opened", "visit.walk_in")
    )
    assert came[0] / came[2] == pytest.approx((1 + set_to.GROWTH_A_YEAR) ** 2, abs=0.05)


def test_nobody_comes_on_a_holiday(events: Events) -> None:
    days = {day_of(event) for event in of_type(events, "visit.opened")}
    assert not days & {date(2025, 12, 25), date(2026, 4, 6), date(2026, 5, 1), date(2026, 10, 3)}


def test_customers_come_again_and_some_stay_away_for_good(events: Events) -> None:
    visits: dict[str, list[date]] = defaultdict(list)
    for event in of_type(events, "visit.opened", "visit.walk_in"):
        visits[event["data"]["customer"]["id"]].append(day_of(event))
    again = [days for days in visits.values() if len(days) > 1]
    assert len(again) > 0.5 * len(visits)
    long_gone = [days for days in again if (NOW.date() - days[-1]).days > 500]
    assert 0.02 < len(long_gone) / len(again) < 0.3


def test_advisors_differ(story: tuple[Dealership, Events]) -> None:
    dealership, events = story
    advisor = {
        event["data"]["visit_id"]: dealership.people[event["data"]["advisor"]]
        for event in of_type(events, "visit.opened", "visit.walk_in")
    }
    found, sold = Counter[str](), Counter[str]()
    for event in of_type(events, "line.recommended", "line.authorized"):
        (found if event["type"] == "line.recommended" else sold)[
            advisor[event["data"]["visit_id"]].source_id
        ] += 1
    by_strength = sorted(found, key=lambda person: dealership.people[person].strength)
    shares = [sold[person] / found[person] for person in by_strength]
    assert shares == sorted(shares)
    assert shares[-1] > shares[0] + 0.1


def test_prices_differ_between_the_dealerships() -> None:
    oil = {
        place.code: mean(
            float(event["data"]["labour"])
            for event in of_type(simulate(NOW, place, size=Size(weeks=12)), "line.booked")
            if event["data"]["op_code"] == "OIL"
        )
        for place in DEALERSHIPS
    }
    assert oil["NORTH"] > 1.1 * oil["SOUTH"]


@pytest.mark.parametrize("visits", [150, 3_000])
def test_a_size_has_about_so_many_visits(visits: int) -> None:
    came = sum(
        len(of_type(simulate(NOW, place, size=size_of(visits, place)), "visit.opened", "visit.walk_in"))
        for place in DEALERSHIPS
    )
    assert came == pytest.approx(visits, rel=0.05, abs=25)


@pytest.mark.parametrize("hour", [0, 5, 9, 14, 19, 23])
@pytest.mark.parametrize("day", [18, 22], ids=["Wednesday", "Sunday"])
def test_at_any_hour_there_are_cars_at_each_stage_and_some_still_to_come(day: int, hour: int) -> None:
    now = datetime(2026, 11, day, hour, 40, tzinfo=UTC)
    here = now.astimezone(NORTH.zone).date()
    events = simulate(now, size=Size(weeks=8, visits_a_day=2))
    due = [
        datetime.fromisoformat(event["data"]["scheduled_at"])
        for event in of_type(events, "appointment.booked")
        if datetime.fromisoformat(event["data"]["scheduled_at"]).astimezone(NORTH.zone).date() == here
    ]
    assert sum(when <= now for when in due) >= 5
    assert sum(when > now for when in due) >= 3
    stage: dict[str, str] = {}
    for event in events:
        visit = event["data"].get("visit_id")
        if event["type"] in ("visit.opened", "visit.walk_in"):
            stage[visit] = "RECEPTION"
        elif event["type"] == "visit.stage_changed":
            stage[visit] = event["data"]["stage"]
        elif event["type"] in ("quality.passed", "visit.closed", "visit.cancelled"):
            stage[visit] = "DELIVERY" if event["type"] == "quality.passed" else "OVER"
    assert {"RECEPTION", "WORK", "QUALITY_CONTROL", "DELIVERY"} <= set(stage.values())
