"""One visit as its page shows it: the car, the lines with what was decided and why, the sums.

Only reading and arranging; what can be decided is said by the workflow's own tables.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from servicelost.directory.models import Competitor, Customer, Dealership, Employee, ServiceCategory, Vehicle
from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.models import EntryKind, LedgerEntry
from servicelost.opportunities.pipeline.leaving import UNDECIDED_OFFERS
from servicelost.opportunities.pipeline.models import Presentation
from servicelost.taxonomy.causes import CAUSES, Cause
from servicelost.taxonomy.stages import STAGES, Stage
from servicelost.web.languages import gettext as _
from servicelost.web.ui.earlier_work import Earlier, earlier_work
from servicelost.web.ui.labels import LINE_MARKS, VISIT_MARKS, Mark
from servicelost.web.ui.open_problems import Told, open_problems
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.quotes import QUOTES_OF_VISIT, Quote
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import LINE_MACHINE, LineAction, LineState, VisitState

_TRACK = tuple(stage for stage in Stage if stage is not Stage.LEAD)
# A booking that is only planned is called off as a whole, with its appointment.
_NOTHING_TO_DECIDE = (VisitState.PLANNING, VisitState.CANCELLED, VisitState.TURNED_AWAY)
_ACTS = {
    "approve": LineAction.AUTHORIZE,
    "decline": LineAction.DECLINE,
    "defer": LineAction.DEFER,
    "remove": LineAction.REMOVE,
}
_AGREED = (LineState.AUTHORIZED, LineState.BOOKED)
_SEVERITY_ORDER = {"RED": 0, "YELLOW": 1, "GREEN": 2, None: 3}


@dataclass
class LineView:
    """A line with its words; `acts` are what can be done with it now."""

    row: Line
    name: str
    mark: Mark
    acts: frozenset[str]
    why: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.row.state in UNDECIDED_OFFERS


@dataclass
class VisitView:
    """A visit with all its page shows."""

    row: Visit
    dealership: Dealership
    mark: Mark
    customer: Customer | None
    vehicle: Vehicle | None
    advisor: str | None
    lines: list[LineView]
    earlier: list[Earlier]
    problems: list[Told]
    quote: Quote | None
    services: Mapping[int, str]
    track: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def undecided(self) -> list[LineView]:
        """The lines that can be decided and that nobody has decided."""
        return [line for line in self.lines if line.is_open and line.acts]

    @property
    def sums(self) -> Mapping[str, int]:
        """What the lines come to in minor units, by tone of their state; open ones under `open`."""
        found: dict[str, int] = {}
        for line in self.lines:
            tone = "open" if line.is_open else line.mark.tone
            found[tone] = found.get(tone, 0) + (line.row.amount_minor or 0)
        return found


def view_visit(book: Book, visit: Visit) -> VisitView:
    """Everything the page of the visit shows."""
    lines = sorted(book.many(LINES_OF_VISIT, visit.id), key=_place)
    services = _services(book, [line.category_id for line in lines])
    return VisitView(
        row=visit,
        dealership=book.get(Dealership, visit.dealership_id),
        mark=VISIT_MARKS[visit.state],
        customer=None if visit.customer_id is None else book.find(Customer, visit.customer_id),
        vehicle=None if visit.vehicle_id is None else book.find(Vehicle, visit.vehicle_id),
        advisor=None if visit.advisor_id is None else book.get(Employee, visit.advisor_id).name,
        lines=_line_views(book, visit, lines, services),
        earlier=earlier_work(book, visit),
        problems=open_problems(book, visit),
        quote=_newest_quote(book, visit),
        services=services,
        track=[(STAGES[stage].label, stage == visit.stage) for stage in _TRACK],
    )


def _newest_quote(book: Book, visit: Visit) -> Quote | None:
    """The newest version that went out to the customer."""
    sent = [quote for quote in book.many(QUOTES_OF_VISIT, visit.id) if quote.sent_at is not None]
    return max(sent, key=lambda quote: quote.number, default=None)


def _place(line: Line) -> tuple[bool, int, int]:
    return (line.origin != "BOOKED", _SEVERITY_ORDER[line.severity], line.id)


def _services(book: Book, ids: Iterable[int | None]) -> dict[int, str]:
    known = [row_id for row_id in ids if row_id is not None]
    book.preload_ids(ServiceCategory, known)
    return {row_id: book.get(ServiceCategory, row_id).name for row_id in known}


def _line_views(book: Book, visit: Visit, lines: list[Line], services: Mapping[int, str]) -> list[LineView]:
    losses = _losses(book, [line.id for line in lines])
    views = []
    for line in lines:
        name = line.description or services.get(line.category_id or 0) or line.source_id
        loss = losses.get(line.id)
        views.append(
            LineView(
                line,
                _with_position(name, line.position),
                LINE_MARKS[line.state],
                frozenset() if visit.state in _NOTHING_TO_DECIDE else _acts(line),
                _why(book, line, loss),
            )
        )
    return views


def _acts(line: Line) -> frozenset[str]:
    state = LineState(line.state)
    acts = {name for name, action in _ACTS.items() if LINE_MACHINE.can(state, action)}
    return frozenset(acts - {"approve"} if state in _AGREED else acts)


def _with_position(name: str, position: str | None) -> str:
    words = (position or "").replace("_", " ").lower()
    return name if not words or words in name.lower() else f"{name}, {words}"


def _losses(book: Book, line_ids: list[int]) -> dict[int, LedgerEntry]:
    """The latest LOSS of each line, found by the opportunities the lines were presented for."""
    presented = select(Presentation.opportunity_id).where(Presentation.line_id.in_(line_ids))
    found = book.connection.scalars(
        select(LedgerEntry.id)
        .where(
            LedgerEntry.opportunity_id.in_(presented),
            LedgerEntry.line_id.in_(line_ids),
            LedgerEntry.kind == EntryKind.LOSS,
        )
        .order_by(LedgerEntry.id)
    ).all()
    book.preload_ids(LedgerEntry, found)
    return {entry.line_id or 0: entry for entry in (book.get(LedgerEntry, entry_id) for entry_id in found)}


def _why(book: Book, line: Line, loss: LedgerEntry | None) -> str | None:
    """The recorded reason in words, as long as the line stands where the loss put it."""
    if loss is None or LINE_MARKS[line.state].tone != "lost":
        return None
    words = [_(CAUSES[Cause(loss.cause)].label).lower()]
    if loss.competitor_id is not None:
        words.append(book.get(Competitor, loss.competitor_id).name)
    if loss.note:
        words.append(loss.note)
    return ", ".join(words)
