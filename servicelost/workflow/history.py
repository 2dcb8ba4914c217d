"""What the logs say: how new the newest word is, and where a visit stood at a moment of the past.

Events reach us out of order. What happened earlier than the newest word is kept in the log and
changes nothing; the services ask here which it is.
"""

from collections.abc import Iterable
from datetime import datetime

from servicelost.kernel.book import Book
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import ENTRIES_OF_LINE, STAGES_OF_VISIT, LineEntry, StageEntry
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import (
    ENDED,
    LINE_MACHINE,
    VISIT_MACHINE,
    AppointmentAction,
    LineAction,
    LineState,
    VisitAction,
    VisitState,
)

ENDINGS = frozenset({VisitAction.CANCEL, VisitAction.TURN_AWAY})
_OF_CONTROL = frozenset({VisitAction.FAIL_QUALITY, VisitAction.APPROVE_QUALITY})
_BEGINNINGS = {
    VisitAction.PLAN: VisitState.PLANNING,
    VisitAction.REINSTATE: VisitState.PLANNING,
    VisitAction.OPEN: VisitState.RECEPTION,
}


def entries_of_visit(book: Book, visit: Visit) -> list[StageEntry]:
    """The visit's own moves, without those of its appointment, in the order of recording."""
    return [entry for entry in book.many(STAGES_OF_VISIT, visit.id) if entry.appointment_id is None]


def entries_of_appointment(book: Book, appointment: Appointment) -> list[StageEntry]:
    """The appointment's moves that stand, in the order of recording."""
    entries = standing_moves(book.many(STAGES_OF_VISIT, appointment.visit_id))
    return [entry for entry in entries if entry.appointment_id == appointment.id]


def standing_moves(entries: Iterable[StageEntry]) -> list[StageEntry]:
    """The moves that stand: without those that were taken back, and without the taking back."""
    found: list[StageEntry] = []
    for entry in entries:
        if entry.action == AppointmentAction.TAKE_BACK:
            found.remove(_undone_by(entry, found))
        else:
            found.append(entry)
    return found


def _undone_by(undo: StageEntry, entries: list[StageEntry]) -> StageEntry:
    moves = (entry for entry in reversed(entries) if entry.appointment_id == undo.appointment_id)
    return next(entry for entry in moves if entry.to_state == undo.from_state)


def is_late(entries: Iterable[StageEntry | LineEntry], at: datetime) -> bool:
    """Whether something newer than this moment is already in the log."""
    return any(entry.occurred_at > at for entry in entries)


def is_overtaken(book: Book, line: Line, visit: Visit, action: LineAction, at: datetime) -> bool:
    """Whether a newer decision, or a newer state that forbids it, leaves the action to the log only."""
    if line.decided_at is not None and at < line.decided_at:
        return True
    if LINE_MACHINE.can(LineState(line.state), action) and visit.state not in ENDED:
        return False
    return is_late(standing(book.many(ENTRIES_OF_LINE, line.id)), at)


def standing(entries: Iterable[LineEntry]) -> list[LineEntry]:
    """The entries that stand: without the judgements of a visit's end that earlier news have lifted."""
    known = list(entries)
    undone = [entry for entry in known if entry.action == LineAction.RECONSIDER]
    if not undone:
        return known
    lifted = {(entry.occurred_at, entry.from_state) for entry in undone}
    return [
        entry
        for entry in known
        if entry.action != LineAction.RECONSIDER
        and not (entry.from_state != entry.to_state and (entry.occurred_at, entry.to_state) in lifted)
    ]


def price_stands_since(entries: Iterable[LineEntry], line: Line, at: datetime) -> bool:
    """Whether nobody has named another price after this moment: a price of then is the newest."""
    words = sorted(standing(entries), key=lambda entry: (entry.occurred_at, entry.id))
    then = [entry.amount_minor for entry in words if entry.occurred_at <= at]
    since = [entry for entry in words if entry.occurred_at > at]
    known = then[-1] if then else line.amount_minor
    reduced = any(entry.action == LineAction.REDUCE for entry in since)
    return not reduced and all(
        amount == known for amount in (*(e.amount_minor for e in since), line.amount_minor)
    )


def price_then(entries: Iterable[LineEntry], at: datetime) -> int | None:
    """What the line cost at the moment, in minor units; None before it had a price."""
    words = [entry for entry in standing(entries) if entry.occurred_at <= at]
    return max(words, key=lambda entry: (entry.occurred_at, entry.id)).amount_minor if words else None


def state_then(entries: Iterable[LineEntry], at: datetime) -> str | None:
    """The state of the line at the moment; None before it was named."""
    moves = [entry for entry in standing(entries)
             if entry.from_state != entry.to_state and entry.occurred_at <= at]  # fmt: skip
    return max(moves, key=lambda entry: (entry.occurred_at, entry.id)).to_state if moves else None


def words_of(entries: Iterable[StageEntry | LineEntry], action: str) -> str | None:
    """What was said at the newest entry with this action."""
    return next((entry.note for entry in reversed(list(entries)) if entry.action == action), None)


def newest_with(entries: Iterable[LineEntry], action: str, at: datetime | None) -> LineEntry | None:
    """The entry recorded last for this action of this moment."""
    found = (entry for entry in reversed(list(entries)) if (entry.action, entry.occurred_at) == (action, at))
    return next(found, None)


def stage_then(book: Book, visit: Visit, at: datetime) -> str | None:
    """Where the visit stood at the moment, as far as is known now; None: where it stands.

    After the end of the order it is FOLLOW_UP: the customer answers later.
    """
    if visit.closed_at is not None and at > visit.closed_at:
        return Stage.FOLLOW_UP.value
    if visit.closed_at is None and at >= book.now:
        return None
    course = stage_course(book, visit)
    stages = [stage for moment, stage in course if moment <= at]
    return stages[-1] if stages else next((stage for _, stage in course), None)


def stage_course(book: Book, visit: Visit) -> list[tuple[datetime, str]]:
    """The stages the visit went through and since when, as its log tells it, whatever order that came in."""
    course: list[tuple[datetime, str]] = []
    stage = VisitState.PLANNING
    for entry in sorted(entries_of_visit(book, visit), key=lambda entry: (entry.occurred_at, entry.id)):
        if entry.action == VisitAction.CLOSE:
            break
        stage = _stage_after(VisitAction(entry.action), stage if course else None)
        course.append((entry.occurred_at, stage.value))
    return course


def _stage_after(action: VisitAction, before: VisitState | None) -> VisitState:
    """Where a move of the log leads; one that is not possible there leads nowhere."""
    if action in _BEGINNINGS:
        return _BEGINNINGS[action]
    stage = before if before not in (None, VisitState.PLANNING) else VisitState.RECEPTION
    assert stage is not None
    if action in _OF_CONTROL and stage == VisitState.RECEPTION:
        stage = VisitState.WORK
    if action in ENDINGS or not VISIT_MACHINE.can(stage, action):
        return before or stage
    return VISIT_MACHINE.next(stage, action)


def workshop_stage_then(book: Book, visit: Visit, at: datetime) -> str:
    """Where the visit stood at the moment, at the earliest in the workshop.

    For what can only happen there: who finds work, offers it or leaves it undone has the car in the
    workshop, whether the source tells of stages or not.
    """
    stage = stage_then(book, visit, at) or visit.stage
    return Stage.WORK.value if Stage(stage).order < Stage.WORK.order else stage
