"""Every verb of the workflow as a move that a random test can make on one booking and its visit.

No expectation stands here; tests say what must hold after any sequence of moves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from servicelost.kernel.book import Book
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.parties import Party
from servicelost.taxonomy.stages import Stage
from servicelost.workflow import appointments, decisions, invoices, lines, quotes, visits, work
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.quotes import QUOTES_OF_VISIT
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason
from tests.factories import DEALERSHIP, make_appointment, make_booked, make_draft, make_recommended

REASONS = (
    Reason(cancelled_by=Party.CUSTOMER),
    Reason(cause=Cause.PRICE_TOO_HIGH, decided_by=Party.CUSTOMER, cancelled_by=Party.CUSTOMER),
    Reason(cancelled_by=Party.DEALER, note="nobody said why"),
    Reason(),
)


@dataclass(frozen=True)
class Scene:
    """One appointment, the visit it plans, a booked and two recommended lines."""

    book: Book
    appointment: Appointment
    visit: Visit
    name: str

    @property
    def lines(self) -> list[Line]:
        """The lines of the visit, in the order they were added."""
        return self.book.many(LINES_OF_VISIT, self.visit.id)


@dataclass(frozen=True)
class Turn:
    """When a move happens, on which line, and one number for whatever else it must choose."""

    at: datetime
    line: int
    choice: int

    @property
    def reason(self) -> Reason:
        """What is said about why."""
        return REASONS[self.choice % len(REASONS)]


def make_scene(book: Book, name: str) -> Scene:
    """A scene whose sources' ids all begin with the name."""
    appointment = make_appointment(book, source_id=f"{name}-A")
    visit = book.get(Visit, appointment.visit_id)
    make_booked(book, visit, source_id="1")
    make_recommended(book, visit, source_id="2")
    make_recommended(book, visit, source_id="3", labour_minor=None, parts_minor=None)
    return Scene(book, appointment, visit, name)


def _line(scene: Scene, turn: Turn) -> Line:
    return scene.lines[turn.line % len(scene.lines)]


def _reschedule(scene: Scene, turn: Turn) -> None:
    later = turn.at + timedelta(hours=1 + turn.choice)
    appointments.reschedule_appointment(scene.book, scene.appointment, at=turn.at, scheduled_at=later)


def _open(scene: Scene, turn: Turn) -> None:
    visits.open_visit(
        scene.book, dealership_id=DEALERSHIP, source="dms", source_id=f"{scene.name}-RO", at=turn.at,
        appointment=scene.appointment,
    )  # fmt: skip


def _move(scene: Scene, turn: Turn) -> None:
    visits.move_visit(scene.book, scene.visit, list(Stage)[turn.choice % len(Stage)], at=turn.at)


def _send(scene: Scene, turn: Turn) -> None:
    chosen = None if turn.choice % 2 else scene.lines
    until = turn.at + timedelta(hours=turn.choice)
    quotes.send_quote(scene.book, scene.visit, at=turn.at, lines=chosen, valid_until=until)


def _answer_quote(scene: Scene, turn: Turn) -> None:
    for quote in scene.book.many(QUOTES_OF_VISIT, scene.visit.id)[turn.choice :]:
        (quotes.open_quote if turn.line else quotes.expire_quote)(scene.book, quote, at=turn.at)


def _quote(scene: Scene, turn: Turn) -> None:
    lines.quote_line(scene.book, _line(scene, turn), at=turn.at, amount_minor=1000 * turn.choice)


def _authorize(scene: Scene, turn: Turn) -> None:
    amount = None if turn.choice % 2 else 500 * turn.choice
    decisions.authorize_line(scene.book, _line(scene, turn), at=turn.at, amount_minor=amount)


def _defer(scene: Scene, turn: Turn) -> None:
    until = (turn.at + timedelta(days=turn.choice)).date()
    decisions.defer_line(scene.book, _line(scene, turn), at=turn.at, until=until, reason=turn.reason)


def _reduce(scene: Scene, turn: Turn) -> None:
    decisions.reduce_line(scene.book, _line(scene, turn), at=turn.at, amount_minor=2000 * turn.choice)


def _fail(scene: Scene, turn: Turn) -> None:
    failed, left = [_line(scene, turn)], bool(turn.choice % 2)
    work.fail_quality(
        scene.book, scene.visit, at=turn.at, lines=failed, customer_left=left, reason=turn.reason
    )


def _invoice(scene: Scene, turn: Turn) -> None:
    line = _line(scene, turn)
    invoices.post_invoice(
        scene.book, scene.visit, source="dms", source_id=f"{scene.name}-{line.source_id}-{turn.choice}",
        at=turn.at, business_day=turn.at.date(), lines=[invoices.InvoicedLine(line, amount_minor=7000)],
    )  # fmt: skip


MOVES: Mapping[str, Callable[[Scene, Turn], object]] = {
    "confirm": lambda s, t: appointments.confirm_appointment(s.book, s.appointment, at=t.at),
    "reschedule": _reschedule,
    "cancel appointment": lambda s, t: appointments.cancel_appointment(
        s.book, s.appointment, at=t.at, reason=t.reason
    ),
    "no-show": lambda s, t: appointments.mark_no_show(s.book, s.appointment, at=t.at, reason=t.reason),
    "arrive": lambda s, t: appointments.arrive(s.book, s.appointment, at=t.at),
    "turn away": lambda s, t: visits.turn_away_visit(s.book, s.visit, at=t.at, reason=t.reason),
    "open": _open,
    "move": _move,
    "cancel visit": lambda s, t: visits.cancel_visit(s.book, s.visit, at=t.at, reason=t.reason),
    "deliver": lambda s, t: visits.deliver_visit(s.book, s.visit, at=t.at),
    "close": lambda s, t: visits.close_visit(s.book, s.visit, at=t.at),
    "book": lambda s, t: lines.book_line(s.book, s.visit, make_draft(source_id=f"b{t.choice}"), at=t.at),
    "recommend": lambda s, t: lines.recommend_line(
        s.book, s.visit, make_draft(source_id=f"r{t.choice}"), at=t.at
    ),
    "quote": _quote,
    "send": _send,
    "open or expire quote": _answer_quote,
    "authorize": _authorize,
    "decline": lambda s, t: decisions.decline_line(s.book, _line(s, t), at=t.at, reason=t.reason),
    "defer": _defer,
    "remove": lambda s, t: decisions.remove_line(s.book, _line(s, t), at=t.at, reason=t.reason),
    "reduce": _reduce,
    "start": lambda s, t: work.start_line(s.book, _line(s, t), at=t.at),
    "complete": lambda s, t: work.complete_line(s.book, _line(s, t), at=t.at),
    "not perform": lambda s, t: work.not_perform_line(s.book, _line(s, t), at=t.at, reason=t.reason),
    "pass": lambda s, t: work.pass_quality(s.book, s.visit, at=t.at),
    "fail": _fail,
    "invoice": _invoice,
}
