"""Lines: work booked or recommended on a visit, and its price.

What is decided about a line stands in `decisions`, whether it is done in `work`, offers in `quotes`.
"""

from dataclasses import dataclass
from datetime import datetime

from servicelost.kernel.book import Book
from servicelost.taxonomy.paytypes import PayType
from servicelost.taxonomy.severity import Severity
from servicelost.workflow.blanks import fill_blanks
from servicelost.workflow.endings import state_unpresented_lines
from servicelost.workflow.facts import LineAdded, LinePriced, LineReopened
from servicelost.workflow.guards import check_not_ended
from servicelost.workflow.history import is_late, is_overtaken, price_stands_since
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.log import ENTRIES_OF_LINE
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.prices import Price, PricedAs, price_of_line, set_price
from servicelost.workflow.quotes import draft_quote, offer_late_line, stands_in_live_quote
from servicelost.workflow.states import (
    LINE_MACHINE,
    TURNED_DOWN,
    LineAction,
    LineState,
    VisitState,
)
from servicelost.workflow.transitions import log_line, shift_line

# The price of these is history.
_PRICE_STANDS = frozenset(
    {LineState.INVOICED, LineState.CANCELLED, LineState.REMOVED, LineState.NOT_PERFORMED}
)


@dataclass(frozen=True, kw_only=True)
class LineDraft:
    """A line as a source states it: money net of tax in minor units, hours times 100."""

    source: str
    source_id: str
    labor_operation_id: int | None = None
    category_id: int | None = None
    position: str | None = None
    description: str | None = None
    severity: Severity | None = None
    pay_type: PayType | None = None
    labour_minor: int | None = None
    parts_minor: int | None = None
    amount_minor: int | None = None
    centihours: int | None = None
    part_number: str | None = None
    skill: str | None = None
    technician_id: int | None = None
    complaint: str | None = None
    cause_text: str | None = None
    correction: str | None = None

    @property
    def price(self) -> Price:
        """The price as far as stated; raises InvalidInput when it contradicts itself."""
        return Price(self.amount_minor, self.labour_minor, self.parts_minor, self.centihours)

    def words(self) -> dict[str, int | str | None]:
        """Everything but the name and the price, as the line's columns hold it."""
        return {
            "labor_operation_id": self.labor_operation_id,
            "category_id": self.category_id,
            "position": self.position,
            "description": self.description,
            "severity": self.severity.value if self.severity else None,
            "pay_type": self.pay_type.value if self.pay_type else None,
            "part_number": self.part_number,
            "skill": self.skill,
            "technician_id": self.technician_id,
            "complaint": self.complaint,
            "cause_text": self.cause_text,
            "correction": self.correction,
        }


def find_line(book: Book, visit: Visit, source: str, source_id: str) -> Line | None:
    """The line of the visit that this system knows by this id."""
    lines = book.many(LINES_OF_VISIT, visit.id)
    return next((line for line in lines if (line.source, line.source_id) == (source, source_id)), None)


def visit_of(book: Book, line: Line) -> Visit:
    """The visit the line stands on."""
    return book.get(Visit, line.visit_id)


def book_line(book: Book, visit: Visit, draft: LineDraft, *, at: datetime) -> Line:
    """Work the customer asked for; sent again it fills blanks and takes a newer price.

    A line that was taken off before is wanted again with this.
    """
    known = find_line(book, visit, draft.source, draft.source_id)
    if known is None:
        return _add_line(book, visit, draft, at, LineAction.BOOK, LineState.BOOKED)
    if known.state == LineState.REMOVED and known.decided_at is not None and at > known.decided_at:
        check_not_ended(visit)
        shift_line(book, known, LineAction.REOPEN, at)
        book.publish(LineReopened(known, visit, at))
    return _state_again(book, visit, known, draft, at, LineAction.BOOK)


def recommend_line(book: Book, visit: Visit, draft: LineDraft, *, at: datetime) -> Line:
    """Work somebody found; sent again it fills blanks and takes a newer price.

    One that reaches us when the order is closed already was, as far as known, never presented.
    """
    known = find_line(book, visit, draft.source, draft.source_id)
    if known is not None:
        return _state_again(book, visit, known, draft, at, LineAction.RECOMMEND)
    line = _add_line(book, visit, draft, at, LineAction.RECOMMEND, LineState.RECOMMENDED)
    if visit.state == VisitState.CLOSED:
        state_unpresented_lines(book, visit, max(at, visit.closed_at or at))
    return line


def quote_line(
    book: Book,
    line: Line,
    *,
    at: datetime,
    labour_minor: int | None = None,
    parts_minor: int | None = None,
    amount_minor: int | None = None,
    centihours: int | None = None,
    quote_source_id: str | None = None,
    valid_until: datetime | None = None,
) -> Line:
    """Price the line for the customer and put it into the next version of the quote.

    The state stays until the quote is sent; only work that was turned down is thereby offered anew.
    """
    visit = visit_of(book, line)
    price = Price(amount_minor, labour_minor, parts_minor, centihours)
    if is_overtaken(book, line, visit, LineAction.QUOTE, at) or _ran_out_since(book, line, at):
        entries = book.many(ENTRIES_OF_LINE, line.id)
        if price.is_stated and (line.amount_minor is None or price_stands_since(entries, line, at)):
            _reprice_past(book, line, visit, price, at)
        else:
            log_line(book, line, LineAction.QUOTE, at, before=line.state, named_minor=price.amount_minor)
        return line
    check_not_ended(visit)
    LINE_MACHINE.next(LineState(line.state), LineAction.QUOTE)
    changed = reprice(book, line, visit, price, at, PricedAs.QUOTED, LineAction.QUOTE)
    if changed or not stands_in_live_quote(book, visit, line):
        draft_quote(book, visit, quote_source_id, valid_until)
    if line.state in TURNED_DOWN:
        shift_line(book, line, LineAction.QUOTE, at)
    return line


def reprice(
    book: Book, line: Line, visit: Visit, price: Price, at: datetime, priced_as: PricedAs, action: LineAction
) -> bool:
    """Give the line a new price, log it and tell; whether anything changed."""
    if not set_price(line, price, priced_as):
        return False
    log_line(book, line, action, at, before=line.state)
    book.publish(LinePriced(line, visit, at))
    return True


def _ran_out_since(book: Book, line: Line, at: datetime) -> bool:
    """Whether the offer ran out, or was found never to have been made, after this price was named."""
    if line.state not in (LineState.EXPIRED, LineState.NOT_PRESENTED):
        return False
    entries = book.many(ENTRIES_OF_LINE, line.id)
    return is_late((entry for entry in entries if entry.to_state != entry.from_state), at)


def _reprice_past(book: Book, line: Line, visit: Visit, price: Price, at: datetime) -> None:
    """A price that was named before the newest decision and comes after it: it was decided on this price."""
    agreed_to_it = line.authorized_minor is not None and line.authorized_minor == line.amount_minor
    changed = set_price(line, price, PricedAs.QUOTED)
    if changed and agreed_to_it:
        line.authorized_minor = line.amount_minor
    log_line(book, line, LineAction.QUOTE, at, before=line.state)
    if changed:
        book.publish(LinePriced(line, visit, at))


def _add_line(
    book: Book, visit: Visit, draft: LineDraft, at: datetime, action: LineAction, state: LineState
) -> Line:
    check_not_ended(visit)
    price = draft.price
    line = Line(
        dealership_id=visit.dealership_id,
        visit_id=visit.id,
        source=draft.source,
        source_id=draft.source_id,
        state=state.value,
        origin=state.value,
        amount_minor=price.amount_minor,
        labour_minor=price.labour_minor,
        parts_minor=price.parts_minor,
        centihours=price.centihours,
        priced_as=PricedAs(state.value).value if price.is_stated else None,
        created_at=at,
        **draft.words(),
    )
    book.add(line)
    log_line(book, line, action, at, before=None)
    book.publish(LineAdded(line, visit, at))
    offer_late_line(book, visit, line, at)
    return line


def _state_again(
    book: Book, visit: Visit, line: Line, draft: LineDraft, at: datetime, action: LineAction
) -> Line:
    fill_blanks(line, **draft.words())
    price = draft.price
    if line.state in _PRICE_STANDS or _same_price(line, price):
        return line
    if line.amount_minor is None or _is_newest_word(book, line, at):
        reprice(book, line, visit, price, at, PricedAs(line.origin), action)
    return line


def _is_newest_word(book: Book, line: Line, at: datetime) -> bool:
    """Whether nothing newer is known; of two words of one moment, a quote is the last."""
    newest = max(entry.occurred_at for entry in book.many(ENTRIES_OF_LINE, line.id))
    return at > newest or (at == newest and line.priced_as != PricedAs.QUOTED)


def _same_price(line: Line, price: Price) -> bool:
    """Whether what the price states is what the line has."""
    present = price_of_line(line)
    pairs = (
        (price.amount_minor, present.amount_minor),
        (price.labour_minor, present.labour_minor),
        (price.parts_minor, present.parts_minor),
        (price.centihours, present.centihours),
    )
    return all(stated is None or stated == known for stated, known in pairs)
