"""Deciding about a line on behalf of a page or an API call: load, compare versions, call the one verb.

What was sent has passed its schema in `schemas/decisions`; every rule is the workflow's or the ledger's.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from servicelost.directory.causes import resolve_cause
from servicelost.directory.competitors import ensure_competitor, key_of_competitor
from servicelost.directory.models import COMPETITOR_BY_KEY, Dealership, ServiceCategory
from servicelost.kernel.book import Book
from servicelost.kernel.clock import as_utc
from servicelost.kernel.errors import Conflict, FieldProblem, InvalidInput
from servicelost.kernel.lookup import Lookup
from servicelost.kernel.money import to_minor
from servicelost.kernel.trail import Step, Trail
from servicelost.opportunities.pipeline.evidence import asked_about, with_inference
from servicelost.opportunities.pipeline.line_undoing import undo_decision
from servicelost.opportunities.pipeline.models import (
    OPPORTUNITIES_OF_VEHICLE,
    PRESENTATION_OF_LINE,
    Opportunity,
    Presentation,
)
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.web.sight import get_visible
from servicelost.workflow import decisions
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import ENTRIES_OF_LINE, LineEntry
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason

Sent = Mapping[str, Any]

# All that a decision about a line looks at, whatever it is.
_ABOUT_A_LINE = Trail(
    Line,
    (
        Step(Line, "visit_id", Visit),
        Step(Line, "dealership_id", Dealership),
        Step(Line, "category_id", ServiceCategory),
        Step(Line, "id", Presentation, PRESENTATION_OF_LINE),
        Step(Presentation, "opportunity_id", Opportunity),
    ),
)

# Clocks of two machines differ a little; a decision of tomorrow is a mistake.
_CLOCK_SKEW = timedelta(minutes=5)


def decline(book: Book, line_id: int, version: int | None, sent: Sent) -> Line:
    """The customer said no. Raises NotFound, Conflict for another version, and what the rules raise."""
    return _refuse(book, line_id, version, sent, LossEvent.QUOTE_DECLINED, decisions.decline_line)


def defer(book: Book, line_id: int, version: int | None, sent: Sent) -> Line:
    """The customer said not now. Raises NotFound, Conflict for another version, and what the rules raise."""
    goal = {"until": sent.get("deferred_until"), "until_km": sent.get("deferred_until_odometer")}
    return _refuse(book, line_id, version, sent, LossEvent.QUOTE_DEFERRED, decisions.defer_line, **goal)


def remove(book: Book, line_id: int, version: int | None, sent: Sent) -> Line:
    """Work was taken off. Raises NotFound, Conflict for another version, and what the rules raise."""
    return _refuse(book, line_id, version, sent, LossEvent.SCOPE_REDUCED, decisions.remove_line)


def undo(book: Book, line_id: int, _version: int | None, _sent: Sent) -> Line:
    """The last decision was a wrong tap. Raises RuleViolation when it is too late."""
    line, _ = _load(book, line_id, None)
    return undo_decision(book, line)


def authorize(book: Book, line_id: int, version: int | None, sent: Sent) -> Line:
    """The customer agreed. Raises NotFound, Conflict for another version, and what the rules raise."""
    line, dealership = _load(book, line_id, version)
    amounts = {
        f"{name}_minor": to_minor(sent[name], dealership.currency)
        for name in ("labour", "parts", "amount")
        if sent.get(name) is not None
    }
    return decisions.authorize_line(
        book,
        line,
        at=said_moment(book, sent),
        method=sent.get("method"),
        authorized_by=sent.get("authorized_by"),
        **amounts,
    )


def _refuse(
    book: Book,
    line_id: int,
    version: int | None,
    sent: Sent,
    event: LossEvent,
    verb: Callable[..., Line],
    **goal: Any,
) -> Line:
    """Let the verb be done to the line, for the stated reason and with what the evidence points to."""
    line, dealership = _load(book, line_id, version)
    visit = book.get(Visit, line.visit_id)
    book.gather(_looked_up(dealership, visit, sent), [asked_about(book, visit, [line])])
    reason = with_inference(book, visit, line, event, stated_reason(book, dealership, sent))
    return verb(book, line, at=said_moment(book, sent), reason=reason, stage=sent.get("stage"), **goal)


def _looked_up(
    dealership: Dealership, visit: Visit, sent: Sent
) -> Iterator[tuple[Lookup[Any], tuple[Any, ...]]]:
    """What every refusal looks up."""
    if competitor := sent.get("competitor"):
        yield COMPETITOR_BY_KEY, key_of_competitor(dealership, competitor)
    if visit.vehicle_id is not None:
        yield OPPORTUNITIES_OF_VEHICLE, (visit.vehicle_id,)


def _load(book: Book, line_id: int, version: int | None) -> tuple[Line, Dealership]:
    book.follow(_ABOUT_A_LINE, line_id)
    line = get_visible(book, Line, line_id)
    if version is not None and version != line.version:
        raise _changed_meanwhile(book, line, version)
    return line, book.get(Dealership, line.dealership_id)


def last_change(book: Book, line: Line) -> LineEntry | None:
    """What was done to the line last, by whom and when."""
    entries = book.many(ENTRIES_OF_LINE, line.id)
    return entries[-1] if entries else None


def _changed_meanwhile(book: Book, line: Line, version: int) -> Conflict:
    """The refusal that tells what the other did."""
    last = last_change(book, line)
    done = (
        f": {last.action} by {last.actor} at {last.recorded_at.isoformat(timespec='seconds')}" if last else ""
    )
    message = f"the line was changed meanwhile{done}; it is {line.state} now. Look again before you decide"
    problems = [
        FieldProblem("version", "is not the newest", str(version), str(line.version)),
        FieldProblem("state", "is now this", line.state),
    ]
    if last is not None:
        problems.append(FieldProblem("changed_by", f"did {last.action}", last.actor))
        problems.append(FieldProblem("changed_at", "is when", last.recorded_at.isoformat()))
    return Conflict("STALE", message, errors=problems)


def said_moment(book: Book, sent: Sent) -> datetime:
    """When it happened: now, unless something else was said. Raises InvalidInput for the future."""
    at = sent.get("occurred_at")
    if at is None:
        return book.now
    if as_utc(at) > book.now + _CLOCK_SKEW:
        problem = FieldProblem("occurred_at", "lies in the future", at.isoformat(), "now or earlier")
        raise InvalidInput("IN_THE_FUTURE", "occurred_at lies in the future", errors=[problem])
    return as_utc(at)


def stated_reason(book: Book, dealership: Dealership, sent: Sent) -> Reason:
    """Why, as far as it was said, with the dealership's own causes and competitors found."""
    stated, competitor = sent.get("cause"), sent.get("competitor")
    cause = resolve_cause(book, dealership, stated) if stated else None
    own = cause.own if cause else None
    rival = ensure_competitor(book, dealership, competitor) if competitor else None
    return Reason(
        cause=cause.standard if cause else None,
        custom_cause_id=own.id if own else None,
        custom_cause=own.code if own else None,
        contributing=tuple(
            resolve_cause(book, dealership, code, field="contributing").standard
            for code in sent.get("contributing") or ()
        ),
        note=sent.get("note") or None,
        competitor_id=rival.id if rival else None,
        competitor=rival.name if rival else None,
        competitor_price=sent.get("competitor_price"),
        owner=sent.get("owner"),
        decided_by=sent.get("decided_by"),
    )
