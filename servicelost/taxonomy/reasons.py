"""The rules a stated reason must keep: one primary cause, notes, owners, competitors.

Whether stock covered a part or a red line was acknowledged needs facts; those rules are the ledger's.
"""

from collections.abc import Iterable, Sequence

from servicelost.kernel.errors import RuleViolation
from servicelost.taxonomy.causes import CAUSES, NOT_A_LOSS, Cause
from servicelost.taxonomy.loss_events import LOSS_EVENTS, LossEvent
from servicelost.taxonomy.parties import Owner


def cause_or_automatic(event: LossEvent, stated: Cause | None) -> Cause:
    """The stated cause, else what the event itself says; an unstated cause is never invented."""
    return stated if stated is not None else LOSS_EVENTS[event].automatic_cause


def explains(event: LossEvent, cause: Cause) -> bool:
    """Whether the cause explains the loss; data quality counts the rest as unexplained.

    A no-show caused by "did not come" only says the same thing twice.
    """
    if cause in (Cause.UNKNOWN, Cause.OTHER):
        return False
    return not (event is LossEvent.APPT_NO_SHOW and cause is Cause.NO_SHOW)


def check_contributing(primary: Cause, contributing: Sequence[Cause]) -> None:
    """Refuse contributing causes that repeat one another or the primary, or are no loss at all."""
    if primary in contributing or len(set(contributing)) != len(contributing):
        raise _refused("CAUSE_REPEATED", "name every cause once, as primary or contributing", contributing)
    if not NOT_A_LOSS.isdisjoint(contributing):
        raise _refused("NOT_A_LOSS", "a reason that is not a loss cannot contribute to one", contributing)


def check_note(cause: Cause, note: str | None) -> None:
    """Refuse OTHER without a text; raises RuleViolation NOTE_REQUIRED."""
    if CAUSES[cause].needs_text and not (note or "").strip():
        message = f"cause {cause} needs a note that says what it was"
        raise RuleViolation("NOTE_REQUIRED", message, field="note", expected="a short text")


def check_value(cause: Cause, amount_minor: int) -> None:
    """Refuse value on a reason that is not a loss; raises RuleViolation NOT_A_LOSS."""
    if cause in NOT_A_LOSS and amount_minor:
        message = f"{cause} is not a loss and can carry no amount"
        raise RuleViolation("NOT_A_LOSS", message, field="cause", value=cause, expected="a cause of a loss")


def owner_of(cause: Cause, override: Owner | None = None) -> Owner | None:
    """The owner of a loss: the cause's default unless the entry overrides it.

    Raises RuleViolation OWNER_NOT_LEGAL for UNKNOWN and reasons that are not a loss: they stand apart.
    """
    if override is None:
        return CAUSES[cause].owner
    if cause is Cause.UNKNOWN or cause in NOT_A_LOSS:
        message = f"cause {cause} has no owner; state the cause before naming an owner"
        raise RuleViolation("OWNER_NOT_LEGAL", message, field="owner", value=override, expected="no owner")
    return override


def allows_competitor(causes: Iterable[Cause]) -> bool:
    """Whether a competitor's name and price belong to any of these causes."""
    return any(CAUSES[cause].competitor for cause in causes)


def check_competitor(causes: Iterable[Cause], *, given: bool) -> None:
    """Refuse a competitor's name or price where no cause has to do with one; COMPETITOR_NOT_LEGAL."""
    if given and not allows_competitor(causes):
        legal = ", ".join(row.code for row in CAUSES.values() if row.competitor)
        message = f"a competitor belongs only to these causes: {legal}"
        raise RuleViolation("COMPETITOR_NOT_LEGAL", message, field="competitor", expected=legal)


def _refused(code: str, message: str, causes: Iterable[Cause]) -> RuleViolation:
    return RuleViolation(code, message, field="contributing", value=", ".join(causes))
