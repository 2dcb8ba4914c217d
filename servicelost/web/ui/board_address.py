"""What the address of the board asks for: which dealership, whose cards, how narrowed, and from where on.

An address says only ids, codes and numbers. Who sees all cards and who only her own is decided here too.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import request

from servicelost.administration.access import MANAGERS
from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import CARD_LATE
from servicelost.directory.calendar import local_day
from servicelost.directory.dealerships import list_dealerships
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.errors import NotFound
from servicelost.kernel.money import to_minor
from servicelost.opportunities.pipeline.board_queries import CardFilter, Cursor
from servicelost.taxonomy.severity import Severity
from servicelost.taxonomy.sources import OpportunitySource

FILTERS = ("owner", "category", "source", "severity", "age", "least")
CARDS_A_PAGE = 25
_MOST_CARDS = 200
_SECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_NUMBER = 18


@dataclass(frozen=True)
class Asked:
    """What somebody looks at: the dealership, the cards, and what counts as too long there."""

    dealership: Dealership
    dealerships: list[Dealership]
    wanted: CardFilter
    patience: timedelta
    sees_all: bool
    now: datetime
    today: date

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter of the address leaves cards out."""
        return any(request.args.get(name) for name in FILTERS)

    @property
    def idle_since(self) -> datetime:
        """Cards with which nothing happened since then stand still."""
        return self.now - self.patience


def read_address(book: Book) -> Asked | None:
    """What the address asks for; None where nothing is in sight. Raises NotFound for a foreign one."""
    dealerships = list_dealerships(book)
    if not dealerships:
        return None
    dealership = _dealership(dealerships)
    return look_at(book, dealership, dealerships, _wanted(book, dealership))


def look_at(book: Book, dealership: Dealership, dealerships: list[Dealership], wanted: CardFilter) -> Asked:
    """These cards at this dealership, as the book's actor sees them now."""
    patience = timedelta(days=read_setting(book, dealership.id, CARD_LATE))
    today = local_day(dealership, book.now)
    return Asked(dealership, dealerships, wanted, patience, _sees_all(book), book.now, today)


def query() -> dict[str, Any]:
    """The filters of the address that say something, to be carried on."""
    names = ("dealership", *FILTERS)
    return {name: text for name in names if (text := request.args.get(name, "").strip())}


def back_query() -> str:
    """The end of a form's address that brings its sender back to the board as it was."""
    return "?" + urlencode({"from": "board", **query()})


def came_from_board() -> bool:
    """Whether the form stood on the board, or was opened from there."""
    return request.args.get("from") == "board"


def asked_number(name: str) -> int | None:
    """The whole number the address says under this name, if it is one."""
    text = request.args.get(name, "").strip()
    plain = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if plain else None


def asked_cards() -> int:
    """How many cards of a column are wanted: as many as were shown before."""
    return min(max(asked_number("cards") or CARDS_A_PAGE, CARDS_A_PAGE), _MOST_CARDS)


def asked_cursor() -> Cursor | None:
    """After which card to go on."""
    micro, _, card_id = request.args.get("after", "").partition("-")
    if not (micro + card_id).isascii() or not micro.isdigit() or not card_id.isdigit():
        return None
    if max(len(micro), len(card_id)) > _LONGEST_NUMBER:
        return None
    try:
        return Cursor(_EPOCH + int(micro) * _SECOND, int(card_id))
    except OverflowError:
        return None


def cursor_text(at: datetime, card_id: int) -> str:
    """The card as an address says it."""
    return f"{(at - _EPOCH) // _SECOND}-{card_id}"


def _dealership(dealerships: list[Dealership]) -> Dealership:
    asked = asked_number("dealership")
    if asked is None:
        return dealerships[0]
    found = next((row for row in dealerships if row.id == asked), None)
    if found is None:
        raise NotFound("NOT_FOUND", f"Dealership {asked} does not exist")
    return found


def _sees_all(book: Book) -> bool:
    return book.actor.has_role(*MANAGERS)


def _wanted(book: Book, dealership: Dealership) -> CardFilter:
    sees_all = _sees_all(book)
    age, least = asked_number("age"), asked_number("least")
    return CardFilter(
        dealership_id=dealership.id,
        mine=None if sees_all else book.actor.employee_id or 0,
        owner_id=asked_number("owner") if sees_all else None,
        category_id=asked_number("category"),
        source=_code("source", OpportunitySource),
        severity=_code("severity", Severity),
        before=None if age is None else book.now - timedelta(days=min(age, 3650)),
        least_minor=None if least is None else to_minor(Decimal(min(least, 10**9)), dealership.currency),
    )


def _code(name: str, codes: type[OpportunitySource] | type[Severity]) -> str | None:
    text = request.args.get(name, "")
    return text if text in {code.value for code in codes} else None
