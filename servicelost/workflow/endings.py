"""What becomes of the lines when a visit ends: agreed work is given up or done, silence is stated.

When a visit may end is decided by the services that call this.
"""

from collections.abc import Sequence
from datetime import datetime

from servicelost.kernel.book import Book
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.facts import (
    LineCompleted,
    LineExpired,
    LineNotPresented,
    LineTakenAsDone,
    VisitTurnedAway,
)
from servicelost.workflow.history import workshop_stage_then
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason
from servicelost.workflow.stated import in_words
from servicelost.workflow.states import (
    AGREED_OPEN,
    SOLD,
    VISIT_MACHINE,
    LineAction,
    LineState,
    VisitAction,
    VisitState,
)
from servicelost.workflow.transitions import shift_line, shift_visit

ASSUMED = "taken as done: the order was closed"


def give_up_agreed_lines(book: Book, visit: Visit, at: datetime) -> tuple[Line, ...]:
    """Cancel what was booked or agreed and is not done, and return it."""
    lines = tuple(line for line in book.many(LINES_OF_VISIT, visit.id) if line.state in AGREED_OPEN)
    for line in lines:
        shift_line(book, line, LineAction.CANCEL, at)
    return lines


def reopen_given_up_lines(book: Book, visit: Visit, at: datetime) -> None:
    """Book again what was given up with the visit."""
    for line in book.many(LINES_OF_VISIT, visit.id):
        if line.state == LineState.CANCELLED:
            shift_line(book, line, LineAction.REOPEN, at)


def turn_visit_away(book: Book, visit: Visit, at: datetime, reason: Reason) -> None:
    """End the visit at reception: the car was there and could not be taken in."""
    VISIT_MACHINE.next(VisitState(visit.state), VisitAction.TURN_AWAY)
    lines = give_up_agreed_lines(book, visit, at)
    shift_visit(book, visit, VisitAction.TURN_AWAY, at, in_words(reason))
    visit.stage = Stage.RECEPTION.value
    book.publish(VisitTurnedAway(visit, at, lines, reason))


def judge_lines_at_closing(book: Book, visit: Visit, lines: Sequence[Line], at: datetime) -> None:
    """State what closing the order means for lines of which something was told only after it."""
    state_unpresented_lines(book, visit, at, lines)
    complete_agreed_lines(book, visit, at, lines)
    for line in lines:
        if line.state in SOLD and line.invoiced_minor is None:
            book.publish(LineTakenAsDone(line, visit, at))


def judge_lines_at_cancelling(book: Book, visit: Visit, lines: Sequence[Line], at: datetime) -> None:
    """State what calling the order off means for lines of which something was told only after it."""
    state_unpresented_lines(book, visit, at, lines)
    expire_unanswered_lines(book, visit, at, lines)


def state_unpresented_lines(
    book: Book, visit: Visit, at: datetime, lines: Sequence[Line] | None = None
) -> None:
    """State of each recommendation that nobody showed the customer that it was not presented."""
    for line in _lines(book, visit, lines):
        if line.state == LineState.RECOMMENDED and line.presented_at is None:
            shift_line(book, line, LineAction.LEAVE_UNPRESENTED, at)
            book.publish(LineNotPresented(line, visit, at, stage=workshop_stage_then(book, visit, at)))


def expire_unanswered_lines(
    book: Book, visit: Visit, at: datetime, lines: Sequence[Line] | None = None
) -> None:
    """End each offer that can no longer be answered."""
    for line in _lines(book, visit, lines):
        if line.state in (LineState.RECOMMENDED, LineState.QUOTED):
            shift_line(book, line, LineAction.EXPIRE, at)
            book.publish(LineExpired(line, visit, at, stage=workshop_stage_then(book, visit, at)))


def complete_agreed_lines(
    book: Book, visit: Visit, at: datetime, lines: Sequence[Line] | None = None
) -> None:
    """Take agreed work as done: a source without work events just closes the order."""
    for line in _lines(book, visit, lines):
        if line.state in AGREED_OPEN:
            shift_line(book, line, LineAction.COMPLETE, at, ASSUMED)
            line.completed_at = at
            book.publish(LineCompleted(line, visit, at))


def _lines(book: Book, visit: Visit, lines: Sequence[Line] | None) -> Sequence[Line]:
    return book.many(LINES_OF_VISIT, visit.id) if lines is None else lines
