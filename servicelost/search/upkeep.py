"""Keeping the keys: whatever changed a row, its keys follow in the same transaction.

Listens to the end of a plan, not to events, so that no way of changing a row can be forgotten. New keys go
out with the plan's own rows; nothing is read.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete

from servicelost.kernel.book import Book
from servicelost.kernel.db import Base
from servicelost.kernel.events import Finisher, Touched
from servicelost.search.keys import Key, Searchable
from servicelost.search.models import SearchKey

_GONE = delete(SearchKey.__table__).where(
    SearchKey.kind == bindparam("gone_kind"),
    SearchKey.key == bindparam("gone_key"),
    SearchKey.row_id == bindparam("gone_row"),
)


def keeper_of(searchables: Iterable[Searchable]) -> Finisher:
    """What brings the keys of these rows up to date at the end of a plan."""
    by_model = {searchable.model: searchable for searchable in searchables}

    def keep_keys(book: Book, touched: Touched) -> None:
        gone: list[tuple[str, str, int]] = []
        for row, before in touched:
            searchable = by_model.get(type(row))
            if searchable is not None and _says_something_new(searchable, row.__dict__, before):
                gone.extend(_bring_up_to_date(book, searchable, row, before))
        _take_away(book, gone)

    return keep_keys


def _says_something_new(searchable: Searchable, now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    return not before or any(now[column] != before[column] for column in searchable.columns)


def _bring_up_to_date(
    book: Book, searchable: Searchable, row: Base, before: Mapping[str, Any]
) -> list[tuple[str, str, int]]:
    """Add the keys that are new; those that are gone are given back."""
    values = row.__dict__
    row_id = values[searchable.subject]
    had, has = searchable.keys_of(before), searchable.keys_of(values)
    for key in sorted(has - had):
        book.add(_row(values["dealership_id"], key, row_id))
    return [(kind.value, text, row_id) for kind, text in had - has]


def _row(dealership_id: int, key: Key, row_id: int) -> SearchKey:
    return SearchKey(dealership_id=dealership_id, kind=key.kind.value, key=key.text, row_id=row_id)


def _take_away(book: Book, gone: Iterable[tuple[str, str, int]]) -> None:
    # In one order, so that two transactions cannot wait for each other.
    names = ("gone_kind", "gone_key", "gone_row")
    rows = [dict(zip(names, values, strict=True)) for values in sorted(gone)]
    if rows:
        book.connection.execute(_GONE, rows)
