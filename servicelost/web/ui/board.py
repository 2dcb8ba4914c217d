"""The board: every open opportunity as a card in the column of its stage, and each column by itself.

What can be done with a card is in `board_acts`; what the address asks for, in `board_address`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus
from typing import Any

from flask import Response, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from servicelost.directory.models import Employee, ServiceCategory
from servicelost.directory.services import list_services
from servicelost.kernel.actor import Role
from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.board import BoardColumn
from servicelost.opportunities.pipeline.board_queries import (
    ColumnSum,
    Cursor,
    cards_of,
    sum_columns,
    versions_of,
)
from servicelost.taxonomy.severity import SEVERITIES
from servicelost.taxonomy.sources import SOURCES
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor, current_caller
from servicelost.web.permissions import Action, may
from servicelost.web.ui.blueprint import page
from servicelost.web.ui.board_address import (
    CARDS_A_PAGE,
    Asked,
    asked_cards,
    asked_cursor,
    asked_number,
    back_query,
    query,
    read_address,
)
from servicelost.web.ui.board_cards import COLUMN_LABELS, CardView, CardWords
from servicelost.web.ui.board_messages import say_where_it_is

AGES: Mapping[int, str] = {1: "1 day", 3: "3 days", 7: "1 week", 14: "2 weeks", 30: "1 month"}
_AT_THE_DESK = {Role.SERVICE_ADVISOR, Role.BDC_AGENT, Role.SERVICE_MANAGER, Role.GROUP_MANAGER}


@dataclass(frozen=True)
class Column:
    """A column as it is shown: all it comes to, and the cards of one page."""

    code: BoardColumn
    label: str
    sum: ColumnSum
    pulse: str
    cards: list[CardView]
    more: bool
    first: bool = True

    @property
    def more_url(self) -> str:
        """Where the next cards are."""
        return url_for(".board_column", column=self.code, after=self.cards[-1].cursor, **query())


@page("/board", Action.READ_BOARD)
def board() -> ResponseReturnValue:
    """All columns with their first cards."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return show_board(book)


def show_board(book: Book, status: HTTPStatus = HTTPStatus.OK) -> ResponseReturnValue:
    """The page of the board, as its address asks."""
    asked = read_address(book)
    if asked is None:
        return render_template("servicelost/board_empty.html"), status
    say_where_it_is(book, asked_number("moved"))
    sums = sum_columns(book.connection, asked.wanted)
    body = render_template(
        "servicelost/board.html",
        asked=asked,
        columns=_columns(book, asked, sums, list(BoardColumn)),
        choices=_choices(book, asked),
        query=query(),
        back=back_query(),
    )
    return body, status


@page("/board/columns/<column>", Action.READ_BOARD)
def board_column(column: str) -> ResponseReturnValue:
    """One column from a card on; as a piece of the board where a script asks for that."""
    if column not in COLUMN_LABELS:
        abort(HTTPStatus.NOT_FOUND)
    with current_runtime().unit(current_actor(), reading=True) as book:
        asked = read_address(book)
        if asked is None:
            abort(HTTPStatus.NOT_FOUND)
        sums = sum_columns(book.connection, asked.wanted)
        [found] = _columns(book, asked, sums, [BoardColumn(column)], asked_cards(), asked_cursor())
    piece = "piece" if request.args.get("piece") else "page"
    return render_template(
        f"servicelost/board_column_{piece}.html", asked=asked, column=found, query=query(), back=back_query()
    )


@page("/board/pulse", Action.READ_BOARD)
def board_pulse() -> ResponseReturnValue:
    """A few characters a column that change with every card of it; 304 while none did."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        asked = read_address(book)
        answer: Response = jsonify({} if asked is None else _pulses(book, asked))
    answer.add_etag()
    answer.cache_control.no_cache = True
    answer.cache_control.private = True
    return answer.make_conditional(request)


def _pulses(book: Book, asked: Asked) -> dict[str, str]:
    sums = sum_columns(book.connection, asked.wanted)
    newest: dict[str, list[Any]] = {code: [] for code in BoardColumn}
    for row in versions_of(book.connection, asked.wanted, BoardColumn, CARDS_A_PAGE):
        newest[row.board_column].append(row)
    return {code: _pulse(sums.get(code), newest[code]) for code in BoardColumn}


def _pulse(total: ColumnSum | None, newest: Sequence[Any]) -> str:
    """What changes with any of the newest cards, and with what the whole column comes to."""
    told = [tuple(total or ()), *((row.id, row.version) for row in newest[:CARDS_A_PAGE])]
    return blake2b(repr(told).encode(), digest_size=8).hexdigest()


def _columns(
    book: Book, asked: Asked, sums: Mapping[BoardColumn, ColumnSum], codes: Sequence[BoardColumn],
    most: int | None = None, after: Cursor | None = None,
) -> list[Column]:  # fmt: skip
    """These columns with their cards; one card too many is read to know whether there are more."""
    wanted = most or asked_cards()
    rows = cards_of(book.connection, asked.wanted, codes, wanted + 1, after)
    words = CardWords(book, asked, rows, may_move=may(current_caller(), Action.MOVE_CARDS))
    cards: dict[str, list[Any]] = {code: [] for code in codes}
    for row in rows:
        cards[row.board_column].append(row)
    return [
        Column(
            code, COLUMN_LABELS[code], sums.get(code, ColumnSum()), _pulse(sums.get(code), cards[code]),
            [words.of(row) for row in cards[code][:wanted]],
            len(cards[code]) > wanted, first=after is None,
        )
        for code in codes
    ]  # fmt: skip


@dataclass(frozen=True)
class Choices:
    """What the filters offer."""

    owners: list[Any]
    services: list[ServiceCategory]
    ages: Mapping[int, str]
    sources: Mapping[Any, Any]
    severities: Mapping[Any, Any]


def _choices(book: Book, asked: Asked) -> Choices:
    owners = people(book, asked.dealership.id) if asked.sees_all else []
    return Choices(owners, list_services(book, asked.dealership), AGES, SOURCES, SEVERITIES)


def people(book: Book, dealership_id: int) -> list[Any]:
    """Who works at the desk of the dealership, by name."""
    rows = book.connection.execute(
        select(Employee.id, Employee.name, Employee.roles)
        .where(Employee.dealership_id == dealership_id, Employee.active)
        .order_by(Employee.name, Employee.id)
    )
    return [row for row in rows if not _AT_THE_DESK.isdisjoint(row.roles)]
