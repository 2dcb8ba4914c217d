"""The course of a need that several lines name, told from the last word about each of its lines.

Pure: the same words give the same episodes, in whatever order they came to be known. Reading the words
and writing what follows from them is done elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from servicelost.opportunities.ledger.entries import Sale
from servicelost.opportunities.pipeline.settling import Refusal, with_known_cause
from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.reasons import cause_or_automatic
from servicelost.taxonomy.stages import Stage


class Outcome(Enum):
    """What the last word about a line comes to; the order is that of words of one moment."""

    OPEN = 0
    AGREED = 1
    CLOSED = 2
    LOST = 3
    PUT_OFF = 4
    SOLD = 5


@dataclass(frozen=True)
class Word:
    """The last word about one line: said at `at`; of a run of refusals the first was at `first_at`.

    `met`: another line of the same visit sells the need. `name` orders what happened at one moment.
    """

    line_id: int
    visit_id: int
    name: str
    presented_at: datetime
    at: datetime
    outcome: Outcome
    refusal: Refusal | None = None
    first_at: datetime | None = None
    until: date | None = None
    until_km: int | None = None
    sale: Sale | None = None
    met: bool = False


@dataclass
class Course:
    """One episode of a need: the lines that named it, and how it stands after their words."""

    first: Word
    words: list[Word] = field(default_factory=list)
    live: bool = True
    state: OpportunityState = OpportunityState.OPEN
    last_at: datetime | None = None
    loss: Refusal | None = None
    lost_since: datetime | None = None
    first_stage: Stage | None = None
    lost_on: set[int] = field(default_factory=set)
    put_off: Word | None = None
    sale: Sale | None = None
    won_minor: int | None = None
    recovered: bool = False
    reason: Cause | None = None


def courses_of(words: Iterable[Word], life: timedelta) -> list[Course]:
    """The episodes of the need, oldest first; one ends by a sale, a closing word or `life` without a word."""
    found: list[Course] = []
    of_line: dict[int, Course] = {}
    for at, is_word, word in _in_time(words):
        if is_word:
            _hear(of_line[word.line_id], word)
            continue
        course = _named_again(found, word, at, life)
        if course is None:
            course = Course(word, last_at=at)
            found.append(course)
        course.words.append(word)
        of_line[word.line_id] = course
    return found


def _in_time(words: Iterable[Word]) -> list[tuple[datetime, bool, Word]]:
    named = [(word.presented_at, False, word) for word in words]
    said = [
        (max(word.at, word.presented_at), True, word)
        for _, _, word in named
        if word.outcome is not Outcome.OPEN
    ]
    return sorted(
        [*named, *said], key=lambda m: (m[0], m[1], m[2].outcome.value, m[2].presented_at, m[2].name)
    )


def _named_again(found: list[Course], word: Word, at: datetime, life: timedelta) -> Course | None:
    if found and found[-1].live:
        last = found[-1].last_at
        if last is None or at - last <= life:
            return found[-1]
        found[-1].live = False
    sold_here = (
        course for course in reversed(found) if course.sale and course.sale.visit_id == word.visit_id
    )
    return next(sold_here, None)


def _hear(course: Course, word: Word) -> None:
    if course.live:
        course.last_at = max(word.at, course.last_at or word.at)
        _HEARING[word.outcome](course, word)
    elif word.sale is not None and course.sale is not None and word.visit_id == course.sale.visit_id:
        course.won_minor = (course.won_minor or 0) + word.sale.revenue_minor


def _agree(course: Course, word: Word) -> None:
    if course.state is OpportunityState.DEFERRED:
        course.state, course.put_off = OpportunityState.OPEN, None
    elif course.loss is not None and course.lost_on <= {word.visit_id}:
        _let_go(course, OpportunityState.OPEN)


def _close(course: Course, word: Word) -> None:
    assert word.refusal is not None
    _let_go(course, OpportunityState.CLOSED)
    course.live, course.reason = False, word.refusal.reason.cause


def _lose(course: Course, word: Word) -> None:
    refusal = word.refusal
    assert refusal is not None
    if word.met:
        return
    course.lost_on.add(word.visit_id)
    since = word.first_at or word.at
    if course.loss is None:
        course.loss, course.lost_since = refusal, since
        course.first_stage = refusal.origin_stage or refusal.stage
        course.state = OpportunityState.LOST
        return
    known = course.loss
    if refusal.value.amount_minor != known.value.amount_minor or _tells_why(refusal, known):
        course.loss = with_known_cause(refusal, known.reason)


def _tells_why(refusal: Refusal, known: Refusal) -> bool:
    """Whether it states a cause that nobody had stated."""
    cause = refusal.reason.cause
    return known.reason.cause is None and cause not in (None, cause_or_automatic(known.event, None))


def _postpone(course: Course, word: Word) -> None:
    if word.met:
        return
    if course.loss is not None:
        if course.lost_on - {word.visit_id}:
            return
        _let_go(course, OpportunityState.OPEN)
    course.state, course.put_off = OpportunityState.DEFERRED, word


def _sell(course: Course, word: Word) -> None:
    assert word.sale is not None
    course.recovered = course.loss is not None and bool(course.lost_on - {word.visit_id})
    if not course.recovered:
        _let_go(course, OpportunityState.OPEN)
    course.live, course.state = False, OpportunityState.WON
    course.sale, course.won_minor = word.sale, word.sale.revenue_minor


def _let_go(course: Course, state: OpportunityState) -> None:
    course.state, course.loss, course.lost_since, course.first_stage = state, None, None, None
    course.lost_on = set()
    course.put_off = None


_HEARING = {
    Outcome.AGREED: _agree,
    Outcome.CLOSED: _close,
    Outcome.LOST: _lose,
    Outcome.PUT_OFF: _postpone,
    Outcome.SOLD: _sell,
}
