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
from servicelost.workflow.states import ENDED, LINE_MACHINE, STAGE_STATES, LineAction, LineState, VisitState


def entries_of_visit(book: Book, visit: Visit) -> list[StageEntry]:
    """The visit's own moves, without those of its appointment, in the order of recording."""
    return [entry for entry in book.many(STAGES_OF_VISIT, visit.id) if entry.appointment_id is None]


def entries_of_appointment(book: Book, appointment: Appointment) -> list[StageEntry]:
    """The appointment's moves, in the order of recording."""
    entries = book.many(STAGES_OF_VISIT, appointment.visit_id)
    return [entry for entry in entries if entry.appointment_id == appointment.id]


def is_late(entries: Iterable[StageEntry | LineEntry], at: datetime) -> bool:
    """Whether something newer than this moment is already in the log."""
    return any(entry.occurred_at > at for entry in entries)


def is_overtaken(book: Book, line: Line, visit: Visit, action: LineAction, at: datetime) -> bool:
    """Whether a newer decision, or a newer state that forbids it, leaves the action to the log only."""
    if line.decided_at is not None and at < line.decided_at:
        return True
    if LINE_MACHINE.can(LineState(line.state), action) and visit.state not in ENDED:
        return False
    entries = book.many(ENTRIES_OF_LINE, line.id)
    return is_late(entries, at)


def words_of(entries: Iterable[StageEntry | LineEntry], action: str) -> str | None:
    """What was said at the newest entry with this action."""
    return next((entry.note for entry in reversed(list(entries)) if entry.action == action), None)


def newest_with(entries: Iterable[LineEntry], action: str, at: datetime | None) -> LineEntry | None:
    """The entry recorded last for this action of this moment."""
    found = (entry for entry in reversed(list(entries)) if (entry.action, entry.occurred_at) == (action, at))
    return next(found, None)


def stage_then(book: Book, visit: Visit, at: datetime) -> str | None:
    """Where the visit stood at the moment, if that is not where it stands now.

    After the end of the order it is FOLLOW_UP: the customer answers later.
    """
    if visit.closed_at is not None and at > visit.closed_at:
        return Stage.FOLLOW_UP.value
    gone = visit.delivered_at if visit.state == VisitState.FOLLOW_UP else visit.closed_at
    if gone is None or at > gone:
        return None
    stages = [
        entry.to_state
        for entry in entries_of_visit(book, visit)
        if entry.occurred_at <= at and entry.to_state in STAGE_STATES and entry.from_state != entry.to_state
    ]
    return stages[-1] if stages else visit.stage


def workshop_stage_then(book: Book, visit: Visit, at: datetime) -> str:
    """Where the visit stood at the moment, at the earliest in the workshop.

    For what can only happen there: who finds work, offers it or leaves it undone has the car in the
    workshop, whether the source tells of stages or not.
    """
    stage = stage_then(book, visit, at) or visit.stage
    return Stage.WORK.value if Stage(stage).order < Stage.WORK.order else stage
