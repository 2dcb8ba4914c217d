"""The keys of values, and the declaration by which a room makes its rows searchable.

Numbers that people know by their end, a telephone number and a VIN, are kept backwards: then the end is what
a key begins with.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from servicelost.kernel.db import Base
from servicelost.search.models import LONGEST_KEY, KeyKind
from servicelost.search.spelling import compact, digits_of, last_number, plate_of, spellings_of

SHORTEST_END = 4


class Key(NamedTuple):
    """What a row is found by."""

    kind: KeyKind
    text: str


@dataclass(frozen=True)
class Searchable:
    """Rows that can be found: by the keys of these columns' values, under the id in `subject`.

    `keys` gets the row's values and must look at no other columns.
    """

    model: type[Base]
    columns: tuple[str, ...]
    keys: Callable[[Mapping[str, Any]], Iterable[Key]]
    subject: str = "id"

    def keys_of(self, values: Mapping[str, Any]) -> frozenset[Key]:
        """The keys of a row with these values; none for a row that is not there."""
        if not values:
            return frozenset()
        return frozenset(Key(kind, text[:LONGEST_KEY]) for kind, text in self.keys(values) if text)


def name_keys(name: str | None) -> Iterator[Key]:
    """Every word of a name, in all its spellings."""
    for spellings in spellings_of(name or ""):
        for spelling in spellings:
            yield Key(KeyKind.NAME, spelling)


def phone_keys(number: str | None) -> Iterator[Key]:
    """A telephone number from its end; fewer digits than anybody would search by are no number."""
    digits = digits_of(number or "")
    if len(digits) >= SHORTEST_END:
        yield Key(KeyKind.PHONE, backwards(digits))


def plate_keys(plate: str | None) -> Iterator[Key]:
    """A number plate."""
    yield Key(KeyKind.PLATE, plate_of(plate or ""))


def vin_keys(vin: str | None) -> Iterator[Key]:
    """A VIN from its end."""
    yield Key(KeyKind.VIN, backwards(compact(vin or "")))


def number_keys(kind: KeyKind, number: str | None) -> Iterator[Key]:
    """The number a system gave to a row: as a whole, and its last digits where letters stand before them."""
    whole = compact(number or "")
    yield Key(kind, whole)
    digits = last_number(whole)
    if len(digits) > 1 and digits != whole:
        yield Key(kind, digits)


def backwards(text: str) -> str:
    """The text from its end."""
    return text[::-1]
