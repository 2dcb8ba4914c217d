"""Decisions about lines: authorised, declined, deferred, removed, reduced.

A decision that happened before the newest one is kept in the log and changes nothing; one that
repeats the newest changes nothing either. What a refusal costs is not known here.
"""

from datetime import date, datetime, timedelta

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.taxonomy.authorization import AuthorizationMethod
from servicelost.taxonomy.parties import Party
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.blanks import fill_blanks
from servicelost.workflow.consents import agree_before_refusal, agree_before_work
from servicelost.workflow.facts import (
    LineAuthorized,
    LineDeclined,
    LineDeferred,
    LinePriced,
    LineReduced,
    LineRemoved,
    LineWordOvertaken,
)
from servicelost.workflow.guards import check_not_ended
from servicelost.workflow.history import (
    is_late,
    is_overtaken,
    newest_with,
    price_stands_since,
    price_then,
    stage_then,
    state_then,
)
from servicelost.workflow.lines import visit_of
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import ENTRIES_OF_LINE
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.prices import Price, PricedAs, cut_of, price_of_line, rest_of, set_price
from servicelost.workflow.reason import UNSTATED, Reason
from servicelost.workflow.stated import in_words, is_news
from servicelost.workflow.states import DONE, LINE_MACHINE, LineAction, LineState
from servicelost.workflow.transitions import log_line, shift_line

# Nowhere on earth is a calendar day later than 12 hours behind UTC.
_LATEST_DAY_BEHIND_UTC = timedelta(hours=12)


def authorize_line(
    book: Book,
    line: Line,
    *,
    at: datetime,
    method: AuthorizationMethod | None = None,
    authorized_by: str | None = None,
    amount_minor: int | None = None,
    labour_minor: int | None = None,
    parts_minor: int | None = None,
    centihours: int | None = None,
) -> Line:
    """The customer, or who pays for him, agreed; a price stated with it is the agreed one.

    For work begun or done already, and for work turned down since, it is put in at its own time.
    """
    visit = visit_of(book, line)
    price = Price(amount_minor, labour_minor, parts_minor, centihours)
    papers = {"authorization_method": method.value if method else None, "authorized_by": authorized_by}
    if line.state in (LineState.STARTED, *DONE):
        fill_blanks(line, **papers)
        agree_before_work(book, line, visit, at, price)
        return line
    if _says_the_same(line, papers, price):
        return line
    if not _take(book, line, visit, LineAction.AUTHORIZE, at, price=price):
        agree_before_refusal(book, line, at)
        fill_blanks(line, **papers)
        return line
    line.decided_by = Party.CUSTOMER.value
    line.authorization_method = papers["authorization_method"] or line.authorization_method
    line.authorized_by = authorized_by or line.authorized_by
    line.authorized_minor = line.amount_minor
    book.publish(LineAuthorized(line, visit, at))
    return line


def decline_line(
    book: Book, line: Line, *, at: datetime, reason: Reason = UNSTATED, stage: Stage | None = None
) -> Line:
    """The customer said no; also after the visit was closed."""
    visit = visit_of(book, line)
    if _repeats(book, line, LineAction.DECLINE, LineState.DECLINED, reason, at):
        return line
    if _take(book, line, visit, LineAction.DECLINE, at, reason):
        stated = _stage(book, visit, at, stage)
        book.publish(LineDeclined(line, visit, at, reason, stated, stage_told=stage is not None))
    return line


def defer_line(
    book: Book,
    line: Line,
    *,
    at: datetime,
    until: date | None = None,
    until_km: int | None = None,
    reason: Reason = UNSTATED,
    stage: Stage | None = None,
) -> Line:
    """The customer said not now, but at a day or an odometer reading; one of the two is mandatory.

    Raises RuleViolation DEFERRAL_NEEDS_GOAL or DEFERRAL_IN_PAST.
    """
    visit = visit_of(book, line)
    _check_goal(visit, at, until, until_km)
    same_goal = (line.deferred_until, line.deferred_until_km) == (until, until_km)
    if same_goal and _repeats(book, line, LineAction.DEFER, LineState.DEFERRED, reason, at):
        return line
    if _take(book, line, visit, LineAction.DEFER, at, reason):
        line.deferred_until, line.deferred_until_km = until, until_km
        stated = _stage(book, visit, at, stage)
        told = stage is not None
        book.publish(LineDeferred(line, visit, at, reason, stated, until, until_km, stage_told=told))
    return line


def remove_line(
    book: Book, line: Line, *, at: datetime, reason: Reason = UNSTATED, stage: Stage | None = None
) -> Line:
    """Booked or agreed work was taken off the order.

    Said again with a reason that is new, only the fact is published again, for the reason's sake.
    """
    visit = visit_of(book, line)
    if _repeats(book, line, LineAction.REMOVE, LineState.REMOVED, reason, at):
        return line
    if _take(book, line, visit, LineAction.REMOVE, at, reason):
        stated = _stage(book, visit, at, stage)
        book.publish(LineRemoved(line, visit, at, reason, stated, stage_told=stage is not None))
    return line


def reduce_line(
    book: Book,
    line: Line,
    *,
    at: datetime,
    amount_minor: int | None = None,
    labour_minor: int | None = None,
    parts_minor: int | None = None,
    centihours: int | None = None,
    reason: Reason = UNSTATED,
) -> Line:
    """Part of the work was taken off: the amounts are those that remain, the new total must be lower.

    Without a stated split the cut is split as the old price was. Raises RuleViolation NOT_REDUCED.
    """
    visit = visit_of(book, line)
    new, old = Price(amount_minor, labour_minor, parts_minor, centihours), price_of_line(line)
    if new.amount_minor == old.amount_minor and new.is_stated:
        return line
    late = _is_older_word(book, line, visit, at)
    if late and not _still_cuts(book, line, new, at):
        log_line(
            book, line, LineAction.REDUCE, at, before=line.state, note=in_words(reason),
            named_minor=new.amount_minor,
        )  # fmt: skip
        return line
    if not late:
        check_not_ended(visit)
        LINE_MACHINE.next(LineState(line.state), LineAction.REDUCE)
    cut = cut_of(old, new)
    agreed_to_it = line.authorized_minor is not None and (
        not late or line.authorized_minor == line.amount_minor
    )
    set_price(line, rest_of(old, new, cut), PricedAs(line.priced_as or line.origin))
    if agreed_to_it:
        line.authorized_minor = line.amount_minor
    log_line(book, line, LineAction.REDUCE, at, before=line.state, note=in_words(reason))
    taken_off = (cut.amount_minor or 0, cut.labour_minor, cut.parts_minor, cut.centihours)
    book.publish(LineReduced(line, visit, at, reason, stage_then(book, visit, at), *taken_off))
    return line


def _take(
    book: Book,
    line: Line,
    visit: Visit,
    action: LineAction,
    at: datetime,
    reason: Reason = UNSTATED,
    price: Price | None = None,
) -> bool:
    """Make the move a decision asks for; False when a newer word stands and it is only logged.

    A line taken off already is told once more: the reason is new.
    """
    words = in_words(reason)
    if is_overtaken(book, line, visit, action, at):
        entries = book.many(ENTRIES_OF_LINE, line.id)
        log_line(book, line, action, at, before=line.state, note=words, named_minor=price_then(entries, at))
        if newest_with(entries, action, at) is None:
            book.publish(LineWordOvertaken(line, visit, at))
        return False
    check_not_ended(visit)
    again = line.state == LineState.REMOVED and action == LineAction.REMOVE
    if not again:
        LINE_MACHINE.next(LineState(line.state), action)
    priced = price is not None and set_price(line, price, PricedAs.QUOTED)
    if again:
        log_line(book, line, action, at, before=line.state, note=words)
    else:
        shift_line(book, line, action, at, words)
    line.decided_at = at
    line.decided_by = reason.decided_by.value if reason.decided_by else None
    line.deferred_until = line.deferred_until_km = None
    if priced:
        book.publish(LinePriced(line, visit, at))
    return True


def _repeats(
    book: Book, line: Line, action: LineAction, state: LineState, reason: Reason, at: datetime
) -> bool:
    """Whether the line is where this leads, at the same amount, and the reason tells nothing new.

    A word from before the newest one is told once, whatever it says: it may be the first of its kind.
    """
    if line.state != state:
        return False
    entries = book.many(ENTRIES_OF_LINE, line.id)
    if line.decided_at is not None and at < line.decided_at:
        return newest_with(entries, action, at) is not None
    newest = newest_with(entries, action, line.decided_at)
    if newest is None:
        return True
    return newest.amount_minor == line.amount_minor and not is_news(reason, newest.note)


def _says_the_same(line: Line, papers: dict[str, str | None], price: Price) -> bool:
    if line.state != LineState.AUTHORIZED:
        return False
    same_papers = all(value in (None, getattr(line, name)) for name, value in papers.items())
    return same_papers and price.amount_minor in (None, line.authorized_minor)


def _stage(book: Book, visit: Visit, at: datetime, stated: Stage | None) -> str | None:
    return stated.value if stated else stage_then(book, visit, at)


def _is_older_word(book: Book, line: Line, visit: Visit, at: datetime) -> bool:
    """Whether the price or the state has moved on since; a reduction of the past is then history."""
    if is_overtaken(book, line, visit, LineAction.REDUCE, at):
        return True
    entries = book.many(ENTRIES_OF_LINE, line.id)
    return is_late((entry for entry in entries if entry.action == LineAction.REDUCE), at)


def _still_cuts(book: Book, line: Line, new: Price, at: datetime) -> bool:
    """Whether a reduction told late still takes something off: the line has the price it had then."""
    entries = book.many(ENTRIES_OF_LINE, line.id)
    state = state_then(entries, at)
    if state is None or not LINE_MACHINE.can(LineState(state), LineAction.REDUCE):
        return False
    lower = line.amount_minor is not None and new.amount_minor is not None
    return (
        lower and (new.amount_minor or 0) < (line.amount_minor or 0) and price_stands_since(entries, line, at)
    )


def _check_goal(visit: Visit, at: datetime, until: date | None, until_km: int | None) -> None:
    if until is None and until_km is None:
        message = "work put off needs a day or an odometer reading until when"
        expected = "deferred_until or deferred_until_odometer"
        raise RuleViolation("DEFERRAL_NEEDS_GOAL", message, field="deferred_until", expected=expected)
    earliest = (at - _LATEST_DAY_BEHIND_UTC).date()
    if until is not None and until < earliest:
        message = f"work cannot be put off until {until}, before the decision of {earliest}"
        raise RuleViolation(
            "DEFERRAL_IN_PAST",
            message,
            field="deferred_until",
            value=str(until),
            expected=f"{earliest} or later",
        )
    least = visit.odometer_km or 0
    if until_km is not None and until_km <= least:
        message = f"work cannot be put off until {until_km} km: the car has {least} km"
        raise RuleViolation(
            "DEFERRAL_IN_PAST",
            message,
            field="deferred_until_odometer",
            value=str(until_km),
            expected=f"more than {least} km",
        )
