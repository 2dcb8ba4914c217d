"""A person puts the ledger right: always by a reversing entry, never by an edit.

Who may do so is checked here; how entries add up is the ledger's business.
"""

from servicelost.administration.access import MANAGERS, require_role
from servicelost.kernel.actor import Role
from servicelost.kernel.book import Book
from servicelost.kernel.errors import FieldProblem, InvalidInput, RuleViolation
from servicelost.opportunities.ledger.models import EntryKind, LedgerEntry
from servicelost.opportunities.ledger.subject import Value
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.settling import Refusal, close, refuse, take_back
from servicelost.opportunities.pipeline.states import DecisionKind, Effect
from servicelost.taxonomy.causes import NOT_A_LOSS, Cause
from servicelost.taxonomy.grades import Grade
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.reason import Reason

_UNDO = (*MANAGERS, Role.SERVICE_ADVISOR, Role.BDC_AGENT)


def reverse_loss(book: Book, entry_id: int, why: Cause, note: str) -> Effect:
    """Take back a loss for a reason that is no loss; a manager, and only with a note.

    DUPLICATE, ENTRY_ERROR and the like end the opportunity; SUPERSEDED opens it again.
    """
    loss, opportunity = _open_loss(book, entry_id)
    require_role(book, loss.dealership_id, *MANAGERS)
    if why not in NOT_A_LOSS:
        expected = ", ".join(sorted(NOT_A_LOSS))
        raise RuleViolation("REASON_REQUIRED", f"{why} is a cause of a loss, not a reason to take one back",
                            field="reason", value=why, expected=expected)  # fmt: skip
    _demand(note)
    if why is Cause.SUPERSEDED:
        return take_back(book, opportunity, why, book.now, DecisionKind.CORRECTED, note=note)
    return close(book, opportunity, why, book.now, DecisionKind.CORRECTED, note)


def undo_loss(book: Book, entry_id: int) -> Effect:
    """Take back a loss just recorded by a wrong click; the opportunity is open again.

    The one who recorded it may, at once; everybody else needs `reverse_loss`.
    """
    loss, opportunity = _open_loss(book, entry_id)
    require_role(book, loss.dealership_id, *_UNDO)
    if loss.recorded_by != book.actor.name:
        raise RuleViolation(
            "NOT_YOURS", f"loss {loss.id} was recorded by somebody else: a manager can reverse it"
        )
    return take_back(book, opportunity, Cause.ENTRY_ERROR, book.now, DecisionKind.CORRECTED,
                     visit_id=loss.visit_id, line_id=loss.line_id, note="undone")  # fmt: skip


def restate_cause(book: Book, entry_id: int, reason: Reason, note: str) -> Effect:
    """Replace the cause of a loss: REVERSAL and LOSS of the same amount in the same period; a manager."""
    loss, opportunity = _open_loss(book, entry_id)
    require_role(book, loss.dealership_id, *MANAGERS)
    _demand(note)
    refusal = Refusal(
        DecisionKind.CORRECTED, LossEvent(loss.event), Stage(loss.stage), reason,
        Value(loss.amount_minor, Grade(loss.grade), loss.labour_minor, loss.parts_minor, loss.centihours),
        loss.occurred_at, loss.visit_id, loss.line_id, loss.appointment_id,
        origin_stage=Stage(loss.origin_stage), document=loss.document, evidence=loss.evidence,
    )  # fmt: skip
    take_back(book, opportunity, Cause.SUPERSEDED, book.now, DecisionKind.CORRECTED, note=note)
    return refuse(book, opportunity, refusal)


def _open_loss(book: Book, entry_id: int) -> tuple[LedgerEntry, Opportunity]:
    loss = book.get(LedgerEntry, entry_id)
    opportunity = book.get(Opportunity, loss.opportunity_id)
    if loss.kind != EntryKind.LOSS or opportunity.loss_id != loss.id:
        raise RuleViolation(
            "LOSS_CLOSED", f"entry {entry_id} is no open loss: it is reversed or recovered already"
        )
    return loss, opportunity


def _demand(note: str) -> None:
    if not note.strip():
        message = "a correction of the ledger needs a note that says why"
        raise InvalidInput(
            "NOTE_REQUIRED", message, errors=[FieldProblem("note", message, expected="a short text")]
        )
