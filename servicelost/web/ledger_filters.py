"""How the list of ledger entries is narrowed, the same way on the page, in its files and in the API."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select

from servicelost.directory.dealerships import dealership_by_code
from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.models import LedgerEntry

_entry = LedgerEntry.__table__.c
_CODES = ("kind", "stage", "event", "cause")


def narrowed(book: Book, statement: Select[Any], query: Mapping[str, Any]) -> Select[Any]:
    """The entries of the statement that what passed `LedgerQuerySchema` names; raises NotFound."""
    for name in _CODES:
        if name in query:
            statement = statement.where(_entry[name] == query[name].value)
    if "advisor" in query:
        statement = statement.where(_entry.advisor_id == query["advisor"])
    if "dealership" in query:
        statement = statement.where(_entry.dealership_id == dealership_by_code(book, query["dealership"]).id)
    if "first" in query:
        statement = statement.where(_entry.business_day >= query["first"])
    if "last" in query:
        statement = statement.where(_entry.business_day <= query["last"])
    return statement
