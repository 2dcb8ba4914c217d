"""The board: which opportunities are cards, and the column each of them stands in.

A card is a live opportunity that is open, put off, or lost so lately (`win_back_days`) that somebody may
still win it back. It stands in UNSORTED while it belongs to nobody, else at the stage of the visit that named
it last, and in FOLLOW_UP where that visit is over or there is none.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import WIN_BACK
from servicelost.kernel.book import Book
from servicelost.kernel.events import Touched
from servicelost.opportunities.pipeline.containers import container_of
from servicelost.opportunities.pipeline.models import (
    OPPORTUNITIES_OF_VEHICLE,
    PRESENTATION_OF_LINE,
    PRESENTATIONS_OF_OPPORTUNITY,
    Opportunity,
    Presentation,
)
from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.workflow.models.lines import LINES_OF_VISIT
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import VisitState

_CERTAINLY_LATELY = timedelta(days=1)  # the shortest `win_back_days`: no need to read the setting
_PLACING = ("state", "advisor_id")


class BoardColumn(StrEnum):
    """The columns in their order; all but the first are stages."""

    UNSORTED = "UNSORTED"
    PLANNING = "PLANNING"
    RECEPTION = "RECEPTION"
    WORK = "WORK"
    QUALITY_CONTROL = "QUALITY_CONTROL"
    DELIVERY = "DELIVERY"
    FOLLOW_UP = "FOLLOW_UP"


_IN_HOUSE = {VisitState(column): column for column in BoardColumn if column is not BoardColumn.UNSORTED}


def column_of(owner_id: int | None, visit_state: str | None) -> BoardColumn:
    """The column of a card that belongs to this person and was named by a visit in this state."""
    if owner_id is None:
        return BoardColumn.UNSORTED
    if visit_state is None:
        return BoardColumn.FOLLOW_UP
    return _IN_HOUSE.get(VisitState(visit_state), BoardColumn.FOLLOW_UP)


def keep_board(book: Book, touched: Touched) -> None:
    """At the end of a plan: place the cards of what it changed."""
    cards = {row.id: row for row, _ in touched if isinstance(row, Opportunity)}
    moved = [row for row, before in touched if isinstance(row, Visit) and before
             and any(row.__dict__[name] != before[name] for name in _PLACING)]  # fmt: skip
    cards |= {row.id: row for row in _of_visits(book, moved)}
    live = [row for row in cards.values() if row.live]
    _read_ahead(book, live)
    for card in cards.values():
        place_card(book, card)


def place_card(book: Book, card: Opportunity) -> None:
    """Bring the card's column, owner and visit up to date with what they follow from."""
    named = _named_last(book, card) if card.live else None
    at = _newest_word(card, named)
    if not card.live or _lost_for_good(book, card, at):
        card.board_column = card.board_at = card.board_owner_id = card.board_visit_id = None
        return
    visit = _placing_visit(book, card, named)
    advisor_id = visit.advisor_id if visit is not None else None
    card.board_owner_id = card.owner_id or advisor_id or card.advisor_id
    card.board_column = column_of(card.board_owner_id, visit.state if visit else None).value
    card.board_at, card.board_visit_id = at, visit.id if visit else None


def _named_last(book: Book, card: Opportunity) -> Presentation | None:
    """The line that named the need last, where more than one did."""
    if card.presentations < 2:
        return None
    return max(book.many(PRESENTATIONS_OF_OPPORTUNITY, card.id), key=lambda row: (row.presented_at, row.id))


def _newest_word(card: Opportunity, named: Presentation | None) -> datetime:
    words = (card.opened_at, card.last_decision_at, named.presented_at if named else None)
    return max(word for word in words if word is not None)


def _lost_for_good(book: Book, card: Opportunity, at: datetime) -> bool:
    if card.state != OpportunityState.LOST or book.now - at <= _CERTAINLY_LATELY:
        return False
    return book.now - at > timedelta(days=read_setting(book, card.dealership_id, WIN_BACK))


def _placing_visit(book: Book, card: Opportunity, named: Presentation | None) -> Visit | None:
    """The visit whose stage is the card's; a part asked for does not wander with the car."""
    visit_id = named.visit_id if named is not None else card.visit_id
    if visit_id is None or card.part_request_id is not None:
        return None
    return book.get(Visit, visit_id)


def _of_visits(book: Book, visits: Collection[Visit]) -> Iterable[Opportunity]:
    """All opportunities that stand where these visits stand: of their cars, lines and bookings."""
    book.preload(
        OPPORTUNITIES_OF_VEHICLE, ((row.vehicle_id,) for row in visits if row.vehicle_id is not None)
    )
    book.preload(LINES_OF_VISIT, ((row.id,) for row in visits))
    lines = [line.id for visit in visits for line in book.many(LINES_OF_VISIT, visit.id)]
    book.preload(PRESENTATION_OF_LINE, ((line_id,) for line_id in lines))
    named = [row.opportunity_id for line_id in lines for row in book.many(PRESENTATION_OF_LINE, line_id)]
    book.preload_ids(Opportunity, named)
    yield from (book.get(Opportunity, row_id) for row_id in named)
    for visit in visits:
        if visit.vehicle_id is not None:
            yield from book.many(OPPORTUNITIES_OF_VEHICLE, visit.vehicle_id)
        container = container_of(book, visit)
        if container is not None:
            yield container


def _read_ahead(book: Book, cards: Collection[Opportunity]) -> None:
    """Read what placing them asks for with a query each, not one a card."""
    book.preload(PRESENTATIONS_OF_OPPORTUNITY, ((row.id,) for row in cards if row.presentations > 1))
    book.preload_ids(Visit, (row.visit_id for row in cards if row.visit_id is not None))
