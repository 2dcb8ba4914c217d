"""What a person has chosen for herself; a person is known by the name that the application signs in.

Settings of a dealership are in `preferences`. Nothing here concerns anybody but the actor of the book.
"""

from servicelost.administration.models import PREFERENCES_OF_PERSON, PersonPreference
from servicelost.kernel.book import Book

LANGUAGE = "language"


def chosen(book: Book, key: str) -> str | None:
    """What the actor has chosen, if anything."""
    row = _row(book, key)
    return None if row is None else row.value


def choose(book: Book, key: str, value: str | None) -> None:
    """Remember the actor's choice; None gives the default back."""
    row = _row(book, key)
    if row is not None:
        row.value = value
    elif value is not None:
        book.add(PersonPreference(person=book.actor.name, key=key, value=value))


def _row(book: Book, key: str) -> PersonPreference | None:
    rows = book.many(PREFERENCES_OF_PERSON, book.actor.name)
    return next((row for row in rows if row.key == key), None)
