"""A consent that is told only after what followed from it: the work, its invoice, or a later refusal.

It is put in at its own time; the state of the line is that of the newer word.
"""

from datetime import datetime

from servicelost.kernel.book import Book
from servicelost.workflow.blanks import fill_blanks
from servicelost.workflow.facts import LineAuthorized
from servicelost.workflow.history import is_late, price_then
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import ENTRIES_OF_LINE, LineEntry
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.prices import Price
from servicelost.workflow.stated import IMPLIED
from servicelost.workflow.states import LineAction
from servicelost.workflow.transitions import log_line


def agree_before_work(book: Book, line: Line, visit: Visit, at: datetime, price: Price) -> None:
    """The consent to work under way or invoiced came late; one only implied by an invoice gives way."""
    agreed_minor = line.amount_minor if price.amount_minor is None else price.amount_minor
    entries = book.many(ENTRIES_OF_LINE, line.id)
    known = any(entry.note != IMPLIED for entry in _consents(book, line))
    if known or not is_late(entries, at):
        fill_blanks(line, decided_at=at, authorized_minor=agreed_minor)
        return
    if line.decided_at is None or at >= line.decided_at:
        line.decided_at, line.authorized_minor = at, agreed_minor
    fill_blanks(line, authorized_minor=agreed_minor)
    log_line(book, line, LineAction.AUTHORIZE, at, before=line.state, named_minor=agreed_minor)
    book.publish(LineAuthorized(line, visit, at))


def agree_before_refusal(book: Book, line: Line, at: datetime) -> None:
    """The consent came after the word that took it back: what was agreed to then is known now."""
    if all(entry.occurred_at <= at for entry in _consents(book, line)):
        line.authorized_minor = price_then(book.many(ENTRIES_OF_LINE, line.id), at)
    fill_blanks(line, decided_at=at)


def _consents(book: Book, line: Line) -> list[LineEntry]:
    return [entry for entry in book.many(ENTRIES_OF_LINE, line.id) if entry.action == LineAction.AUTHORIZE]
