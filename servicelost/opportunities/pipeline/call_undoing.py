"""Taking back the last call about a need within a minute: a wrong tap, put right by entries of its own.

A no goes with its call: the loss is reversed, and the need waits as it did before, postponed or missed.
"""

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.followup.contacts import take_back_contact
from servicelost.opportunities.followup.models import CONTACT_BY_SOURCE, Contact
from servicelost.opportunities.ledger.models import ENTRIES_OF_OPPORTUNITY, EntryKind, LedgerEntry
from servicelost.opportunities.pipeline.calling import BY_HAND, CallOutcome, id_of_call, standing_calls
from servicelost.opportunities.pipeline.decisions import record_decision
from servicelost.opportunities.pipeline.line_undoing import undo_decision, undoable_word
from servicelost.opportunities.pipeline.models import DECISIONS_OF_OPPORTUNITY, Decision, Opportunity
from servicelost.opportunities.pipeline.settling import take_back
from servicelost.opportunities.pipeline.states import DecisionKind, Effect
from servicelost.opportunities.pipeline.undoing import lose_as_before
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.workflow.appointment_undo import UNDO_FOR
from servicelost.workflow.models.lines import Line


def undoable_call(book: Book, need_id: int) -> Decision | None:
    """The last call, if the book's actor has recorded it within a minute; a no as long as it stands."""
    calls = standing_calls(book.many(DECISIONS_OF_OPPORTUNITY, need_id))
    if not calls:
        return None
    last = calls[-1]
    if last.actor != book.actor.name or book.now - last.recorded_at > UNDO_FOR:
        return None
    if last.note != CallOutcome.NOT_INTERESTED:
        return last
    said = _no_of(book, last)
    return last if said is not None and _stands(book, said) else None


def take_back_call(book: Book, need: Opportunity) -> None:
    """The last call was a wrong tap; raises RuleViolation NOT_UNDOABLE when it is too late."""
    call = undoable_call(book, need.id)
    contact = None if call is None else _contact_of(book, call)
    if call is None or contact is None:
        message = "this can not be taken back any more: a minute has passed, or more has happened since"
        raise RuleViolation("NOT_UNDOABLE", message)
    said = _no_of(book, call)
    if said is not None:
        _take_back_no(book, need, said)
    record_decision(book, need, DecisionKind.TAKEN_BACK, Effect.NONE, book.now, note=id_of_call(call))
    take_back_contact(book, contact)


def _no_of(book: Book, call: Decision) -> Decision | None:
    """The no that was said in the call, recorded with it."""
    return next(
        (
            row
            for row in book.many(DECISIONS_OF_OPPORTUNITY, call.opportunity_id)
            if row.kind == DecisionKind.DECLINED and row.id > call.id and row.recorded_at == call.recorded_at
        ),
        None,
    )


def _stands(book: Book, said: Decision) -> bool:
    if said.line_id is not None:
        word = undoable_word(book, book.get(Line, said.line_id))
        return word is not None and word.recorded_at == said.recorded_at
    need = book.get(Opportunity, said.opportunity_id)
    loss = None if need.loss_id is None else book.get(LedgerEntry, need.loss_id)
    return (
        loss is not None
        and (loss.event, loss.recorded_at) == (LossEvent.LEAD_REJECTED, said.recorded_at)
        and _missed(book, need) is not None
    )


def _take_back_no(book: Book, need: Opportunity, said: Decision) -> None:
    if said.line_id is not None:
        undo_decision(book, book.get(Line, said.line_id))
        return
    missed = _missed(book, need)
    assert missed is not None
    take_back(book, need, Cause.ENTRY_ERROR, book.now, DecisionKind.TAKEN_BACK, note="undone")
    lose_as_before(book, need, missed)


def _missed(book: Book, need: Opportunity) -> LedgerEntry | None:
    """The loss of the missed call that was called back."""
    entries = book.many(ENTRIES_OF_OPPORTUNITY, need.id)
    missed = (row for row in entries if (row.kind, row.event) == (EntryKind.LOSS, LossEvent.CALL_MISSED))
    return max(missed, key=lambda row: row.id, default=None)


def _contact_of(book: Book, call: Decision) -> Contact | None:
    return book.one(CONTACT_BY_SOURCE, call.dealership_id, BY_HAND, id_of_call(call))
