"""Decisions about lines: authorised, declined, deferred, removed, reduced."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.kernel.book import Book
from servicelost.kernel.errors import IllegalMove, RuleViolation
from servicelost.taxonomy.authorization import AuthorizationMethod
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.parties import Party
from servicelost.taxonomy.stages import Stage
from servicelost.workflow import facts
from servicelost.workflow.decisions import (
    authorize_line,
    decline_line,
    defer_line,
    reduce_line,
    remove_line,
)
from servicelost.workflow.lines import quote_line
from servicelost.workflow.models.log import ENTRIES_OF_LINE
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.prices import Price, cut_of, rest_of
from servicelost.workflow.reason import UNSTATED, Reason
from servicelost.workflow.work import start_line
from tests.factories import House, at, house, make_booked, make_recommended, make_visit

TOO_DEAR = Reason(cause=Cause.PRICE_TOO_HIGH, decided_by=Party.CUSTOMER)


@pytest.fixture
def world() -> Iterator[House]:
    with house() as made:
        yield made


@pytest.fixture
def book(world: House) -> Iterator[Book]:
    with world.unit() as made:
        yield made


@pytest.fixture
def visit(book: Book) -> Visit:
    return make_visit(book)


def actions(book: Book, line: Any) -> list[str]:
    return [entry.action for entry in book.many(ENTRIES_OF_LINE, line.id)]


# Deciding


def test_authorising_keeps_the_papers_and_the_agreed_price(world: House, book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit)
    for hour in (2, 3):
        authorize_line(
            book, line, at=at(hour), method=AuthorizationMethod.VERBAL_PHONE, authorized_by="Mrs Reed",
            labour_minor=9000, parts_minor=14000,
        )  # fmt: skip

    assert (line.state, line.authorized_minor, line.amount_minor) == ("AUTHORIZED", 23000, 23000)
    assert (line.authorization_method, line.authorized_by, line.decided_at) == (
        "VERBAL_PHONE",
        "Mrs Reed",
        at(2),
    )
    assert len(world.told(facts.LineAuthorized)) == 1


def test_papers_that_come_after_the_work_began_are_filled_in(world: House, book: Book, visit: Visit) -> None:
    line = start_line(book, make_booked(book, visit), at=at(1))
    authorize_line(book, line, at=at(2), method=AuthorizationMethod.VERBAL_IN_PERSON)
    assert (line.state, line.authorization_method) == ("STARTED", "VERBAL_IN_PERSON")
    assert world.told(facts.LineAuthorized) == []


def test_declining_tells_the_reason(world: House, book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit)
    decline_line(book, line, at=at(2), reason=TOO_DEAR, stage=Stage.DELIVERY)

    (fact,) = world.told(facts.LineDeclined)
    assert (line.state, line.decided_by, fact.reason, fact.stage) == (
        "DECLINED",
        "CUSTOMER",
        TOO_DEAR,
        "DELIVERY",
    )


def test_declining_again_is_told_only_when_something_is_new(world: House, book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit)
    decline_line(book, line, at=at(2))
    decline_line(book, line, at=at(3))
    decline_line(book, line, at=at(4), reason=TOO_DEAR)
    decline_line(book, line, at=at(5), reason=TOO_DEAR)
    decline_line(book, line, at=at(6))
    quote_line(book, line, at=at(7), amount_minor=18000)
    decline_line(book, line, at=at(8), reason=TOO_DEAR)

    told = world.told(facts.LineDeclined)
    assert [(fact.at, fact.reason) for fact in told] == [
        (at(2), UNSTATED),
        (at(4), TOO_DEAR),
        (at(8), TOO_DEAR),
    ]


def test_an_earlier_decision_that_comes_later_is_only_logged(world: House, book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit)
    authorize_line(book, line, at=at(5))
    decline_line(book, line, at=at(4), reason=TOO_DEAR)

    assert line.state == "AUTHORIZED"
    assert world.told(facts.LineDeclined) == []
    late = book.many(ENTRIES_OF_LINE, line.id)[-1]
    assert (late.action, late.from_state, late.to_state, late.occurred_at) == (
        "DECLINE", "AUTHORIZED", "AUTHORIZED", at(4)
    )  # fmt: skip


def test_deferring_needs_a_goal_that_lies_ahead(book: Book, visit: Visit) -> None:
    visit.odometer_km = 60_000
    line = make_recommended(book, visit)
    for goal in ({}, {"until": date(2026, 2, 27)}, {"until_km": 60_000}):
        with pytest.raises(RuleViolation):
            defer_line(book, line, at=at(2), **goal)
    assert line.state == "RECOMMENDED"
    assert defer_line(book, line, at=at(2), until=date(2026, 3, 2)).state == "DEFERRED"


def test_deferring_again_to_the_same_goal_is_once(world: House, book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit)
    for hour, day in ((2, 10), (3, 10), (4, 20)):
        defer_line(book, line, at=at(hour), until=date(2026, 4, day))
    assert [fact.until for fact in world.told(facts.LineDeferred)] == [date(2026, 4, 10), date(2026, 4, 20)]

    authorize_line(book, line, at=at(5))
    assert (line.state, line.deferred_until) == ("AUTHORIZED", None)


def test_removing_tells_a_reason_that_comes_later(world: House, book: Book, visit: Visit) -> None:
    line = make_booked(book, visit)
    remove_line(book, line, at=at(2))
    remove_line(book, line, at=at(2))
    remove_line(book, line, at=at(2), reason=Reason(cause=Cause.NO_TIME))

    assert line.state == "REMOVED"
    assert [fact.reason.cause for fact in world.told(facts.LineRemoved)] == [None, Cause.NO_TIME]


def test_a_decision_that_is_not_possible_names_the_possible_ones(book: Book, visit: Visit) -> None:
    line = start_line(book, make_booked(book, visit), at=at(1))
    with pytest.raises(IllegalMove, match="COMPLETE"):
        decline_line(book, line, at=at(2))


# Reducing


def test_reducing_splits_the_cut_as_the_price_was(world: House, book: Book, visit: Visit) -> None:
    line = authorize_line(book, make_booked(book, visit), at=at(1))
    reduce_line(book, line, at=at(2), amount_minor=18000)
    reduce_line(book, line, at=at(3), amount_minor=18000)

    (fact,) = world.told(facts.LineReduced)
    assert (fact.cut_minor, fact.cut_labour_minor, fact.cut_parts_minor) == (6000, 2500, 3500)
    assert (line.amount_minor, line.labour_minor, line.parts_minor) == (18000, 7500, 10500)
    assert (line.state, line.authorized_minor, line.centihours) == ("AUTHORIZED", 18000, 150)


def test_reducing_takes_the_stated_split(world: House, book: Book, visit: Visit) -> None:
    line = make_booked(book, visit)
    reduce_line(book, line, at=at(2), labour_minor=10000, parts_minor=4000, centihours=100)
    (fact,) = world.told(facts.LineReduced)
    assert (fact.cut_minor, fact.cut_labour_minor, fact.cut_parts_minor) == (10000, 0, 10000)
    assert fact.cut_centihours == 50


def test_a_reduction_must_take_something_off(book: Book, visit: Visit) -> None:
    line = make_booked(book, visit)
    unpriced = make_booked(book, visit, labour_minor=None, parts_minor=None)
    for wrong, amount in ((line, 24001), (line, None), (unpriced, 100)):
        with pytest.raises(RuleViolation) as refused:
            reduce_line(book, wrong, at=at(2), amount_minor=amount)
        assert refused.value.code == "NOT_REDUCED"


def test_a_reduction_from_before_a_newer_one_is_only_logged(world: House, book: Book, visit: Visit) -> None:
    line = make_booked(book, visit)
    reduce_line(book, line, at=at(3), amount_minor=18000)
    reduce_line(book, line, at=at(2), amount_minor=20000)
    assert line.amount_minor == 18000
    assert len(world.told(facts.LineReduced)) == 1


amounts = st.integers(0, 10**9)


@given(labour=amounts, parts=amounts, share=st.integers(0, 1000))
def test_a_cut_and_its_rest_always_make_the_whole(labour: int, parts: int, share: int) -> None:
    old = Price(labour_minor=labour, parts_minor=parts)
    new = Price((labour + parts) * share // 1001)
    if new.amount_minor == old.amount_minor:
        return
    cut = cut_of(old, new)
    rest = rest_of(old, new, cut)
    assert (cut.amount_minor or 0) + (rest.amount_minor or 0) == labour + parts
    assert (cut.labour_minor or 0) + (rest.labour_minor or 0) == labour
    assert (cut.parts_minor or 0) + (rest.parts_minor or 0) == parts
