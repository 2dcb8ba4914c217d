"""What is written differently and is the same: the keys of values and what a typed text may mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from servicelost.search.asking import looks_like_phone, read_question
from servicelost.search.keys import Key, name_keys, number_keys, phone_keys, plate_keys, vin_keys
from servicelost.search.models import KeyKind
from servicelost.search.spelling import compact, fold, last_number, plate_of, spellings_of, words_of

ANY_TEXT = some.text(max_size=60)
NAMES = some.text(alphabet=some.characters(categories=["L", "Mn", "Zs", "Pd"]), min_size=1, max_size=40)


def meant(text: str, *phones: str) -> dict[KeyKind, tuple[str, ...]]:
    return {asked.kind: asked.spellings for asked in read_question(text, phones)}


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Müller", "muller"),
        ("MÜLLER", "muller"),
        ("Mu\u0308ller", "muller"),
        ("Straße", "strasse"),
        ("Łukasz Sørensen", "lukasz sorensen"),
        ("Çelik", "celik"),
        ("İbrahim", "ibrahim"),
        ("Соловьёв", "соловьев"),
        ("Андрей", "андреи"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
    ],
)
def test_case_and_accents_are_no_difference(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(ANY_TEXT)
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert compact(compact(text)) == compact(text)
    assert plate_of(plate_of(text)) == plate_of(text)


@given(ANY_TEXT)
def test_capitals_are_no_difference_to_a_name(text: str) -> None:
    assert words_of(text.casefold()) == words_of(text)


@given(NAMES)
def test_a_name_is_found_by_itself_and_by_what_was_typed_so_far(name: str) -> None:
    keys = {key.text for key in name_keys(name)}
    for asked in read_question(name):
        if asked.kind is KeyKind.NAME:
            for spellings in (asked.spellings, *asked.further):
                assert any(key.startswith(text) for key in keys for text in spellings)


@given(some.text(alphabet="ABCÄÖ0123456789- ", min_size=2, max_size=12))
def test_a_plate_is_found_however_it_is_divided(plate: str) -> None:
    [key] = plate_keys(plate)
    assert [key] == list(plate_keys(plate.replace(" ", "").replace("-", "").lower()))


def test_german_letters_are_found_written_out_and_not() -> None:
    stored = {key.text for key in name_keys("Jörg Müller")}
    assert stored == {"jorg", "joerg", "muller", "mueller"}
    for typed in ("Müller", "mueller", "MULLER"):
        assert stored & set(meant(typed)[KeyKind.NAME])
    assert {key.text for key in name_keys("Mueller")} & set(meant("Müller")[KeyKind.NAME])


def test_apostrophes_and_dashes_in_names() -> None:
    assert words_of("Sean O'Brien-Smith") == ("sean", "obrien", "smith")
    assert words_of("Sean O’Brien") == ("sean", "obrien")
    assert spellings_of("'") == ()


def test_a_cyrillic_plate_is_typed_on_either_keyboard() -> None:
    assert plate_of("А 123 ВС 77") == plate_of("a123bc77") == "a123bc77"


def test_numbers_known_by_their_end_are_kept_backwards() -> None:
    assert list(phone_keys("+49 30 901820")) == [Key(KeyKind.PHONE, "0281090394")]
    assert list(phone_keys("112")) == []
    assert list(vin_keys("WVWZZZ1JZXW000123")) == [Key(KeyKind.VIN, "321000wxzj1zzzwvw")]


def test_an_order_is_found_by_its_number_without_the_letters() -> None:
    assert {key.text for key in number_keys(KeyKind.ORDER, "RO-0020417")} == {"ro0020417", "20417"}
    assert {key.text for key in number_keys(KeyKind.ORDER, "20417")} == {"20417"}
    assert last_number("no digits") == ""


def test_a_number_may_mean_many_things_and_a_name_only_one() -> None:
    assert set(meant("20417")) == set(KeyKind) - {KeyKind.NAME}
    assert set(meant("Jansen")) == {KeyKind.NAME, KeyKind.PLATE}
    assert set(meant("B-KX 42")) == {KeyKind.NAME, KeyKind.PLATE, KeyKind.VIN, KeyKind.ORDER, KeyKind.BOOKING}


def test_a_telephone_number_is_asked_for_from_its_end() -> None:
    assert meant("030 901820", "+4930901820")[KeyKind.PHONE] == ("0281090394", "02810903")
    assert meant("901820")[KeyKind.PHONE] == ("028109",)
    assert not looks_like_phone("123")
    assert not looks_like_phone("B-KX 4242")


def test_of_several_words_the_last_is_the_one_being_typed() -> None:
    [asked] = [each for each in read_question("Anna Jans") if each.kind is KeyKind.NAME]
    assert (asked.spellings, asked.further) == (("jans",), (("anna",),))
    [initial] = [each for each in read_question("Jansen A") if each.kind is KeyKind.NAME]
    assert (initial.spellings, initial.further) == (("jansen",), (("a",),))


@pytest.mark.parametrize("text", ["", " ", "x", "-", "''", "…", "\u0301"])
def test_too_little_asks_for_nothing(text: str) -> None:
    assert read_question(text) == []


@given(ANY_TEXT)
def test_whatever_is_typed_is_a_question_or_none(text: str) -> None:
    for asked in read_question(text):
        assert all(asked.spellings)
        assert all(all(further) for further in asked.further)
