"""A need that several lines name is settled anew whenever one of them changes.

Its episodes are told from the lines as they stand, and whatever the rows and the ledger say otherwise is put
right: by reversing entries in the old period, never by an edit. A need that a person has put right stays so.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import EPISODE
from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.courses import Course, Word, courses_of
from servicelost.opportunities.pipeline.models import (
    DECISIONS_OF_OPPORTUNITY,
    PRESENTATION_OF_LINE,
    PRESENTATIONS_OF_OPPORTUNITY,
    Opportunity,
    Presentation,
)
from servicelost.opportunities.pipeline.needs import OWN_NEED
from servicelost.opportunities.pipeline.opening import (
    episodes,
    open_for_line,
    source_of,
    take_newest_price,
)
from servicelost.opportunities.pipeline.rewriting import set_ledger
from servicelost.opportunities.pipeline.states import DecisionKind, OpportunityState
from servicelost.opportunities.pipeline.words import words_of
from servicelost.taxonomy.causes import Cause
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit

_BY_HAND = frozenset({DecisionKind.CORRECTED})


def is_told_anew(book: Book, opportunity: Opportunity) -> bool:
    """Whether several lines have named the need, so that it is told from them."""
    return sum(row.presentations for row in _episodes(book, opportunity)) > 1


def is_newest(book: Book, opportunity: Opportunity, at: datetime) -> bool:
    """Whether nothing later is known of the need: then what each rule alone has done is all there is."""
    return all(_told_until(book, row) <= at for row in _episodes(book, opportunity))


def _told_until(book: Book, row: Opportunity) -> datetime:
    named = [row.opened_at]
    if row.presentations > 1:
        named = [each.presented_at for each in book.many(PRESENTATIONS_OF_OPPORTUNITY, row.id)]
    return max(*named, row.last_decision_at or row.opened_at)


def settle_anew(book: Book, opportunity: Opportunity, *, least: int = 2) -> None:
    """Tell the need from its lines, if there are so many, and put right what is told otherwise."""
    if opportunity.need_key.startswith(OWN_NEED):
        return
    rows = _episodes(book, opportunity)
    if sum(row.presentations for row in rows) < least:
        return
    presented = _presented(book, rows)
    if _by_hand(book, rows):
        return
    words = words_of(book, presented)
    if words is None:
        return
    life = timedelta(days=read_setting(book, opportunity.dealership_id, EPISODE))
    _put_right(book, rows, courses_of(words, life))


def _episodes(book: Book, opportunity: Opportunity) -> list[Opportunity]:
    return episodes(book, opportunity.dealership_id, opportunity.need_key, opportunity.vehicle_id)


def _presented(book: Book, rows: Sequence[Opportunity]) -> list[Presentation]:
    return [
        presentation
        for row in rows
        if row.presentations
        for presentation in book.many(PRESENTATIONS_OF_OPPORTUNITY, row.id)
    ]


def _by_hand(book: Book, rows: Sequence[Opportunity]) -> bool:
    """Whether a person, a call or a lead has had a say in it, which no line tells of."""
    if any(row.call_id is not None or row.line_id is None for row in rows):
        return True
    return any(
        decision.kind in _BY_HAND for row in rows for decision in book.many(DECISIONS_OF_OPPORTUNITY, row.id)
    )


def _put_right(book: Book, rows: Sequence[Opportunity], courses: Sequence[Course]) -> None:
    placed = _placed(book, rows, courses)
    used = {row.id for row in placed}
    for row in rows:
        if row.id not in used:
            _empty(book, row)
    for row, course in zip(placed, courses, strict=True):
        for word in course.words:
            _move(book, word, row)
    for row, course in zip(placed, courses, strict=True):
        _write(book, row, course)


def _placed(book: Book, rows: Sequence[Opportunity], courses: Sequence[Course]) -> list[Opportunity]:
    """A row for each course: the one that has its lines already, else one that is free, else a new one."""
    free = {row.id: row for row in rows}
    placed: list[Opportunity] = []
    for course in courses:
        own = [_row_of(book, word) for word in [course.first, *course.words]]
        found = next((row_id for row_id in own if row_id in free), None)
        placed.append(_new(book, course) if found is None else free.pop(found))
    return placed


def _row_of(book: Book, word: Word) -> int:
    presentation = book.one(PRESENTATION_OF_LINE, word.line_id)
    assert presentation is not None
    return presentation.opportunity_id


def _new(book: Book, course: Course) -> Opportunity:
    line, visit = book.get(Line, course.first.line_id), book.get(Visit, course.first.visit_id)
    made = open_for_line(book, _need(book, course), line, visit, course.first.presented_at)
    made.live = None
    return made


def _need(book: Book, course: Course) -> str:
    return book.get(Opportunity, _row_of(book, course.first)).need_key


def _move(book: Book, word: Word, row: Opportunity) -> None:
    presentation = book.one(PRESENTATION_OF_LINE, word.line_id)
    if presentation is not None and presentation.opportunity_id != row.id:
        book.refile(PRESENTATIONS_OF_OPPORTUNITY, presentation, opportunity_id=row.id)


def _empty(book: Book, row: Opportunity) -> None:
    """Its lines turned out to belong to another episode: nothing is left of this one."""
    set_ledger(book, row, None)
    row.state, row.live, row.closed_reason = OpportunityState.CLOSED, None, Cause.SUPERSEDED
    row.presentations, row.won_at, row.won_minor, row.won_basis = 0, None, None, None
    row.deferred_until = row.deferred_until_km = None


def _write(book: Book, row: Opportunity, course: Course) -> None:
    line, visit = book.get(Line, course.first.line_id), book.get(Visit, course.first.visit_id)
    row.opened_at, row.source = course.first.presented_at, source_of(line, visit)
    row.visit_id, row.line_id, row.presentations = visit.id, line.id, len(course.words)
    row.state, row.live = course.state, 1 if course.live else None
    row.closed_reason = course.reason
    _write_deferral(row, course)
    _write_sale(row, course)
    row.loss_id = row.lost_event = None
    take_newest_price(book, row)
    set_ledger(book, row, course)


def _write_deferral(row: Opportunity, course: Course) -> None:
    word = course.put_off
    refusal = None if word is None else word.refusal
    until = (None, None) if word is None else (word.until, word.until_km)
    if until != (row.deferred_until, row.deferred_until_km):
        row.acknowledged_at = row.acknowledged_by = None
    row.deferred_until, row.deferred_until_km = until
    row.deferred_cause = refusal.reason.cause if refusal else None
    row.deferred_stage = refusal.stage if refusal else None
    row.deferred_event = refusal.event if refusal else None


def _write_sale(row: Opportunity, course: Course) -> None:
    sale = course.sale
    row.won_at, row.won_minor = (sale.at, course.won_minor) if sale else (None, None)
    row.won_basis = sale.basis if sale else None
    if sale is not None:
        row.visit_id = sale.visit_id
