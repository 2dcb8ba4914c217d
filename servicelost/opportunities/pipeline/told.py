"""What was said against a line last, kept with its place in a need, so that the need can be told anew.

Only packing, unpacking and which of two words is newer; what a refusal costs is settled elsewhere. A word
that replaces a postponement keeps it, for the case that it was a wrong tap.
"""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.subject import Value
from servicelost.opportunities.pipeline.models import PRESENTATION_OF_LINE, Presentation
from servicelost.opportunities.pipeline.settling import Refusal
from servicelost.opportunities.pipeline.states import DecisionKind
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.grades import Grade
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.parties import Owner, Party
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.reason import Reason

Goal = tuple[date | None, int | None]
_BEFORE = "before"


def remember(book: Book, refusal: Refusal, until: date | None = None, until_km: int | None = None) -> None:
    """Keep the refusal as the last word about its line, unless a newer one is known."""
    presentation = None if refusal.line_id is None else book.one(PRESENTATION_OF_LINE, refusal.line_id)
    if presentation is None:
        return
    known = refusal_of_line(presentation)
    if known is None or known.at <= refusal.at:
        replaced = {} if (until, until_km) != (None, None) else _postponement(presentation)
        presentation.refusal = _packed(refusal) | replaced
        presentation.put_off_until, presentation.put_off_until_km = until, until_km


def amend(presentation: Presentation, **changes: Any) -> None:
    """Let the last word stand with another stage or value, which earlier news have shown."""
    known = refusal_of_line(presentation)
    if known is not None:
        presentation.refusal = _packed(replace(known, **changes))


def forget(book: Book, line_id: int, at: datetime) -> None:
    """The word of this moment does not count: it was a judgement that has been lifted."""
    presentation = book.one(PRESENTATION_OF_LINE, line_id)
    known = None if presentation is None else refusal_of_line(presentation)
    if presentation is not None and known is not None and known.at == at:
        presentation.refusal = presentation.put_off_until = presentation.put_off_until_km = None


def goal_of(presentation: Presentation) -> Goal:
    """Until which day or odometer the line is put off, or was before the last word about it."""
    goal = presentation.put_off_until, presentation.put_off_until_km
    return _goal_before(presentation) if goal == (None, None) else goal


def recall(book: Book, line_id: int, at: datetime) -> None:
    """The word of this moment was a wrong tap: the postponement it replaced stands again, if it was one."""
    presentation = book.one(PRESENTATION_OF_LINE, line_id)
    told = None if presentation is None else presentation.refusal
    if presentation is None or told is None or _BEFORE not in told:
        forget(book, line_id, at)
    elif datetime.fromisoformat(told["at"]) == at:
        goal = _goal_before(presentation)
        presentation.refusal = told[_BEFORE]["word"]
        presentation.put_off_until, presentation.put_off_until_km = goal


def refusal_of_line(presentation: Presentation) -> Refusal | None:
    """The last word against the line, as it was told; None when there was none."""
    told = presentation.refusal
    return None if told is None else _unpacked(told, presentation)


def _postponement(presentation: Presentation) -> dict[str, Any]:
    """The word that puts the line off, as the next one keeps it."""
    until, until_km = presentation.put_off_until, presentation.put_off_until_km
    if presentation.refusal is None or (until, until_km) == (None, None):
        return {}
    word = {key: told for key, told in presentation.refusal.items() if key != _BEFORE}
    return {_BEFORE: {"word": word, "until": until and until.isoformat(), "until_km": until_km}}


def _goal_before(presentation: Presentation) -> Goal:
    before = (presentation.refusal or {}).get(_BEFORE)
    if before is None:
        return None, None
    return before["until"] and date.fromisoformat(before["until"]), before["until_km"]


def _packed(refusal: Refusal) -> dict[str, Any]:
    reason, value = refusal.reason, refusal.value
    told = {
        "kind": refusal.kind, "event": refusal.event, "stage": refusal.stage, "at": refusal.at.isoformat(),
        "appointment": refusal.appointment_id, "origin": refusal.origin_stage,
        "deferred_by": refusal.deferred_by, "document": refusal.document, "evidence": refusal.evidence,
        "cause": reason.cause, "contributing": list(reason.contributing), "own": reason.custom_cause_id,
        "note": reason.note, "competitor": reason.competitor_id, "owner": reason.owner,
        "price": None if reason.competitor_price is None else str(reason.competitor_price),
        "decided_by": reason.decided_by, "cancelled_by": reason.cancelled_by,
        "value": [value.amount_minor, value.grade, value.labour_minor, value.parts_minor, value.centihours],
    }  # fmt: skip
    return {key: word for key, word in told.items() if word not in (None, [])}


def _unpacked(told: dict[str, Any], presentation: Presentation) -> Refusal:
    amount, grade, labour, parts, hours = told["value"]
    origin, deferred_by = told.get("origin"), told.get("deferred_by")
    return Refusal(
        DecisionKind(told["kind"]), LossEvent(told["event"]), Stage(told["stage"]), _reason(told),
        Value(amount, Grade(grade), labour, parts, hours), datetime.fromisoformat(told["at"]),
        presentation.visit_id, presentation.line_id, told.get("appointment"),
        origin_stage=Stage(origin) if origin else None, document=told.get("document"),
        deferred_by=LossEvent(deferred_by) if deferred_by else None, evidence=told.get("evidence"),
    )  # fmt: skip


def _reason(told: dict[str, Any]) -> Reason:
    cause, owner, price = told.get("cause"), told.get("owner"), told.get("price")
    decided, cancelled = told.get("decided_by"), told.get("cancelled_by")
    return Reason(
        cause=Cause(cause) if cause else None,
        contributing=tuple(Cause(code) for code in told.get("contributing", ())),
        custom_cause_id=told.get("own"),
        note=told.get("note"),
        competitor_id=told.get("competitor"),
        competitor_price=Decimal(price) if price else None,
        owner=Owner(owner) if owner else None,
        decided_by=Party(decided) if decided else None,
        cancelled_by=Party(cancelled) if cancelled else None,
    )
