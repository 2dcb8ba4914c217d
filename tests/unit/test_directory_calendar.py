"""Which day it is at a dealership, when it is open and which days are worked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.directory import calendar
from servicelost.directory.models import Dealership
from servicelost.kernel.errors import RuleViolation

WEEK = {day: [["08:00", "12:00"], ["13:00", "18:00"]] for day in calendar.WEEKDAYS[:5]}


def dealership(**values: object) -> Dealership:
    usual = {
        "code": "N",
        "timezone": "Europe/Berlin",
        "country": "DE",
        "subdivision": "BY",
        "opening_hours": WEEK,
        "closed_days": ["2026-11-23"],
    }
    return Dealership(**(usual | values))


NORTH = dealership()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_day_is_the_dealerships_own() -> None:
    late = moment("2026-11-22T23:30")
    assert calendar.local_day(NORTH, late) == date(2026, 11, 23)
    assert calendar.local_day(dealership(timezone="America/Los_Angeles"), late) == date(2026, 11, 22)


def test_a_day_begins_at_local_midnight_also_when_the_clock_changes() -> None:
    assert calendar.start_of_day(NORTH, date(2026, 3, 29)) == moment("2026-03-28T23:00")
    assert calendar.start_of_day(NORTH, date(2026, 3, 30)) == moment("2026-03-29T22:00")


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-24T07:00", True),
        ("2026-11-24T06:59", False),
        ("2026-11-24T11:30", False),
        ("2026-11-24T12:00", True),
        ("2026-11-24T17:00", False),
        ("2026-11-22T10:00", False),
        ("2026-11-23T10:00", False),
        ("2026-01-06T10:00", False),
    ],
    ids=["opens", "before", "lunch", "after lunch", "closes", "sunday", "closed day", "epiphany in bavaria"],
)
def test_opening_hours(at: str, is_open: bool) -> None:
    assert calendar.is_open(NORTH, moment(at)) == is_open


def test_a_holiday_of_one_region_is_worked_in_another() -> None:
    epiphany = date(2026, 1, 6)
    assert not calendar.is_working_day(NORTH, epiphany)
    assert calendar.is_working_day(dealership(subdivision="BE"), epiphany)


def test_where_no_holidays_are_known_every_opening_day_is_worked() -> None:
    assert calendar.is_working_day(dealership(country="AC", subdivision=None), date(2026, 12, 25))


def test_working_days_leave_out_weekends_holidays_and_closed_days() -> None:
    days = calendar.working_days(NORTH, date(2026, 12, 21), date(2027, 1, 8))
    assert [day.day for day in days] == [21, 22, 23, 24, 28, 29, 30, 31, 4, 5, 7, 8]
    assert calendar.working_days(NORTH, date(2026, 12, 2), date(2026, 12, 1)) == []


def test_the_next_business_day() -> None:
    assert calendar.next_business_day(NORTH, date(2026, 11, 20)) == date(2026, 11, 24)
    with pytest.raises(RuleViolation, match="does not open"):
        calendar.next_business_day(dealership(opening_hours={}), date(2026, 11, 20))


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_nothing_is_worked_between_a_day_and_the_next_business_day(day: date) -> None:
    later = calendar.next_business_day(NORTH, day)
    assert calendar.working_days(NORTH, day + timedelta(days=1), later) == [later]
