"""Texts without what people write differently (case, accents, blanks, dashes), for keys and questions alike.

Other scripts than the Latin are kept as they are, apart from their accents. What becomes a key is in `keys`.
"""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_NOT_ALNUM = re.compile(r"[\W_]+")
_APOSTROPHES = re.compile("['’ʼ`´]")
_DIGITS = re.compile(r"[0-9]+")
# Letters that Unicode takes for letters of their own.
_LATIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# Written out where a keyboard or a DMS has no such letter.
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# The Cyrillic letters of number plates are those that look like Latin ones.
_LOOKS_LATIN = str.maketrans("авекмнорстух", "abekmhopctyx")
_MOST_WORDS = 8


def fold(text: str) -> str:
    """The text in lower case and without accents; folding it again changes nothing."""
    if text.isascii():
        return text.lower()
    plain = _without_marks(text)
    while (again := _without_marks(plain)) != plain:
        plain = again
    return plain


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name, folded, each once in their order; an apostrophe does not divide."""
    found = _WORD.findall(fold(_APOSTROPHES.sub("", text)))
    return tuple(dict.fromkeys(found))[:_MOST_WORDS]


@lru_cache(maxsize=16384)
def spellings_of(text: str) -> tuple[tuple[str, ...], ...]:
    """Each word of a name in every way it may be written: Müller is muller and mueller."""
    plain = words_of(text)
    if text.isascii():
        return tuple((word,) for word in plain)
    out = words_of(unicodedata.normalize("NFC", text.lower()).translate(_WRITTEN_OUT))
    if len(out) != len(plain):
        return tuple((word,) for word in plain)
    return tuple(tuple(dict.fromkeys(pair)) for pair in zip(plain, out, strict=True))


def compact(text: str) -> str:
    """Letters and digits alone, folded: a number as somebody may type it."""
    return _NOT_ALNUM.sub("", fold(text))


def plate_of(text: str) -> str:
    """The plate as people read it aloud: no blanks, no dashes, no difference between А and A."""
    return compact(text).translate(_LOOKS_LATIN)


def digits_of(text: str) -> str:
    """Its digits in their order."""
    return "".join(_DIGITS.findall(text))


def last_number(text: str) -> str:
    """The last run of digits without leading zeros: 20417 of RO-020417."""
    runs = _DIGITS.findall(text)
    return runs[-1].lstrip("0") if runs else ""


def _without_marks(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold()).translate(_LATIN)
    return "".join(char for char in parts if not unicodedata.combining(char))
