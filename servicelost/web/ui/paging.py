"""Long lists in pages: which rows to ask for, and the addresses of the pages before and after.

Lists themselves are made by the queries.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import Connection, Select

from servicelost.web.languages import formats
from servicelost.web.languages import gettext as _
from servicelost.web.ui.addresses import url_with

T = TypeVar("T")

PAGE_SIZE = 50
_LAST_PAGE = 10_000


@dataclass(frozen=True)
class PageOf(Generic[T]):
    """One page of a list."""

    rows: list[T]
    number: int
    more: bool
    total: int | None = None

    @property
    def previous_url(self) -> str | None:
        """The page of what comes before, if there is one."""
        return url_with(page=self.number - 1) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        """The page of what follows, if there is one."""
        return url_with(page=self.number + 1) if self.more else None

    @property
    def label(self) -> str:
        """Which page this is."""
        if self.total is None:
            return _("Page %(number)s", number=formats.count(self.number))
        return _(
            "Page %(number)s of %(pages)s",
            number=formats.count(self.number),
            pages=formats.count(-(-self.total // PAGE_SIZE)),
        )


def asked_page() -> int:
    """The page number of the address, 1 where it says nothing sensible."""
    text = request.args.get("page", "1")
    return min(max(int(text), 1), _LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def page_of(connection: Connection, statement: Select[Any]) -> PageOf[Any]:
    """The asked page of the statement's rows."""
    number = asked_page()
    found = connection.execute(statement.limit(PAGE_SIZE + 1).offset((number - 1) * PAGE_SIZE)).all()
    return PageOf(list(found[:PAGE_SIZE]), number, len(found) > PAGE_SIZE)
