"""What is done with a card on a page: take, move, hand on, lose, note, add; each a real form.

A form names the version of the card it was made from. A move that is refused shows the card with the reason,
and everything that was typed.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from servicelost.directory.models import Dealership, Employee
from servicelost.kernel.book import Book
from servicelost.kernel.errors import (
    Conflict,
    Forbidden,
    IllegalMove,
    InvalidInput,
    NotFound,
    RuleViolation,
    ServiceLostError,
)
from servicelost.kernel.money import to_minor
from servicelost.opportunities.pipeline import cards
from servicelost.opportunities.pipeline.board import BoardColumn
from servicelost.opportunities.pipeline.corrections import undo_loss
from servicelost.opportunities.pipeline.leaving import UNDECIDED
from servicelost.opportunities.pipeline.models import PRESENTATIONS_OF_OPPORTUNITY, Opportunity
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.web import deciding
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.schemas.cards import (
    CardSchema,
    HandSchema,
    LoseSchema,
    MoveSchema,
    NewCardSchema,
    NoteSchema,
)
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.board_address import came_from_board, query
from servicelost.web.ui.board_cards import COLUMN_LABELS, HAND, LOSE, stage_targets
from servicelost.web.ui.card_page import asked_dealership, show_card, show_new_card
from servicelost.web.ui.forms import read_form
from servicelost.web.ui.goals import ask_why
from servicelost.web.ui.refusals import describe
from servicelost.workflow.models.visits import Visit

_CARD = f"/board/cards/{ID}card_id>"
_REFUSED = (Conflict, Forbidden, IllegalMove, InvalidInput, RuleViolation)
Verb = Callable[[Book, Opportunity, Mapping[str, Any]], object]


@page(f"{_CARD}/take", Action.MOVE_CARDS, method="POST")
def take_card(card_id: int) -> ResponseReturnValue:
    """Make me the owner."""
    return _act(card_id, CardSchema(), lambda book, card, _sent: cards.take_card(book, card))


@page(f"{_CARD}/move", Action.MOVE_CARDS, method="POST")
def move_card(card_id: int) -> ResponseReturnValue:
    """Move to a stage; giving it up or handing it on asks for more first."""
    if request.form.get("to") in (LOSE, HAND):
        there = {"from": "board", **query()} if came_from_board() else {}
        asks = url_for(".card", card_id=card_id, open=request.form["to"], **there)
        return redirect(asks, HTTPStatus.SEE_OTHER)
    return _act(card_id, MoveSchema(), _move)


@page(f"{_CARD}/hand", Action.MOVE_CARDS, method="POST")
def hand_card(card_id: int) -> ResponseReturnValue:
    """Give it to somebody else."""
    return _act(card_id, HandSchema(), _hand)


@page(f"{_CARD}/lose", Action.MOVE_CARDS, method="POST")
def lose_card(card_id: int) -> ResponseReturnValue:
    """Record where and why it was lost."""
    return _act(card_id, LoseSchema(), _lose)


@page(f"{_CARD}/undo", Action.MOVE_CARDS, method="POST")
def undo_card(card_id: int) -> ResponseReturnValue:
    """Take back the loss this person has just recorded."""
    return _act(card_id, Schema(), _undo)


@page(f"{_CARD}/note", Action.MOVE_CARDS, method="POST")
def note_card(card_id: int) -> ResponseReturnValue:
    """Keep a few words with it."""
    return _act(card_id, NoteSchema(), lambda book, card, sent: cards.note_card(book, card, sent["note"]))


@page("/board/new", Action.MOVE_CARDS, method="POST", endpoint="add_card")
def add_card() -> ResponseReturnValue:
    """Add a card by hand."""
    actor, runtime = current_actor(), current_runtime()
    try:
        sent = read_form(NewCardSchema(), request.form)
        card_id = runtime.repeated(actor, lambda book: _add(book, sent))
    except _REFUSED as error:
        with runtime.unit(actor, reading=True) as book:
            return show_new_card(book, request.form, describe(error))
    return redirect(url_for(".card", card_id=card_id), HTTPStatus.SEE_OTHER)


def _add(book: Book, sent: Mapping[str, Any]) -> int:
    dealership = asked_dealership(book)
    amount = sent.get("amount")
    return cards.add_card(
        book, dealership, name=sent.get("customer"), phone=sent.get("phone"), service=sent.get("service"),
        amount_minor=None if amount is None else to_minor(amount, dealership.currency), note=sent.get("note"),
        owner_id=book.actor.employee_id if sent.get("mine") else None,
    ).id  # fmt: skip


def _move(book: Book, card: Opportunity, sent: Mapping[str, Any]) -> None:
    if sent["to"] not in COLUMN_LABELS:
        raise InvalidInput("INVALID_FORM", _("There is no such column."))
    cards.move_card(book, card, BoardColumn(sent["to"]))


def _hand(book: Book, card: Opportunity, sent: Mapping[str, Any]) -> None:
    cards.hand_card(book, card, get_visible(book, Employee, sent["employee"]))


def _lose(book: Book, card: Opportunity, sent: Mapping[str, Any]) -> None:
    line_id = line_of_card(book, card)
    if line_id is not None:
        deciding.decline(book, line_id, None, sent)
        return
    event = sent.get("event")
    if event is None:
        raise InvalidInput("INVALID_FORM", _("Say where it was lost: was anybody reached?"))
    reason = deciding.stated_reason(book, book.get(Dealership, card.dealership_id), sent)
    cards.lose_card(book, card, LossEvent(event), reason)


def _undo(book: Book, card: Opportunity, _sent: Mapping[str, Any]) -> None:
    if card.loss_id is None:
        raise RuleViolation("NOTHING_TO_UNDO", _("There is nothing here that you could take back."))
    undo_loss(book, card.loss_id)


def line_of_card(book: Book, card: Opportunity) -> int | None:
    """The line on the card's visit, else the one that opened it."""
    named = book.many(PRESENTATIONS_OF_OPPORTUNITY, card.id)
    here = [row.line_id for row in named if row.visit_id == card.board_visit_id]
    return here[-1] if here else card.line_id


def _act(card_id: int, schema: Schema, verb: Verb) -> ResponseReturnValue:
    actor, runtime = current_actor(), current_runtime()

    def act(book: Book) -> None:
        card = get_visible(book, Opportunity, card_id)
        _check_version(card, sent)
        verb(book, card, sent)

    try:
        sent = read_form(schema, request.form)
        # Repeating is safe: whoever changed the card itself is found by its version each time.
        runtime.repeated(actor, act)
    except NotFound:
        raise
    except _REFUSED as error:
        with runtime.unit(actor, reading=True) as book:
            card = get_visible(book, Opportunity, card_id)
            if error.code == UNDECIDED:
                return redirect(ask_why(card.board_visit_id or 0, request.form["to"]), HTTPStatus.SEE_OTHER)
            problem = describe(_in_plain_words(book, card, error))
            return show_card(book, card_id, problem=problem, typed=request.form)
    return redirect(_back(card_id), HTTPStatus.SEE_OTHER)


def _check_version(card: Opportunity, sent: Mapping[str, Any]) -> None:
    """Refuse a deed on a card that has changed; taking is judged by who has it."""
    if (
        "version" in sent
        and request.endpoint != "servicelost_ui.take_card"
        and sent["version"] != card.version
    ):
        raise Conflict("STALE", "the card was changed meanwhile")


def _in_plain_words(book: Book, card: Opportunity, error: ServiceLostError) -> ServiceLostError:
    place = _(COLUMN_LABELS[card.board_column]) if card.board_column else _("not on the board")
    if error.code == "STALE":
        told = _("Somebody changed this card meanwhile: it is in %(column)s now. Look again.", column=place)
        return Conflict("STALE", told)
    if isinstance(error, IllegalMove):
        visit = book.get(Visit, card.board_visit_id or 0)
        legal = ", ".join(_(label) for _code, label in stage_targets(visit.state)) or _("nowhere")
        told = _(
            "From %(column)s the car cannot go there; it can go to: %(legal)s.", column=place, legal=legal
        )
        return RuleViolation("ILLEGAL_MOVE", told)
    return error


def _back(card_id: int) -> str:
    """The board as it was looked at, or the card's own page if the form stood there."""
    if came_from_board():
        return url_for(".board", moved=card_id, _anchor=f"card-{card_id}", **query())
    return url_for(".card", card_id=card_id, done=1)
