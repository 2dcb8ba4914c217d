"""Taking back the last decision about a line within a minute: a wrong tap, put right by a move of its own.

Only a person's own word, as long as nothing has built on it; what it did to the money is taken back by the
listeners.
"""

from datetime import date

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.taxonomy.parties import Party
from servicelost.workflow.appointment_undo import UNDO_FOR
from servicelost.workflow.facts import LineTakenBack
from servicelost.workflow.history import standing
from servicelost.workflow.lines import visit_of
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import ENTRIES_OF_LINE, STAGES_OF_VISIT, LineEntry
from servicelost.workflow.stated import decider_in
from servicelost.workflow.states import TURNED_DOWN, UNDECIDED, LineAction, LineState
from servicelost.workflow.transitions import unshift_line

_A = LineAction
_DECISIONS = frozenset({_A.AUTHORIZE, _A.DECLINE, _A.DEFER, _A.REMOVE})
_AGAIN = frozenset({_A.AUTHORIZE, _A.REOPEN})
_WORDS = _DECISIONS | _AGAIN | {_A.EXPIRE, _A.LEAVE_UNPRESENTED}
_BEFORE = UNDECIDED | TURNED_DOWN | {LineState.AUTHORIZED}


def undoable_decision(book: Book, line: Line, *, goal_known: bool = False) -> LineEntry | None:
    """The last decision, if the book's actor made it within a minute and nothing has built on it.

    `goal_known` says that a line put off before it can be put off again until the same day or odometer.
    """
    entries = book.many(ENTRIES_OF_LINE, line.id)
    last = entries[-1] if entries else None
    if last is None or last.action not in _DECISIONS or last.from_state == last.to_state:
        return None
    if last.actor != book.actor.name or book.now - last.recorded_at > UNDO_FOR:
        return None
    priced_with_it = len(entries) > 1 and entries[-2].amount_minor != last.amount_minor
    if last.from_state not in _BEFORE or priced_with_it or _visit_moved_since(book, line, last):
        return None
    was_put_off = goal_known and last.from_state == LineState.DEFERRED
    return last if was_put_off or not _replaces_a_no(entries[:-1], last) else None


def _replaces_a_no(before: list[LineEntry], last: LineEntry) -> bool:
    """Whether it took the place of another word against the line: that is put right by deciding anew.

    Only the newest word against a line is kept with it, and a postponement before it; a yes leaves it there.
    """
    words = [entry.action for entry in standing(before) if entry.action in _WORDS]
    return last.action != LineAction.AUTHORIZE and bool(words) and words[-1] not in _AGAIN


def take_back_decision(
    book: Book, line: Line, *, until: date | None = None, until_km: int | None = None
) -> Line:
    """Bring the line back to where it was before the last decision.

    `until` and `until_km` are the goal it had been put off to, where it had. Raises RuleViolation
    NOT_UNDOABLE when a minute has passed, somebody else acted, or more has happened.
    """
    entry = undoable_decision(book, line, goal_known=(until, until_km) != (None, None))
    if entry is None:
        message = "this can not be taken back any more: a minute has passed, or more has happened since"
        raise RuleViolation("NOT_UNDOABLE", message)
    unshift_line(book, line, entry, why="a wrong tap")
    _restore(line, standing(book.many(ENTRIES_OF_LINE, line.id)))
    if line.state == LineState.DEFERRED:
        line.deferred_until, line.deferred_until_km = until, until_km
    else:
        line.deferred_until = line.deferred_until_km = None
    book.publish(LineTakenBack(line, visit_of(book, line), entry.occurred_at, LineAction(entry.action)))
    return line


def _restore(line: Line, entries: list[LineEntry]) -> None:
    """Let the columns of the decision be those of the newest one that stands."""
    decisions = sorted(
        (entry for entry in entries if entry.action in _DECISIONS), key=lambda e: (e.occurred_at, e.id)
    )
    consents = [entry for entry in decisions if entry.action == LineAction.AUTHORIZE]
    newest = decisions[-1] if decisions else None
    line.decided_at = newest.occurred_at if newest else None
    line.decided_by = None
    if newest is not None:
        agreed = newest.action == LineAction.AUTHORIZE
        line.decided_by = Party.CUSTOMER.value if agreed else decider_in(newest.note)
    line.authorized_minor = consents[-1].amount_minor if consents else None
    if not consents:
        line.authorization_method = line.authorized_by = None


def _visit_moved_since(book: Book, line: Line, entry: LineEntry) -> bool:
    moves = book.many(STAGES_OF_VISIT, line.visit_id)
    return any(move.recorded_at > entry.recorded_at for move in moves)
