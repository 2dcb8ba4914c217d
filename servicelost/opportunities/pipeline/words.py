"""The last word about each line of a need: sold, agreed, refused, put off, or none yet.

Read from the lines and their logs as they stand, never from the order in which they were told.
"""

from collections.abc import Sequence
from datetime import datetime

from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.entries import Sale
from servicelost.opportunities.ledger.gate import is_loss
from servicelost.opportunities.ledger.models import RevenueBasis
from servicelost.opportunities.pipeline.courses import Outcome, Word
from servicelost.opportunities.pipeline.decisions import SOLD_STATES
from servicelost.opportunities.pipeline.models import Presentation
from servicelost.opportunities.pipeline.rebooking import BOOKING_EVENTS, came_since
from servicelost.opportunities.pipeline.settling import Refusal
from servicelost.opportunities.pipeline.states import DecisionKind
from servicelost.opportunities.pipeline.told import refusal_of_line
from servicelost.workflow.history import standing
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import ENTRIES_OF_LINE, LineEntry
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import LineAction, LineState, VisitState

_A = LineAction
_REFUSED = frozenset(
    {LineState.DECLINED, LineState.REMOVED, LineState.NOT_PRESENTED, LineState.EXPIRED, LineState.CANCELLED,
     LineState.NOT_PERFORMED, LineState.DEFERRED}
)  # fmt: skip
_YES = frozenset({_A.AUTHORIZE, _A.BOOK, _A.REOPEN, _A.START, _A.COMPLETE, _A.REWORK, _A.INVOICE})
_NO = frozenset(
    {_A.DECLINE, _A.REMOVE, _A.EXPIRE, _A.LEAVE_UNPRESENTED, _A.NOT_PERFORM, _A.REJECT_QUALITY, _A.CANCEL}
)
_SAID = (_YES | _NO | {_A.DEFER}) - {_A.LEAVE_UNPRESENTED}


def words_of(book: Book, presented: Sequence[Presentation]) -> list[Word] | None:
    """The word of each line; None when of a refused one nobody kept what was said."""
    lines = {row.line_id: book.get(Line, row.line_id) for row in presented}
    words = [_word(book, row, lines) for row in presented]
    found = [word for word in words if word is not None]
    return found if len(found) == len(words) else None


def _word(book: Book, row: Presentation, lines: dict[int, Line]) -> Word | None:
    line, visit = lines[row.line_id], book.get(Visit, row.visit_id)
    entries = sorted(
        standing(book.many(ENTRIES_OF_LINE, line.id)), key=lambda entry: (entry.occurred_at, entry.id)
    )
    if line.state in SOLD_STATES:
        return _agreed(row, line, visit, entries)
    refusal = refusal_of_line(row)
    missed = refusal is not None and line.state == LineState.BOOKED and refusal.event in BOOKING_EVENTS
    if refusal is None and line.state == LineState.CANCELLED and _came_again(book, visit, entries):
        return Word(line.id, visit.id, _name(line), row.presented_at, row.presented_at, Outcome.OPEN)
    if line.state in _REFUSED or missed:
        return None if refusal is None else _refused(book, row, line, visit, entries, refusal, lines)
    return Word(line.id, visit.id, _name(line), row.presented_at, row.presented_at, Outcome.OPEN)


def _agreed(row: Presentation, line: Line, visit: Visit, entries: Sequence[LineEntry]) -> Word:
    sale = _sale(line, visit, entries)
    at = sale.at if sale else (line.decided_at or row.presented_at)
    outcome = Outcome.SOLD if sale else Outcome.AGREED
    return Word(line.id, visit.id, _name(line), row.presented_at, at, outcome, sale=sale)


def _refused(
    book: Book, row: Presentation, line: Line, visit: Visit, entries: Sequence[LineEntry], refusal: Refusal,
    lines: dict[int, Line],
) -> Word:  # fmt: skip
    outcome = _outcome(book, row, visit, refusal)
    met = any(
        other.visit_id == visit.id and other.id != line.id and other.state in SOLD_STATES
        for other in lines.values()
    )
    return Word(
        line.id, visit.id, _name(line), row.presented_at, refusal.at, outcome, refusal,
        _first_no(entries, refusal), row.put_off_until, row.put_off_until_km, met=met,
    )  # fmt: skip


def _outcome(book: Book, row: Presentation, visit: Visit, refusal: Refusal) -> Outcome:
    if refusal.event in BOOKING_EVENTS and came_since(book, visit, refusal.at):
        return Outcome.OPEN
    if not is_loss(refusal.event, refusal.reason.cause):
        return Outcome.CLOSED
    put_off = row.put_off_until is not None or row.put_off_until_km is not None
    return Outcome.PUT_OFF if put_off and refusal.kind is not DecisionKind.LAPSED else Outcome.LOST


def _came_again(book: Book, visit: Visit, entries: Sequence[LineEntry]) -> bool:
    """Whether the booking the line was given up with was made up for, so that nothing was said against it."""
    given_up = [entry.occurred_at for entry in entries if entry.action == _A.CANCEL]
    return bool(given_up) and came_since(book, visit, given_up[-1])


def _sale(line: Line, visit: Visit, entries: Sequence[LineEntry]) -> Sale | None:
    """When the line was sold for the first time, and what for in the end."""
    closed_at = visit.closed_at if visit.state == VisitState.CLOSED else None
    if line.invoiced_minor is None:
        if closed_at is None:
            return None
        amount = line.amount_minor if line.authorized_minor is None else line.authorized_minor
        return Sale(amount or 0, RevenueBasis.AUTHORIZED, closed_at, visit.id, line.id)
    at = min(entry.occurred_at for entry in entries if entry.action == _A.INVOICE)
    if closed_at is not None and closed_at < at and _wanted(entries, closed_at):
        at = closed_at
    return Sale(line.invoiced_minor, RevenueBasis.INVOICED, at, visit.id, line.id)


def _wanted(entries: Sequence[LineEntry], at: datetime) -> bool:
    """Whether the newest word of that moment was a yes; what closing itself made of the line is none."""
    words = [entry.action for entry in entries if entry.occurred_at <= at and entry.action in _SAID]
    return bool(words) and words[-1] in _YES


def _first_no(entries: Sequence[LineEntry], refusal: Refusal) -> datetime:
    """When the run of refusals began that this one belongs to."""
    first: datetime | None = None
    for entry in entries:
        if entry.occurred_at > refusal.at:
            break
        if entry.action in _NO:
            first = first or entry.occurred_at
        elif entry.action in _YES or entry.action == _A.DEFER:
            first = None
    return first or refusal.at


def _name(line: Line) -> str:
    return f"{line.source}/{line.source_id}"
