"""What a dealership adds to the catalogue, read once a unit: its currency's decimals, its own causes."""

from servicelost.directory.causes import list_causes
from servicelost.directory.models import DEALERSHIP_BY_CODE
from servicelost.intake.catalogue import Terms
from servicelost.kernel.book import Book
from servicelost.kernel.money import minor_digits

_USUAL = Terms()


def terms_of(book: Book, raw: object) -> Terms:
    """The terms of the dealership a raw event names; the usual ones while it cannot be told which that is."""
    code = raw.get("dealership") if isinstance(raw, dict) else None
    if not isinstance(code, str) or not code.isprintable():  # nothing a database could be asked for
        return _USUAL
    return book.memo(("terms", code.strip()), lambda: _read(book, code.strip()))


def _read(book: Book, code: str) -> Terms:
    dealership = book.one(DEALERSHIP_BY_CODE, code)
    if dealership is None:
        return _USUAL
    own = frozenset(cause.code for cause in list_causes(book, dealership))
    return Terms(minor_digits(dealership.currency), own)
