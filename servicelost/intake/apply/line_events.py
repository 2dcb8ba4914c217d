"""Events about lines and quotes."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from servicelost.directory.calendar import start_of_day
from servicelost.intake.apply.references import Incoming, centihours
from servicelost.kernel.actor import Role
from servicelost.kernel.errors import NotYet
from servicelost.taxonomy.authorization import AuthorizationMethod
from servicelost.taxonomy.severity import Severity
from servicelost.taxonomy.stages import Stage
from servicelost.workflow import decisions, lines, quotes, work
from servicelost.workflow.lines import LineDraft
from servicelost.workflow.models.quotes import Quote


def booked(event: Incoming) -> None:
    """Work was booked."""
    lines.book_line(event.book, event.visit(), _draft(event), at=event.at)


def recommended(event: Incoming) -> None:
    """Work was recommended."""
    lines.recommend_line(event.book, event.visit(), _draft(event), at=event.at)


def quoted(event: Incoming) -> None:
    """A line was priced in the quote."""
    lines.quote_line(
        event.book, event.line(), at=event.at, **_price(event), quote_source_id=event.data.get("quote_id"),
        valid_until=_end_of(event, "valid_until"),
    )  # fmt: skip


def authorized(event: Incoming) -> None:
    """The customer agreed."""
    method = event.data.get("method")
    decisions.authorize_line(
        event.book, event.line(), at=event.at, method=AuthorizationMethod(method) if method else None,
        authorized_by=event.data.get("authorized_by"), **_price(event),
    )  # fmt: skip


def declined(event: Incoming) -> None:
    """The customer said no."""
    stage = event.data.get("stage")
    decisions.decline_line(
        event.book, event.line(), at=event.at, reason=event.reason(), stage=Stage(stage) if stage else None
    )


def deferred(event: Incoming) -> None:
    """The customer said not now."""
    decisions.defer_line(
        event.book, event.line(), at=event.at, until=event.day("deferred_until"),
        until_km=event.data.get("deferred_until_odometer"), reason=event.reason(),
    )  # fmt: skip


def removed(event: Incoming) -> None:
    """Work was taken off."""
    decisions.remove_line(event.book, event.line(), at=event.at, reason=event.reason())


def reduced(event: Incoming) -> None:
    """Part of the work was taken off."""
    decisions.reduce_line(event.book, event.line(), at=event.at, **_price(event), reason=event.reason())


def started(event: Incoming) -> None:
    """Work began."""
    work.start_line(event.book, event.line(), at=event.at, technician_id=_technician(event))


def completed(event: Incoming) -> None:
    """Work is done."""
    work.complete_line(
        event.book, event.line(), at=event.at, technician_id=_technician(event),
        centihours=centihours(event.data.get("hours")),
    )  # fmt: skip


def not_performed(event: Incoming) -> None:
    """Agreed work was not done."""
    work.not_perform_line(
        event.book, event.line(), at=event.at, reason=event.reason(), until=event.day("deferred_until")
    )


def quote_sent(event: Incoming) -> None:
    """The quote went out."""
    wanted = [event.line(line_id) for line_id in event.data.get("lines", ())]
    quotes.send_quote(
        event.book, event.visit(), at=event.at, lines=wanted or None, channel=event.data.get("channel"),
        source_id=event.data.get("quote_id"), valid_until=_end_of(event, "valid_until"),
    )  # fmt: skip


def quote_opened(event: Incoming) -> None:
    """The customer looked at it."""
    quotes.open_quote(event.book, _quote(event), at=event.at)


def quote_expired(event: Incoming) -> None:
    """It ran out."""
    quotes.expire_quote(event.book, _quote(event), at=event.at, reason=event.reason())


def _draft(event: Incoming) -> LineDraft:
    data, service, severity = event.data, event.service(), event.data.get("severity")
    return LineDraft(
        source=event.event.source,
        source_id=data["line_id"],
        category_id=service.id if service else None,
        labor_operation_id=event.operation_id(),
        position=data.get("position"),
        description=data.get("description"),
        severity=Severity(severity) if severity else None,
        pay_type=event.pay_type(),
        **_price(event),
        part_number=data.get("part_number"),
        skill=data.get("skill"),
        technician_id=_technician(event),
        complaint=data.get("complaint"),
        cause_text=data.get("cause_text"),
        correction=data.get("correction"),
    )


def _price(event: Incoming) -> dict[str, int | None]:
    """The price as far as sent, by the names all verbs of the workflow share."""
    return {
        "amount_minor": event.minor("amount"), "labour_minor": event.minor("labour"),
        "parts_minor": event.minor("parts"), "centihours": centihours(event.data.get("hours")),
    }  # fmt: skip


def _quote(event: Incoming) -> Quote:
    """The newest quote that was sent, of the sender's number if there is one; raises NotYet."""
    visit, source_id = event.visit(), event.data.get("quote_id")
    found = quotes.sent_quote(event.book, visit, source_id)
    if found is None:
        name = source_id or visit.source_id
        raise NotYet(f"quote:{name}", f"quote {name!r} is not known yet")
    return found


def _technician(event: Incoming) -> int | None:
    return event.employee("technician", Role.TECHNICIAN)


def _end_of(event: Incoming, field: str) -> datetime | None:
    """The end of the day in this field on the dealership's own calendar."""
    day = event.day(field)
    return None if day is None else start_of_day(event.dealership, day + timedelta(days=1))


LINE_HANDLERS: Mapping[str, Callable[[Incoming], object]] = {
    "line.booked": booked,
    "line.recommended": recommended,
    "line.quoted": quoted,
    "line.authorized": authorized,
    "line.declined": declined,
    "line.deferred": deferred,
    "line.removed": removed,
    "line.reduced": reduced,
    "line.started": started,
    "line.completed": completed,
    "line.not_performed": not_performed,
    "quote.sent": quote_sent,
    "quote.opened": quote_opened,
    "quote.expired": quote_expired,
}
