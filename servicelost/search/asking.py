"""What a typed text may mean: a name, a plate, the end of a VIN or of a telephone number, an order number.

Everything it can be is asked for at once; the person does not say which. Pure rules, no database.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from servicelost.search.keys import SHORTEST_END, backwards
from servicelost.search.models import LONGEST_KEY, KeyKind
from servicelost.search.spelling import compact, digits_of, plate_of, spellings_of

SHORTEST_TEXT = 2
_PHONE = re.compile(r"[+0-9][0-9\s()/.\-]*")
_VIN_PART = re.compile(r"[a-hj-npr-z0-9]{4,17}")
_LONGEST_PLATE = 12


@dataclass(frozen=True)
class Asked:
    """Rows with a key of this kind that begins with one of these spellings.

    Each of `further` are the spellings of another word that must be among the row's keys too.
    """

    kind: KeyKind
    spellings: tuple[str, ...]
    further: tuple[tuple[str, ...], ...] = ()


def looks_like_phone(text: str) -> bool:
    """Whether somebody may have typed a telephone number or the end of one."""
    return bool(_PHONE.fullmatch(text.strip())) and len(digits_of(text)) >= SHORTEST_END


def read_question(text: str, phones: Collection[str] = ()) -> list[Asked]:
    """Everything the text may mean; `phones` are the international forms of it as a telephone number."""
    whole = compact(text)
    if len(whole) < SHORTEST_TEXT:
        return []
    asked = [*_names(text), *_plates(text), *_vins(whole), *_phones(text, phones), *_numbers(whole)]
    return [Asked(each.kind, _cut(each.spellings), tuple(map(_cut, each.further))) for each in asked]


def _names(text: str) -> Iterator[Asked]:
    words = spellings_of(text)
    if not words or not any(char.isalpha() for char in text):
        return
    # The last word is the one that may not be finished: whoever fits it as a whole comes first.
    first = words[-1] if len(words[-1][0]) >= SHORTEST_TEXT else max(words, key=lambda word: len(word[0]))
    if len(first[0]) >= SHORTEST_TEXT:
        yield Asked(KeyKind.NAME, first, tuple(word for word in words if word is not first))


def _plates(text: str) -> Iterator[Asked]:
    plate = plate_of(text)
    if SHORTEST_TEXT <= len(plate) <= _LONGEST_PLATE:
        yield Asked(KeyKind.PLATE, (plate,))


def _vins(whole: str) -> Iterator[Asked]:
    if _VIN_PART.fullmatch(whole) and digits_of(whole):
        yield Asked(KeyKind.VIN, (backwards(whole),))


def _phones(text: str, phones: Collection[str]) -> Iterator[Asked]:
    if not looks_like_phone(text):
        return
    # A zero in front is dialled within the country only and is no part of the number.
    numbers = [*(digits_of(phone) for phone in phones), digits_of(text).lstrip("0")]
    ends = dict.fromkeys(backwards(number) for number in numbers if len(number) >= SHORTEST_END)
    if ends:
        yield Asked(KeyKind.PHONE, tuple(ends))


def _numbers(whole: str) -> Iterator[Asked]:
    if not digits_of(whole):
        return
    spellings = tuple(dict.fromkeys((whole, whole.lstrip("0") or whole)))
    yield Asked(KeyKind.ORDER, spellings)
    yield Asked(KeyKind.BOOKING, spellings)


def _cut(spellings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(spelling[:LONGEST_KEY] for spelling in spellings)
