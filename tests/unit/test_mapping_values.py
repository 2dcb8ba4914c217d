"""How exports write numbers, dates, stamps and texts, and what is refused as none of them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.intake.catalogue.fields import Kind
from servicelost.intake.mapping.cells import CannotReadError, Exact
from servicelost.intake.mapping.conversion import Notation
from servicelost.intake.mapping.definition import Formats
from servicelost.intake.mapping.moments import StampNotation, in_utc, stamps_reader
from servicelost.intake.mapping.numbers import number_reader
from servicelost.intake.mapping.templates import compile_template, parse_template

US = number_reader(".", ",", "USD")
EU = number_reader(",", ".", "EUR")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "us", "eu"),
    [
        ("1234.50", "1234.50", None),
        ("1,234.50", "1234.50", None),
        ("1.234,50", None, "1234.50"),
        ("1,50", None, "1.50"),
        ("1,500", "1500", "1.500"),
        ("$1,234", "1234", "1.234"),
        ("1.234,50 €", None, "1234.50"),
        ("EUR 12,00", None, "12.00"),
        ("(12.00)", "-12.00", None),
        ("($12.00)", "-12.00", None),
        ("$(12.00)", "-12.00", None),
        ("12.00-", "-12.00", None),
        ("-7", "-7", "-7"),
        ("12,34,567", None, None),
        ("1.2.3", None, None),
        ("1e5", None, None),
        ("NaN", None, None),
        ("٣", None, None),
        ("", None, None),
        ("9" * 60, None, None),
        (Exact("1234.5"), "1234.5", "1234.5"),
        (Exact("2026-03-09"), None, None),
    ],
)
def test_numbers_in_two_notations(text: str, us: str | None, eu: str | None) -> None:
    assert US(text) == (Decimal(us) if us else None)
    assert EU(text) == (Decimal(eu) if eu else None)


@given(st.decimals(min_value=0, max_value=Decimal("9999999.99"), places=2))
def test_a_written_number_is_read_as_it_was(amount: Decimal) -> None:
    assert US(f"{amount:,.2f}") == amount
    european = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert EU(european) == amount


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_none(text: str) -> None:
    assert US(text) is None or isinstance(US(text), Decimal)


def stamps(cell: str) -> list[str]:
    return [stamp.isoformat(sep=" ", timespec="minutes") for stamp in stamps_reader(StampNotation())(cell)]


def test_stamps_without_a_date_have_the_last_one() -> None:
    assert stamps("Yes - 11/26/25 - 12:31 PM; 12:33 PM; 11/27/25 - 12:25 AM") == [
        "2025-11-26 12:31", "2025-11-26 12:33", "2025-11-27 00:25",
    ]  # fmt: skip
    assert stamps("11/26/25 - 9:05 AM") == ["2025-11-26 09:05"]
    assert stamps("No") == stamps("no") == stamps("") == []


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("Yes", "without a date and time"),
        ("Yes - 12:33 PM", "has no date"),
        ("Yes - 13/26/25 - 12:31 PM", "'13/26/25' is not a date"),
        ("Yes - 11/26/25 - 25:31 PM", "'25:31 PM' is not a time"),
        ("Yes - 11/26/25 - 12:31 PM;", "'' is not a time"),
        ("Yes - 11/26/25 - 12:31 PM - Bob", "is not a date and a time"),
        ("maybe", "'maybe' is not a time"),
    ],
)
def test_stamps_that_are_none(cell: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        stamps(cell)


@given(st.text(alphabet="YesNo -;/:0123456789APM", max_size=60))
def test_any_cell_is_stamps_or_a_clear_refusal(cell: str) -> None:
    try:
        assert all(isinstance(stamp, str) for stamp in stamps(cell))
    except ValueError as error:
        assert str(error)


def test_local_times_become_utc_and_sort_as_text() -> None:
    winter = in_utc(datetime(2026, 1, 9, 8), NEW_YORK)
    summer = in_utc(datetime(2026, 7, 9, 8), NEW_YORK)
    assert (winter, summer) == ("2026-01-09T13:00:00+00:00", "2026-07-09T12:00:00+00:00")
    assert in_utc(datetime(2026, 11, 1, 1, 30), NEW_YORK) == "2026-11-01T05:30:00+00:00", "the first 01:30"


NOTATION = Notation(Formats(date=("%m/%d/%Y", "%m/%d/%y"), moment=("%m/%d/%Y %H:%M",)), NEW_YORK, "USD")


def test_cells_become_raw_values_of_their_kind() -> None:
    def convert(kind: Kind, text: str) -> object:
        return NOTATION.converter(kind)(text, "Column")

    assert convert(Kind.MONEY, "12.5") == "12.5"
    assert convert(Kind.INTEGER, "48210") == 48210
    assert convert(Kind.BOOLEAN, "Yes") is True
    assert convert(Kind.DATE, "01/09/26") == "2026-01-09"
    assert convert(Kind.DATE, Exact("2026-01-09T23:30:00")) == "2026-01-09"
    assert convert(Kind.DATE, in_utc(datetime(2026, 1, 9, 23, 30), NEW_YORK)) == "2026-01-09"
    assert convert(Kind.DATETIME, "01/09/2026 08:00") == "2026-01-09T13:00:00+00:00"
    assert type(convert(Kind.TEXT, Exact("17"))) is str


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.MONEY, "1,50"),
        (Kind.INTEGER, "1.5"),
        (Kind.BOOLEAN, "perhaps"),
        (Kind.DATE, "02/30/2026"),
        (Kind.DATE, "2026-01-09"),
        (Kind.DATETIME, "01/09/0001 08:00"),
        (Kind.DATETIME, Exact("0001-01-01T00:00:00")),
    ],
)
def test_cells_of_another_kind_are_refused_by_column(kind: Kind, text: str) -> None:
    with pytest.raises(CannotReadError) as caught:
        NOTATION.converter(kind)(text, "RO Date")
    assert (caught.value.problem.column, caught.value.problem.value) == ("RO Date", text)
    assert caught.value.problem.expected


def test_templates_fill_in_columns() -> None:
    row = {"RO#": "RO1", "n": Exact(2)}

    def getter(name: str):  # type: ignore[no-untyped-def]
        return lambda scope: scope[name]

    fill = compile_template(parse_template("{RO#}/{n}{{x}}"), getter)
    assert fill(row) == "RO1/2{x}"
    alone = compile_template(parse_template("{n}"), getter)
    assert type(alone(row)) is Exact


@pytest.mark.parametrize("text", ["{RO#", "RO#}", "{}", "{ }", "{a{b}}"])
def test_wrong_braces_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"brace|single"):
        parse_template(text)


def test_times_are_aware() -> None:
    assert datetime.fromisoformat(in_utc(datetime(2026, 1, 9, tzinfo=UTC), NEW_YORK)).date() == date(
        2026, 1, 9
    )
