"""What is worth a manager's look on the board, by itself: as a page, and as the piece the board loads.

What counts as worth it is said by `opportunities/pipeline/board_hints`.
"""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import MIN_DENOMINATOR
from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.board_hints import DAYS_WITHOUT_SALE, Hint, hints_of
from servicelost.opportunities.pipeline.board_queries import flow_of, sum_columns_and_idle
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.ui.blueprint import page
from servicelost.web.ui.board_address import Asked, query, read_address
from servicelost.web.ui.board_cards import COLUMN_LABELS


@page("/board/hints", Action.READ_BOARD)
def board_hints() -> ResponseReturnValue:
    """The hints, each with its figures; those about the whole dealership only for who sees all of it."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        asked = read_address(book)
        hints = [] if asked is None else _hints(book, asked)
    piece = "piece" if request.args.get("piece") else "page"
    return render_template(
        f"servicelost/board_hints_{piece}.html", hints=hints, asked=asked, query=query(),
        labels=COLUMN_LABELS, days_without=DAYS_WITHOUT_SALE,
    )  # fmt: skip


def _hints(book: Book, asked: Asked) -> list[Hint]:
    if not asked.sees_all:
        return []
    sums, idle = sum_columns_and_idle(book.connection, asked.wanted, asked.idle_since)
    flow = flow_of(book.connection, asked.dealership.id, book.now, DAYS_WITHOUT_SALE)
    return hints_of(sums, idle, flow, read_setting(book, asked.dealership.id, MIN_DENOMINATOR))
