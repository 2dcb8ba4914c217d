"""Competitors by name, made on first sight.

What they offered is kept with the loss or the visit it was said about.
"""

from servicelost.directory.models import COMPETITOR_BY_KEY, Competitor, Dealership
from servicelost.directory.texts import fold, needed
from servicelost.kernel.book import Book


def ensure_competitor(book: Book, dealership: Dealership, name: str) -> Competitor:
    """The competitor of this name, however it is capitalised and spaced."""
    words = needed(name, "competitor", 200)
    key = fold(words)
    known = book.one(COMPETITOR_BY_KEY, dealership.id, key)
    if known is not None:
        return known
    return book.add(Competitor(dealership_id=dealership.id, key=key, name=words))
