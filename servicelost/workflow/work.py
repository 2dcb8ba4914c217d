"""Work and its control: started, completed, not performed; quality passed, failed, done again.

Decisions of the customer stand in `decisions`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.blanks import fill_blanks
from servicelost.workflow.facts import LineCompleted, LineNotPerformed, LineRejectedAtQuality, VisitMoved
from servicelost.workflow.guards import check_on_visit, check_order_open
from servicelost.workflow.history import (
    entries_of_visit,
    is_late,
    is_overtaken,
    stage_then,
    standing,
    words_of,
    workshop_stage_then,
)
from servicelost.workflow.lateness import log_late_move
from servicelost.workflow.lines import visit_of
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import ENTRIES_OF_LINE
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import UNSTATED, Reason
from servicelost.workflow.stated import in_words, is_news
from servicelost.workflow.states import (
    DONE,
    LINE_MACHINE,
    LineAction,
    LineState,
    VisitAction,
    VisitState,
)
from servicelost.workflow.transitions import log_line, shift_line, shift_visit

_BEFORE_CONTROL = frozenset({VisitState.RECEPTION, VisitState.WORK})
_AFTER_CONTROL = frozenset({VisitState.DELIVERY, VisitState.FOLLOW_UP, VisitState.CLOSED})


def start_line(book: Book, line: Line, *, at: datetime, technician_id: int | None = None) -> Line:
    """Work begins, and with it the visit is in the workshop; once is enough."""
    visit = visit_of(book, line)
    if line.state != LineState.STARTED and _may_go_on(book, line, visit, LineAction.START, at):
        _enter_workshop(book, visit, at)
        shift_line(book, line, LineAction.START, at)
    fill_blanks(line, technician_id=technician_id)
    return line


def complete_line(
    book: Book, line: Line, *, at: datetime, technician_id: int | None = None, centihours: int | None = None
) -> Line:
    """The work is done; said again it only fills blanks."""
    visit = visit_of(book, line)
    if line.state not in DONE and _may_go_on(book, line, visit, LineAction.COMPLETE, at):
        _enter_workshop(book, visit, at)
        shift_line(book, line, LineAction.COMPLETE, at)
        line.completed_at = at
        fill_blanks(line, technician_id=technician_id, centihours=centihours)
        book.publish(LineCompleted(line, visit, at))
    fill_blanks(line, technician_id=technician_id, centihours=centihours)
    return line


def not_perform_line(
    book: Book, line: Line, *, at: datetime, reason: Reason = UNSTATED, until: date | None = None
) -> Line:
    """Agreed work was not done; put off when a day is named.

    Said again with a reason that is new, only the fact is published again, for the reason's sake.
    """
    visit = visit_of(book, line)
    if line.state == LineState.NOT_PERFORMED:
        entries = book.many(ENTRIES_OF_LINE, line.id)
        if not is_news(reason, words_of(entries, LineAction.NOT_PERFORM)):
            return line
        log_line(book, line, LineAction.NOT_PERFORM, at, before=line.state, note=in_words(reason))
    elif not _may_go_on(book, line, visit, LineAction.NOT_PERFORM, at):
        return line
    else:
        _enter_workshop(book, visit, at)
        shift_line(book, line, LineAction.NOT_PERFORM, at, in_words(reason))
    line.deferred_until = until or line.deferred_until
    book.publish(
        LineNotPerformed(line, visit, at, reason, workshop_stage_then(book, visit, at), line.deferred_until)
    )
    return line


def pass_quality(book: Book, visit: Visit, *, at: datetime, note: str | None = None) -> Visit:
    """The check found nothing: the car can be delivered. Later stages stay as they are."""
    check_order_open(visit)
    if visit.state in _AFTER_CONTROL or is_late(entries_of_visit(book, visit), at):
        log_late_move(book, visit, VisitAction.APPROVE_QUALITY, at, note)
        return visit
    _enter_control(book, visit, at)
    shift_visit(book, visit, VisitAction.APPROVE_QUALITY, at, note)
    book.publish(VisitMoved(visit, at))
    return visit


def fail_quality(
    book: Book,
    visit: Visit,
    *,
    at: datetime,
    lines: Sequence[Line] | None = None,
    customer_left: bool = False,
    reason: Reason = UNSTATED,
    note: str | None = None,
) -> Visit:
    """The check failed: the lines go back to work, or are lost when the customer took the car.

    Raises RuleViolation LINES_REQUIRED when the customer left and no failed line is named.
    """
    check_order_open(visit)
    failed = list(lines or ())
    check_on_visit(visit, failed)
    if customer_left and not failed:
        message = "the customer left before the rework: name the lines that failed the check"
        raise RuleViolation("LINES_REQUIRED", message, field="lines", expected="the failed lines")
    reason = replace(reason, note=reason.note or note)
    entries = entries_of_visit(book, visit)
    if is_late(entries, at):
        log_late_move(book, visit, VisitAction.FAIL_QUALITY, at, in_words(reason))
        _fail_since(book, visit, failed, at, reason, customer_left=customer_left)
        return visit
    result = LineState.NOT_PERFORMED if customer_left else LineState.STARTED
    action = LineAction.REJECT_QUALITY if customer_left else LineAction.REWORK
    failed = _not_overtaken(book, [line for line in failed if line.state != result], action, at)
    _check_lines(failed, action)
    if (VisitAction.FAIL_QUALITY, at) not in {(entry.action, entry.occurred_at) for entry in entries}:
        _enter_control(book, visit, at)
        shift_visit(book, visit, VisitAction.FAIL_QUALITY, at, in_words(reason))
        book.publish(VisitMoved(visit, at))
    if customer_left:
        _reject(book, visit, failed, at, reason)
    else:
        _rework(book, failed, at)
    return visit


def _not_overtaken(book: Book, lines: Sequence[Line], action: LineAction, at: datetime) -> list[Line]:
    """Without the lines that something later, such as their invoice, has taken past the action."""
    return [
        line
        for line in lines
        if LINE_MACHINE.can(LineState(line.state), action)
        or not is_late(standing(book.many(ENTRIES_OF_LINE, line.id)), at)
    ]


def _fail_since(
    book: Book, visit: Visit, lines: Sequence[Line], at: datetime, reason: Reason, *, customer_left: bool
) -> None:
    """A failed check told late stands for lines untouched since, as long as the order is not closed."""
    if visit.state == VisitState.CLOSED:
        return
    action = LineAction.REJECT_QUALITY if customer_left else LineAction.REWORK
    still = [
        line
        for line in lines
        if LINE_MACHINE.can(LineState(line.state), action)
        and not is_late(standing(book.many(ENTRIES_OF_LINE, line.id)), at)
    ]
    if customer_left:
        _reject(book, visit, still, at, reason)
    else:
        _rework(book, still, at)


def _rework(book: Book, lines: Sequence[Line], at: datetime) -> None:
    for line in lines:
        shift_line(book, line, LineAction.REWORK, at)
        line.completed_at = None


def _reject(book: Book, visit: Visit, lines: Sequence[Line], at: datetime, reason: Reason) -> None:
    for line in lines:
        shift_line(book, line, LineAction.REJECT_QUALITY, at, in_words(reason))
        book.publish(LineRejectedAtQuality(line, visit, at, reason, Stage.QUALITY_CONTROL.value))
    if visit.state == VisitState.WORK:
        shift_visit(book, visit, VisitAction.MOVE_TO_DELIVERY, at)


def _check_lines(lines: Sequence[Line], action: LineAction) -> None:
    for line in lines:
        LINE_MACHINE.next(LineState(line.state), action)


def _may_go_on(book: Book, line: Line, visit: Visit, action: LineAction, at: datetime) -> bool:
    """Whether the line may make the move; an older word than the state is only logged."""
    if is_overtaken(book, line, visit, action, at) and not LINE_MACHINE.can(LineState(line.state), action):
        log_line(book, line, action, at, before=line.state)
        return False
    check_order_open(visit)
    LINE_MACHINE.next(LineState(line.state), action)
    return True


def _enter_workshop(book: Book, visit: Visit, at: datetime) -> None:
    # A source that tells of work but not of stages has thereby told the stage.
    if visit.state == VisitState.RECEPTION:
        shift_visit(book, visit, VisitAction.MOVE_TO_WORK, at)
        book.publish(VisitMoved(visit, at))
    elif stage_then(book, visit, at) == Stage.RECEPTION:
        log_late_move(book, visit, VisitAction.MOVE_TO_WORK, at)


def _enter_control(book: Book, visit: Visit, at: datetime) -> None:
    if visit.state in _BEFORE_CONTROL:
        shift_visit(book, visit, VisitAction.MOVE_TO_QUALITY_CONTROL, at)
