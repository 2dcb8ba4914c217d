"""What a person is told after a deed on a card: where it is now, and how to take a loss back for a minute."""

from flask import request, url_for

from servicelost.directory.models import Employee
from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.web.languages import gettext as _
from servicelost.web.ui.board_address import query
from servicelost.web.ui.board_cards import COLUMN_LABELS
from servicelost.web.ui.frame import Message, say
from servicelost.workflow.appointment_undo import UNDO_FOR


def say_where_it_is(book: Book, card_id: int | None) -> None:
    """Say where the card of this id is, if the person may see it."""
    card = None if card_id is None else book.find(Opportunity, card_id)
    if card is None or not book.actor.may_see(card.dealership_id):
        return
    loss = None if card.loss_id is None else book.find(LedgerEntry, card.loss_id)
    if loss is not None and loss.recorded_by == book.actor.name and book.now - loss.recorded_at <= UNDO_FOR:
        say(Message(_("It is recorded as lost."), undo_url=_undo_url(card)))
    else:
        say(Message(_place(book, card)))


def _undo_url(card: Opportunity) -> str:
    on_board = "moved" in request.args
    return url_for(".undo_card", card_id=card.id, **({"from": "board", **query()} if on_board else {}))


def _place(book: Book, card: Opportunity) -> str:
    if card.board_column is None:
        return _("The card has left the board.")
    column = _(COLUMN_LABELS[card.board_column])
    if card.board_owner_id is None:
        return _("It is in %(column)s now.", column=column)
    owner = book.get(Employee, card.board_owner_id).name
    return _("The card of %(owner)s is in %(column)s now.", owner=owner, column=column)
