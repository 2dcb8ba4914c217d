"""Telephone numbers, VINs, texts and a dealership's values: what is accepted, what is refused."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.directory.dealership_values import dealership_values
from servicelost.directory.phones import phone_e164
from servicelost.directory.texts import fold, fold_email, language_tag, needed, tidy
from servicelost.directory.vehicles import DistanceUnit, odometer_km
from servicelost.directory.vins import check_digit, read_vin
from servicelost.kernel.errors import InvalidInput

REAL_VINS = Path(__file__).parents[2].parent / "shared" / "data" / "reference" / "vins.csv"
VIN_CHARS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("(415) 555-2671", "US", "+14155552671"),
        ("+49 30 901820", "US", "+4930901820"),
        ("030 901820", "DE", "+4930901820"),
        ("0041 44 668 18 00", "DE", "+41446681800"),
        ("555", "US", None),
        ("call the office", "US", None),
        ("", "US", None),
    ],
)
def test_telephone_numbers(written: str, region: str, e164: str | None) -> None:
    assert phone_e164(written, region) == e164


@given(st.text(max_size=60))
def test_no_text_makes_the_telephone_reader_fail(text: str) -> None:
    found = phone_e164(text, "DE")
    assert found is None or found.startswith("+")


@pytest.mark.parametrize("vin", ["1M8GDM9AXKP042788", "1HGCM82633A004352", "1G4AH59H45G118341", "1" * 17])
def test_published_vins_pass(vin: str) -> None:
    assert read_vin(vin.lower()) == (vin, False)


@pytest.mark.parametrize(
    "vin", ["1M8GDM9AXKP04278", "1M8GDM9AXKP0427888", "WVWZZZ1KZAW00O123", "", "IOQ" * 5 + "11"]
)
def test_a_vin_of_the_wrong_format_is_refused(vin: str) -> None:
    with pytest.raises(InvalidInput, match="17 letters and digits"):
        read_vin(vin)


def test_a_wrong_check_digit_is_an_error_only_where_it_is_mandatory() -> None:
    with pytest.raises(InvalidInput, match="check digit 3"):
        read_vin("1HGCM82643A004352")
    assert read_vin("WVWZZZ1KZAW000123").warning


@given(st.text(VIN_CHARS, min_size=17, max_size=17), st.sampled_from(VIN_CHARS), st.integers(0, 16))
def test_the_check_digit_notices_most_slips(vin: str, char: str, place: int) -> None:
    vin = vin[:8] + check_digit(vin) + vin[9:]
    assert not read_vin(vin).warning
    slipped = vin[:place] + char + vin[place + 1 :]
    if check_digit(slipped) != slipped[8]:
        try:
            assert read_vin(slipped).warning
        except InvalidInput:
            assert slipped[0] in "12345"


@pytest.mark.real_data
def test_real_vins_pass() -> None:
    if not REAL_VINS.exists():
        pytest.skip("the reference data is not part of the repository")
    with REAL_VINS.open(encoding="utf-8") as lines:
        vins = [row["vin"] for row in csv.DictReader(lines)]
    assert len(vins) > 100
    assert not any(read_vin(vin).warning for vin in vins)


def test_texts_are_tidied() -> None:
    assert tidy("  Anna\t Maria\n", "name", 20) == "Anna Maria"
    assert tidy(" \u00a0 ", "name", 20) is None
    assert tidy(None, "name", 20) is None
    assert tidy("a\x00b\ud800c", "name", 20) == "a b c"
    with pytest.raises(InvalidInput, match="at most 3"):
        tidy("abcd", "name", 3)
    with pytest.raises(InvalidInput, match="not empty"):
        needed("  ", "name", 3)


@given(st.text(max_size=40))
def test_what_is_tidied_can_be_stored_and_folds_the_same(text: str) -> None:
    kept = tidy(text, "name", 40) or ""
    kept.encode("utf-8")
    assert "\x00" not in kept
    assert tidy(kept, "name", 40) == (kept or None)
    assert fold(fold(kept)) == fold(kept)


def test_names_fold_over_case_and_blanks() -> None:
    assert fold(" Rotate  TIRES ") == fold("rotate tires")
    assert fold("Ölwechsel") == fold("O\u0308LWECHSEL")
    assert fold("Rotate tires") != fold("Rotate tires, inspect")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (" Ana@Example.COM ", "ana@example.com"),
        ("none", None),
        ("@x.y", None),
        ("a@b", None),
        ("a b@c.de", None),
    ],
)
def test_email(written: str, key: str | None) -> None:
    assert fold_email(written) == key


@pytest.mark.parametrize("tag", ["en", "de-CH", "zh-Hant-TW"])
def test_language_tags(tag: str) -> None:
    assert language_tag(tag, "language") == tag


def test_a_language_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput, match="language tag"):
        language_tag("English please", "language")


def test_odometer_in_kilometres() -> None:
    assert odometer_km(100_000, DistanceUnit.MI) == 160_934
    assert odometer_km(84_120, DistanceUnit.KM) == 84_120
    for impossible in (-1, 3_000_001):
        with pytest.raises(InvalidInput, match="odometer"):
            odometer_km(impossible, DistanceUnit.KM)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("timezone", "Europe/Nowhere", "IANA"),
        ("timezone", "", "IANA"),
        ("currency", "EURO", "ISO 4217"),
        ("currency", "XAU", "ISO 4217"),
        ("country", "UK", "ISO 3166"),
        ("subdivision", "ZZ", "one of BB, BE"),
        ("locale", "", "language tag"),
        ("name", " ", "not empty"),
        ("closed_days", ["24.12.2026"], "2026-12-24"),
        ("opening_hours", {"MONDAY": []}, "MON, TUE"),
        ("opening_hours", {"MON": [["08:00"]]}, "pairs of times"),
        ("opening_hours", {"MON": [["18:00", "08:00"]]}, "pairs of times"),
        ("opening_hours", {"MON": [["08:00", "12:00"], ["11:00", "18:00"]]}, "pairs of times"),
        ("opening_hours", {"MON": [["8:00", "12:00"]]}, "pairs of times"),
        ("opening_hours", {"MON": [["08:00", "12:61"]]}, "pairs of times"),
    ],
)
def test_impossible_values_of_a_dealership_are_refused(field: str, value: object, message: str) -> None:
    data = {"code": "N", field: value}
    with pytest.raises(InvalidInput, match=message):
        dealership_values(data, "DE")  # type: ignore[arg-type]


def test_values_of_a_dealership_are_put_in_order() -> None:
    values = dealership_values(
        {
            "code": "N",
            "currency": " eur ",
            "country": "de",
            "subdivision": "BY",
            "opening_hours": {
                "SUN": [],
                "TUE": [["08:00", "24:00"]],
                "MON": [("07:30", "12:00"), ("13:00", "18:00")],
            },
            "closed_days": ["2026-12-31", "2026-12-24", "2026-12-24"],
        },
        "de",
    )
    assert values["currency"] == "EUR"
    assert values["subdivision"] == "BY"
    assert values["opening_hours"] == {
        "MON": [["07:30", "12:00"], ["13:00", "18:00"]],
        "TUE": [["08:00", "24:00"]],
    }
    assert values["closed_days"] == ["2026-12-24", "2026-12-31"]
