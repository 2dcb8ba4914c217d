"""Money, time, machines, actors and errors: the small things everything rests on."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from servicelost.kernel.actor import SYSTEM, Actor, Role
from servicelost.kernel.clock import FrozenClock, SystemClock, as_utc
from servicelost.kernel.db import Json, UtcDateTime
from servicelost.kernel.errors import FieldProblem, IllegalMove, RuleViolation
from servicelost.kernel.machine import Machine
from servicelost.kernel.money import from_minor, minor_digits, to_minor

# ISO 4217, amendment 179: every active currency that has not two decimals.
NOT_TWO = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
CURRENCIES = st.sampled_from([*NOT_TWO, "EUR", "USD", "GBP", "HUF", "MGA", "MRU", "TWD"])
NAIVE = datetime(2026, 3, 2, 8, 0)


class Door(StrEnum):
    OPEN = "OPEN"
    SHUT = "SHUT"
    WALLED = "WALLED"


class Deed(StrEnum):
    PUSH = "PUSH"
    PULL = "PULL"
    WALL = "WALL"


DOOR = Machine(
    "door",
    {
        (Door.OPEN, Deed.PUSH): Door.SHUT,
        (Door.SHUT, Deed.PULL): Door.OPEN,
        (Door.SHUT, Deed.WALL): Door.WALLED,
    },
)


@pytest.mark.parametrize(("currency", "digits"), [*NOT_TWO.items(), ("EUR", 2), ("HUF", 2), ("MRU", 2)])
def test_minor_units_follow_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits
    assert from_minor(1, currency) == Decimal(1).scaleb(-digits)


@given(minor=st.integers(-(10**15), 10**15), currency=CURRENCIES)
def test_minor_units_come_back_exactly(minor: int, currency: str) -> None:
    amount = from_minor(minor, currency)
    assert to_minor(amount, currency) == minor
    assert -amount.as_tuple().exponent == minor_digits(currency)  # type: ignore[operator]


@given(amount=st.decimals(min_value=-(10**9), max_value=10**9, places=5), currency=CURRENCIES)
def test_rounding_is_to_the_nearest_minor_unit(amount: Decimal, currency: str) -> None:
    stored = from_minor(to_minor(amount, currency), currency)
    assert abs(stored - amount) <= from_minor(1, currency) / 2


def test_half_a_minor_unit_is_rounded_up() -> None:
    assert [to_minor(Decimal(text), "EUR") for text in ("0.005", "0.015", "0.0149", "-0.005")] == [
        1,
        2,
        1,
        -1,
    ]


def test_a_frozen_clock_stands_until_it_is_moved() -> None:
    clock = FrozenClock(datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == clock.now() == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    assert clock.move(timedelta(minutes=5)) == clock.now() == datetime(2026, 3, 2, 8, 5, tzinfo=UTC)


def test_the_systems_clock_is_aware_and_goes_on() -> None:
    first = SystemClock().now()
    assert first.tzinfo is UTC
    assert SystemClock().now() >= first


def test_naive_moments_are_programming_errors() -> None:
    with pytest.raises(ValueError, match="offset is required"):
        as_utc(NAIVE)
    with pytest.raises(ValueError, match="naive datetime"):
        FrozenClock(NAIVE)
    with pytest.raises(ValueError, match="must not be stored"):
        UtcDateTime().process_bind_param(NAIVE, sqlite.dialect())


@given(st.datetimes(timezones=st.timezones()))
def test_stored_moments_come_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    column = UtcDateTime()
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        return
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        bound = column.process_bind_param(moment, dialect)
        assert bound is not None
        for driver_gives in (bound, bound.replace(tzinfo=None)):
            back = column.process_result_value(driver_gives, dialect)
            assert back == expected
            assert back is not None
            assert back.tzinfo is UTC
    assert column.process_bind_param(None, sqlite.dialect()) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(json_values)
def test_json_comes_back_and_equal_values_are_spelt_alike(value: object) -> None:
    column, dialect = Json(), sqlite.dialect()
    text = column.process_bind_param(value, dialect)
    assert column.process_result_value(text, dialect) == value
    if isinstance(value, dict):
        assert column.process_bind_param(dict(reversed(value.items())), dialect) == text


def test_a_machine_moves_by_its_table_and_names_what_is_legal() -> None:
    assert DOOR.next(Door.OPEN, Deed.PUSH) is Door.SHUT
    assert DOOR.can(Door.SHUT, Deed.WALL)
    assert not DOOR.can(Door.OPEN, Deed.WALL)
    assert DOOR.legal(Door.SHUT) == [Deed.PULL, Deed.WALL]
    with pytest.raises(
        IllegalMove, match="door is SHUT: PUSH is not possible, possible are: PULL, WALL"
    ) as no:
        DOOR.next(Door.SHUT, Deed.PUSH)
    assert no.value.details() == [
        {"field": "action", "message": no.value.message, "value": "PUSH", "expected": "PULL, WALL"}
    ]
    with pytest.raises(IllegalMove, match=r"possible are: nothing \(final state\)"):
        DOOR.next(Door.WALLED, Deed.PULL)


def test_an_actor_sees_his_dealerships_and_roles_do_not_stand_in_for_one_another() -> None:
    actor = Actor("ana", frozenset({Role.ADMIN}), frozenset({1, 2}))
    assert [actor.may_see(number) for number in (1, 2, 3)] == [True, True, False]
    assert actor.has_role(Role.ADMIN, Role.TECHNICIAN)
    assert not actor.has_role(Role.SERVICE_MANAGER)
    assert not actor.has_role()
    assert SYSTEM.may_see(99)
    assert not Actor("nobody", frozenset(), frozenset()).may_see(1)


def test_errors_tell_only_what_is_known() -> None:
    refused = RuleViolation("NO_SUCH", "not so", field="cause", value="X", expected="Y")
    assert refused.details() == [{"field": "cause", "message": "not so", "value": "X", "expected": "Y"}]
    assert RuleViolation("NO_SUCH", "not so").details() == []
    assert FieldProblem("f", "m").as_dict() == {"field": "f", "message": "m"}
