"""Parameters of reports: read, refused, written in one form, hashed with the caller's sight."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.analytics.params import ReportParams, read_params, stored_params
from servicelost.analytics.periods import Grain, end_of, label, start_of, starts_between
from servicelost.analytics.registry import get_spec
from servicelost.kernel.actor import SYSTEM, Actor, Role
from servicelost.kernel.errors import Forbidden, InvalidInput, NotFound

SPEC = get_spec("lost-revenue")
CODES = {"NORTH": 7, "SOUTH": 9}


def read(actor: Actor = SYSTEM, **values: Any) -> ReportParams:
    return read_params(SPEC, {key.rstrip("_"): value for key, value in values.items()}, actor, CODES)


def sees(*dealerships: int) -> Actor:
    return Actor("ana", frozenset({Role.SERVICE_MANAGER}), frozenset(dealerships))


def test_texts_of_a_query_become_values() -> None:
    params = read(
        dealership="north,9",
        from_="2026-01-01",
        to="2026-03-31",
        grain="Quarter",
        advisor=["3", "none"],
        pay_type="cp",
        severity="amber",
        group_by="cause",
    )
    assert params.selection.dealerships == (7, 9)
    assert (params.selection.first, params.selection.last) == (date(2026, 1, 1), date(2026, 3, 31))
    assert params.selection.choices == {
        "advisor": (3, None),
        "pay_type": ("CUSTOMER_PAY",),
        "severity": ("YELLOW",),
    }
    assert (params.grain, params.group_by) == (Grain.QUARTER, "cause")


def test_equal_questions_have_equal_forms_and_hashes() -> None:
    one = read(dealership="SOUTH,NORTH", advisor="5,3,3", from_="2026-01-01")
    two = read(dealership=[7, 9], advisor=[3, 5], from_=date(2026, 1, 1), to="", severity=None)
    assert one.as_dict() == two.as_dict()
    assert one.digest("lost-revenue") == two.digest("lost-revenue")
    assert one.digest("lost-revenue") != one.digest("causes")
    assert len(one.digest("x")) == 64


def test_the_callers_sight_is_in_the_hash() -> None:
    digests = {read(actor).digest("x") for actor in (SYSTEM, sees(7), sees(9), sees(7, 9))}
    assert len(digests) == 4
    assert read(sees(7)).digest("x") == read(sees(7, 9), dealership="NORTH").digest("x")


def test_nobody_asks_beyond_his_sight() -> None:
    with pytest.raises(Forbidden):
        read(sees(7), dealership="SOUTH")


def test_stored_parameters_are_the_same_question() -> None:
    params = read(sees(7), from_="2026-01-01", advisor="3,none", grain="week", group_by="stage")
    assert stored_params(SPEC, params.as_dict()) == params


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("from", "31.12.2026", "a day like"),
        ("to", "2026-02-30", "a day like"),
        ("dealership", "EAST", "NORTH, SOUTH"),
        ("grain", "day", "week, month"),
        ("advisor", "Ana", "id of a row"),
        ("advisor", "99999999999999999999", "id of a row"),
        ("pay_type", "CASHH", "known"),
        ("severity", "PURPLE", "known"),
        ("group_by", "customer", "dealership"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(name: str, value: str, expected: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_params(SPEC, {name: value}, SYSTEM, CODES)
    problem = refused.value.errors[0]
    assert (problem.field, problem.value) == (name, value)
    assert expected in refused.value.message


def test_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(InvalidInput, match="not before 2026-05-01"):
        read(from_="2026-05-01", to="2026-04-30")


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match="did you mean advisor"):
        read(adviser="3")
    with pytest.raises(NotFound, match="did you mean lost-revenue"):
        get_spec("lost_revenue")


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(list(Grain)))
def test_periods_cover_the_calendar_without_a_hole(day: date, grain: Grain) -> None:
    start = start_of(day, grain)
    end = end_of(start, grain)
    assert start <= day <= end
    following = next(starts_between(end.replace(), end, grain))
    assert following == start
    assert label(start, grain) == label(start_of(end, grain), grain)


def test_period_labels() -> None:
    day = date(2026, 1, 1)
    labels = [label(start_of(day, grain), grain) for grain in Grain]
    assert labels == ["2026-W01", "2026-01", "2026-Q1", "2026"]


def test_a_part_and_a_skill_are_whole_words_in_capitals() -> None:
    parts = read_params(get_spec("parts-demand"), {"part": "kx-1, b"}, SYSTEM, CODES)
    assert parts.selection.choices["part"] == ("KX-1, B",)
    assert stored_params(get_spec("parts-demand"), parts.as_dict()) == parts
    hours = read_params(
        get_spec("capacity"), {"skill": ["electric", "none"], "weekday": "1,7"}, SYSTEM, CODES
    )
    assert hours.selection.choices == {"skill": ("ELECTRIC", None), "weekday": (1, 7)}
    assert stored_params(get_spec("capacity"), hours.as_dict()) == hours


@pytest.mark.parametrize("values", [{"weekday": "8"}, {"weekday": "Monday"}, {"skill": "x" * 41}])
def test_a_day_of_the_week_and_a_skill_are_checked(values: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_params(get_spec("capacity"), values, SYSTEM, CODES)
    assert next(iter(values)) in refused.value.message
