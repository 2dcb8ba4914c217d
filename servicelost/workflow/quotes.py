"""Quotes in versions: drafted, sent, opened, expired; and when one version supersedes another.

What the customer answers is decided line by line, in `decisions`.
"""

from collections.abc import Sequence
from datetime import datetime

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.workflow.blanks import fill_blanks
from servicelost.workflow.facts import LineExpired, QuoteOpened
from servicelost.workflow.guards import check_not_ended, check_on_visit
from servicelost.workflow.history import state_then, workshop_stage_then
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.log import ENTRIES_OF_LINE
from servicelost.workflow.models.quotes import LINES_OF_QUOTE, QUOTES_OF_VISIT, Quote, QuoteLine
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import UNSTATED, Reason
from servicelost.workflow.stated import in_words
from servicelost.workflow.states import (
    LIVE_QUOTE,
    TURNED_DOWN,
    LineAction,
    LineState,
    QuoteAction,
    QuoteState,
)
from servicelost.workflow.transitions import shift_line, shift_quote

_WAITING = frozenset({LineState.RECOMMENDED, LineState.QUOTED})
_OFFERED_BY_DEFAULT = _WAITING | {LineState.NOT_PRESENTED}
_OVER = frozenset({QuoteState.EXPIRED, QuoteState.SUPERSEDED})


def sent_quote(book: Book, visit: Visit, source_id: str | None = None) -> Quote | None:
    """The newest version that was sent, of this source id if one is given."""
    sent = [
        quote
        for quote in book.many(QUOTES_OF_VISIT, visit.id)
        if quote.sent_at is not None and source_id in (None, quote.source_id)
    ]
    return max(sent, key=lambda quote: quote.number, default=None)


def draft_quote(book: Book, visit: Visit, source_id: str | None, valid_until: datetime | None) -> Quote:
    """The version in preparation, begun if there is none."""
    versions = book.many(QUOTES_OF_VISIT, visit.id)
    drafts = [quote for quote in versions if quote.state == QuoteState.DRAFT]
    draft = next(
        (quote for quote in drafts if source_id is None or quote.source_id in (None, source_id)), None
    )
    if draft is None:
        draft = book.add(
            Quote(
                dealership_id=visit.dealership_id,
                visit_id=visit.id,
                number=max((quote.number for quote in versions), default=0) + 1,
                state=QuoteState.DRAFT.value,
            )
        )
    fill_blanks(draft, source_id=source_id)
    draft.valid_until = valid_until or draft.valid_until
    return draft


def send_quote(
    book: Book,
    visit: Visit,
    *,
    at: datetime,
    lines: Sequence[Line] | None = None,
    channel: str | None = None,
    valid_until: datetime | None = None,
    source_id: str | None = None,
) -> Quote:
    """Offer lines to the customer; without `lines`, all that wait for a decision.

    Priced recommendations and work turned down before become QUOTED; what the customer booked stays
    booked. The same offer again changes nothing; else it is the next version, and supersedes those
    whose open lines it repeats.
    """
    check_not_ended(visit)
    check_on_visit(visit, lines or ())
    known = _same_offer(book, visit, at, lines, valid_until, source_id)
    if known is not None:
        return known
    chosen = _lines_to_offer(book, visit, at) if lines is None else lines
    quote = draft_quote(book, visit, source_id, valid_until)
    shift_quote(quote, QuoteAction.SEND)
    quote.sent_at, quote.channel, quote.offers_all = at, channel, lines is None
    for line in chosen:
        _offer(book, quote, line, at)
    _supersede_repeated(book, visit)
    return quote


def offer_late_line(book: Book, visit: Visit, line: Line, at: datetime) -> None:
    """Put a line that waited for a decision from this moment on into the quotes that offered all such since.

    A quote that has run out by now has let the line run out, too.
    """
    versions = sorted(book.many(QUOTES_OF_VISIT, visit.id), key=lambda quote: quote.number)
    for quote in versions:
        if quote.sent_at is None or not quote.offers_all or quote.sent_at < at:
            continue
        if line.state not in _OFFERED_BY_DEFAULT:
            return
        _offer(book, quote, line, quote.sent_at)
        if quote.state == QuoteState.EXPIRED:
            _expire(book, visit, line, quote.valid_until or quote.sent_at, UNSTATED)


def open_quote(book: Book, quote: Quote, *, at: datetime) -> Quote:
    """The customer looked at the quote; told once. An old version can be looked at, too.

    Raises RuleViolation QUOTE_NOT_SENT before the quote was sent.
    """
    _check_sent(quote, at)
    if quote.state == QuoteState.SENT:
        shift_quote(quote, QuoteAction.OPEN)
    if quote.opened_at is None:
        quote.opened_at = at
        book.publish(QuoteOpened(quote, book.get(Visit, quote.visit_id), at))
    quote.opened_at = min(quote.opened_at, at)
    return quote


def expire_quote(book: Book, quote: Quote, *, at: datetime, reason: Reason = UNSTATED) -> Quote:
    """The offer ran out: its lines without an answer expire, unless another live version offers them."""
    if quote.state in _OVER:
        return quote
    _check_sent(quote, at)
    shift_quote(quote, QuoteAction.EXPIRE)
    visit = book.get(Visit, quote.visit_id)
    for line in _waiting_lines(book, quote):
        if stands_in_live_quote(book, visit, line):
            continue
        _expire(book, visit, line, at, reason)
    return quote


def stands_in_live_quote(book: Book, visit: Visit, line: Line) -> bool:
    """Whether a version that was sent and is neither expired nor superseded offers the line."""
    live = [quote for quote in book.many(QUOTES_OF_VISIT, visit.id) if quote.state in LIVE_QUOTE]
    return any(row.line_id == line.id for quote in live for row in book.many(LINES_OF_QUOTE, quote.id))


def _expire(book: Book, visit: Visit, line: Line, at: datetime, reason: Reason) -> None:
    shift_line(book, line, LineAction.EXPIRE, at, in_words(reason))
    book.publish(LineExpired(line, visit, at, reason, workshop_stage_then(book, visit, at)))


def _lines_to_offer(book: Book, visit: Visit, at: datetime) -> list[Line]:
    """The lines that waited for a decision at that moment, though it may be known by now."""
    lines = book.many(LINES_OF_VISIT, visit.id)
    return [line for line in lines if _state_then(book, line, at) in _OFFERED_BY_DEFAULT]


def _state_then(book: Book, line: Line, at: datetime) -> str | None:
    if line.decided_at is None or line.decided_at <= at:
        return line.state if line.created_at <= at else None
    return state_then(book.many(ENTRIES_OF_LINE, line.id), at)


def _offer(book: Book, quote: Quote, line: Line, at: datetime) -> None:
    book.add(
        QuoteLine(
            quote_id=quote.id,
            line_id=line.id,
            amount_minor=line.amount_minor,
            labour_minor=line.labour_minor,
            parts_minor=line.parts_minor,
            centihours=line.centihours,
        )
    )
    line.presented_at = at if line.presented_at is None else min(line.presented_at, at)
    if _becomes_quoted(book, line, at):
        shift_line(book, line, LineAction.QUOTE, at)


def _becomes_quoted(book: Book, line: Line, at: datetime) -> bool:
    """Whether this offer asks for an answer: booked work stays booked, a newer answer stands."""
    if line.amount_minor is None:
        return False
    if line.state in TURNED_DOWN and line.state != LineState.NOT_PRESENTED:
        return all(entry.occurred_at < at for entry in book.many(ENTRIES_OF_LINE, line.id))
    return line.state in (LineState.RECOMMENDED, LineState.NOT_PRESENTED)


def _same_offer(
    book: Book,
    visit: Visit,
    at: datetime,
    lines: Sequence[Line] | None,
    valid_until: datetime | None,
    source_id: str | None,
) -> Quote | None:
    """A version sent already that this one only repeats."""
    for quote in book.many(QUOTES_OF_VISIT, visit.id):
        if quote.sent_at is None or quote.source_id != source_id:
            continue
        if valid_until not in (None, quote.valid_until):
            continue
        if (lines is None and quote.sent_at == at) or _repeats(book, visit, quote, at, lines):
            return quote
    return None


def _repeats(book: Book, visit: Visit, quote: Quote, at: datetime, lines: Sequence[Line] | None) -> bool:
    chosen = _lines_to_offer(book, visit, at) if lines is None else lines
    offered = {(row.line_id, row.amount_minor) for row in book.many(LINES_OF_QUOTE, quote.id)}
    if offered != {(line.id, line.amount_minor) for line in chosen}:
        return False
    if quote.sent_at is not None and at <= quote.sent_at:
        return True
    return quote.state in LIVE_QUOTE and not any(_becomes_quoted(book, line, at) for line in chosen)


def _supersede_repeated(book: Book, visit: Visit) -> None:
    """End each live version whose open lines are all in one sent after it, whatever order they came in."""
    live = [quote for quote in book.many(QUOTES_OF_VISIT, visit.id) if quote.state in LIVE_QUOTE]
    live.sort(key=lambda quote: (quote.sent_at, quote.number))
    for place, older in enumerate(live):
        open_ids = {line.id for line in _waiting_lines(book, older)}
        repeated = {row.line_id for newer in live[place + 1 :] for row in book.many(LINES_OF_QUOTE, newer.id)}
        if live[place + 1 :] and open_ids <= repeated:
            shift_quote(older, QuoteAction.SUPERSEDE)


def _waiting_lines(book: Book, quote: Quote) -> list[Line]:
    lines = [book.get(Line, row.line_id) for row in book.many(LINES_OF_QUOTE, quote.id)]
    return [line for line in lines if line.state in _WAITING]


def _check_sent(quote: Quote, at: datetime) -> None:
    if quote.sent_at is None or at < quote.sent_at:
        sent = "was never sent" if quote.sent_at is None else f"was sent only at {quote.sent_at.isoformat()}"
        message = f"quote {quote.source_id or quote.number} {sent}"
        expected = "a moment after the quote was sent"
        raise RuleViolation("QUOTE_NOT_SENT", message, field="at", value=at.isoformat(), expected=expected)
