"""Dealerships: making, changing and finding them.

What each value may be is checked in `dealership_values`; the calendar that follows from them is in
`calendar`.
"""

from sqlalchemy import select

from servicelost.administration.access import require_manager
from servicelost.administration.audit import record_audit
from servicelost.directory.dealership_values import DEFAULTS, DealershipData, dealership_values
from servicelost.directory.models import DEALERSHIP_BY_CODE, Dealership
from servicelost.directory.texts import needed, refused
from servicelost.kernel.actor import Role
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, Forbidden, NotFound

_REQUIRED = ("name", "timezone", "currency", "country")


def upsert_dealership(book: Book, data: DealershipData) -> Dealership:
    """The dealership with this code, made or changed by what was sent; idempotent and audited.

    Making one takes an ADMIN who sees all dealerships, changing one a manager who sees it; raises
    Forbidden. Raises InvalidInput for impossible values, Conflict for another currency.
    """
    code = needed(data["code"], "code", 40)
    row = book.one(DEALERSHIP_BY_CODE, code)
    return _make(book, code, data) if row is None else _change(book, row, data)


def dealership_by_code(book: Book, code: str) -> Dealership:
    """The dealership with this code; raises NotFound, also when the actor may not see it."""
    row = book.one(DEALERSHIP_BY_CODE, code.strip())
    if row is None or not book.actor.may_see(row.id):
        raise NotFound("NO_DEALERSHIP", f"there is no dealership with the code {code!r}")
    return row


def list_dealerships(book: Book) -> list[Dealership]:
    """The stored dealerships the book's actor may see, by code."""
    ids = [row_id for row_id in book.connection.scalars(select(Dealership.id)) if book.actor.may_see(row_id)]
    book.preload_ids(Dealership, ids)
    return sorted((book.get(Dealership, row_id) for row_id in ids), key=lambda row: row.code)


def _make(book: Book, code: str, data: DealershipData) -> Dealership:
    if book.actor.dealership_ids is not None or not book.actor.has_role(Role.ADMIN):
        raise Forbidden("FORBIDDEN", f"{book.actor.name} may not add dealerships: this takes an ADMIN of all")
    for field in _REQUIRED:
        if not data.get(field):
            raise refused(field, "", f"a value; a new dealership needs {', '.join(_REQUIRED)}")
    values = DEFAULTS | dealership_values(data, data.get("country", ""))
    row = book.add(Dealership(code=code, **values))
    record_audit(book, "DEALERSHIP_ADDED", "dealership", row.id, dealership_id=row.id, after=values)
    return row


def _change(book: Book, row: Dealership, data: DealershipData) -> Dealership:
    sent = dealership_values(data, data.get("country", row.country))
    if sent.get("country", row.country) != row.country:
        sent.setdefault("subdivision", None)  # the old country's subdivision means nothing in the new one
    after = {name: value for name, value in sent.items() if row.__dict__[name] != value}
    if not after:
        return row
    require_manager(book, row.id)
    if "currency" in after:
        message = f"dealership {row.code} keeps its books in {row.currency}; money cannot change its currency"
        raise Conflict("CURRENCY_FIXED", message)
    before = {name: row.__dict__[name] for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    record_audit(
        book, "DEALERSHIP_CHANGED", "dealership", row.id, dealership_id=row.id, before=before, after=after
    )
    return row
