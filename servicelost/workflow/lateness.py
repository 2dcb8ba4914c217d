"""What is told after the end of a visit and happened before it: the end is judged anew for its lines.

Closing an order judges silence (never presented, taken as done), calling it off gives up what was agreed.
What comes later and happened earlier acts as if it had come in time. Nothing here decides what that costs.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.workflow.endings import ASSUMED, judge_lines_at_cancelling, judge_lines_at_closing
from servicelost.workflow.facts import LineGivenUp, LineJudgementLifted, VisitMoved
from servicelost.workflow.history import ENDINGS, entries_of_visit, stage_course
from servicelost.workflow.models.appointments import APPOINTMENTS_OF_VISIT
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import ENTRIES_OF_LINE, LineEntry
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import (
    AGREED_OPEN,
    ENDED,
    SOLD,
    AppointmentState,
    LineAction,
    LineState,
    VisitAction,
    VisitState,
)
from servicelost.workflow.transitions import as_before_end, log_visit, shift_line, unshift_line

_JUDGED = frozenset({LineAction.LEAVE_UNPRESENTED, LineAction.EXPIRE, LineAction.CANCEL, LineAction.COMPLETE})


@dataclass(frozen=True)
class _End:
    """When the visit, or the booking it waits for, came to its end, and where it stood before."""

    at: datetime
    state: str
    before: str


@contextmanager
def in_time(book: Book, visit: Visit, at: datetime, named: Callable[[], Sequence[Line]]) -> Iterator[None]:
    """Let something about the named lines happen at its own time, also when the visit has ended since.

    What the end made of the lines is taken back before and judged again after it. For a visit still under
    way, and for what happened after its end, nothing of this is done.
    """
    end = _end_of(book, visit)
    if end is None or at >= end.at:
        yield
        return
    lifted = {line.id for line in named() if _lifted(book, visit, line, end)}
    settled = {line.id for line in named() if line.state in SOLD and line.id not in lifted}
    with as_before_end(visit, end.before):
        yield
    _judge(book, visit, [line for line in named() if line.id not in settled], end)


def log_late_move(
    book: Book, visit: Visit, action: VisitAction, at: datetime, note: str | None = None
) -> None:
    """Log a move of the visit that later moves have overtaken: where it stood since then is told anew."""
    told = {(entry.action, entry.occurred_at) for entry in entries_of_visit(book, visit)}
    log_visit(book, visit, action, at, before=visit.state, note=note)
    if (action, at) in told:
        return
    if visit.state in (VisitState.CLOSED, VisitState.CANCELLED):
        visit.stage = stage_course(book, visit)[-1][1]
    book.publish(VisitMoved(visit, at))


def _end_of(book: Book, visit: Visit) -> _End | None:
    if visit.state == VisitState.CLOSED and visit.closed_at is not None:
        return _End(visit.closed_at, visit.state, visit.state)
    if visit.state in ENDED:
        return next(
            (_End(entry.occurred_at, visit.state, entry.from_state or visit.state)
             for entry in reversed(entries_of_visit(book, visit))
             if entry.action in ENDINGS and entry.from_state != entry.to_state),
            None,
        )  # fmt: skip
    appointment = book.one(APPOINTMENTS_OF_VISIT, visit.id)
    if appointment is not None and appointment.state == AppointmentState.NO_SHOW and appointment.settled_at:
        return _End(appointment.settled_at, appointment.state, visit.state)
    return None


def _lifted(book: Book, visit: Visit, line: Line, end: _End) -> bool:
    """Take back what the end made of the line; False when it made nothing of it, or that is settled."""
    missed = end.state == AppointmentState.NO_SHOW and line.state == LineState.BOOKED
    judgement = None if missed else _judgement_on(book, line, end.at)
    if not missed and judgement is None:
        return False
    try:
        with book.step():
            line = book.get(Line, line.id)  # what is read within the step is what it can undo
            if judgement is not None:
                unshift_line(book, line, judgement)
                line.completed_at = None
            book.publish(LineJudgementLifted(line, visit, end.at))
    except RuleViolation:  # what was sold by it is accounted for elsewhere, and stands
        return False
    return True


def _judgement_on(book: Book, line: Line, at: datetime) -> LineEntry | None:
    entries = [entry for entry in book.many(ENTRIES_OF_LINE, line.id) if entry.from_state != entry.to_state]
    last = entries[-1] if entries else None
    if last is None or last.action not in _JUDGED or (last.to_state, last.occurred_at) != (line.state, at):
        return None
    return None if last.action == LineAction.COMPLETE and last.note != ASSUMED else last


def _judge(book: Book, visit: Visit, lines: Sequence[Line], end: _End) -> None:
    """The end judges the lines again, as they stand now."""
    if end.state == VisitState.CLOSED:
        judge_lines_at_closing(book, visit, lines, end.at)
        return
    given_up = [line for line in lines if line.state in AGREED_OPEN]
    for line in given_up:
        if end.state != AppointmentState.NO_SHOW:
            shift_line(book, line, LineAction.CANCEL, end.at)
    if end.state == VisitState.CANCELLED and end.before != VisitState.PLANNING:
        judge_lines_at_cancelling(book, visit, lines, end.at)
    for line in given_up:
        book.publish(LineGivenUp(line, visit, end.at))
