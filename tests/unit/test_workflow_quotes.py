"""Quotes in versions: sent, repeated, superseded, opened, expired."""

from collections.abc import Iterator

import pytest

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.workflow import facts
from servicelost.workflow.decisions import authorize_line, decline_line
from servicelost.workflow.lines import quote_line
from servicelost.workflow.models.quotes import LINES_OF_QUOTE, QUOTES_OF_VISIT
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.quotes import expire_quote, open_quote, send_quote, sent_quote
from servicelost.workflow.visits import close_visit
from tests.factories import House, at, house, make_booked, make_recommended, make_visit


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


def states(book: Book, visit: Visit) -> list[tuple[int, str]]:
    return [(quote.number, quote.state) for quote in book.many(QUOTES_OF_VISIT, visit.id)]


def test_sending_offers_what_waits_and_keeps_the_prices(book: Book, visit: Visit) -> None:
    priced, unpriced = (
        make_recommended(book, visit),
        make_recommended(book, visit, labour_minor=None, parts_minor=None),
    )
    booked, declined = make_booked(book, visit), decline_line(book, make_recommended(book, visit), at=at(1.5))

    quote = send_quote(book, visit, at=at(2), channel="SMS", source_id="Q-1")

    assert (quote.number, quote.state, quote.sent_at, quote.channel) == (1, "SENT", at(2), "SMS")
    offered = {row.line_id: row.amount_minor for row in book.many(LINES_OF_QUOTE, quote.id)}
    assert offered == {priced.id: 24000, unpriced.id: None}
    assert [line.state for line in (priced, unpriced, booked, declined)] == [
        "QUOTED", "RECOMMENDED", "BOOKED", "DECLINED"
    ]  # fmt: skip
    assert (priced.presented_at, unpriced.presented_at) == (at(2), at(2))
    assert sent_quote(book, visit, "Q-1") is quote


def test_a_draft_is_what_is_sent_next(book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit)
    quote_line(book, line, at=at(2), amount_minor=20000, quote_source_id="Q-1", valid_until=at(48))
    quote_line(book, line, at=at(2.5), amount_minor=19000, quote_source_id="Q-1")
    assert states(book, visit) == [(1, "DRAFT")]

    quote = send_quote(book, visit, at=at(3), source_id="Q-1")

    assert (states(book, visit), quote.valid_until) == ([(1, "SENT")], at(48))
    quote_line(book, line, at=at(4), amount_minor=19000, quote_source_id="Q-1")
    assert states(book, visit) == [(1, "SENT")]


def test_the_same_offer_again_is_no_new_version(book: Book, visit: Visit) -> None:
    first, second = make_recommended(book, visit), make_recommended(book, visit)
    quote = send_quote(book, visit, at=at(2), source_id="Q-1")
    assert send_quote(book, visit, at=at(3), source_id="Q-1") is quote
    decline_line(book, first, at=at(4))

    assert send_quote(book, visit, at=at(2), source_id="Q-1") is quote
    assert second.state == "QUOTED"
    assert states(book, visit) == [(1, "SENT")]


def test_a_new_version_supersedes_those_it_repeats(book: Book, visit: Visit) -> None:
    first, second = make_recommended(book, visit), make_recommended(book, visit)
    send_quote(book, visit, at=at(2), lines=[first])
    send_quote(book, visit, at=at(3), lines=[second])
    assert states(book, visit) == [(1, "SENT"), (2, "SENT")]

    quote_line(book, first, at=at(4), amount_minor=20000)
    send_quote(book, visit, at=at(5))

    assert states(book, visit) == [(1, "SUPERSEDED"), (2, "SUPERSEDED"), (3, "SENT")]


def test_a_version_that_arrives_after_its_successor_is_superseded_at_once(book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit)
    send_quote(book, visit, at=at(5), source_id="Q-2")
    send_quote(book, visit, at=at(3), source_id="Q-1")

    assert states(book, visit) == [(1, "SENT"), (2, "SUPERSEDED")]
    assert line.presented_at == at(3)


def test_declined_work_can_be_offered_again(book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit)
    send_quote(book, visit, at=at(2))
    decline_line(book, line, at=at(3))

    send_quote(book, visit, at=at(2.5), lines=[line], source_id="late")
    assert line.state == "DECLINED"
    send_quote(book, visit, at=at(4), lines=[line])
    assert line.state == "QUOTED"


def test_a_quote_sent_before_closing_but_told_later_corrects_the_silence(book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit)
    close_visit(book, visit, at=at(8))
    assert line.state == "NOT_PRESENTED"
    send_quote(book, visit, at=at(3))
    assert line.state == "QUOTED"


def test_lines_of_another_visit_cannot_be_offered(book: Book, visit: Visit) -> None:
    stranger = make_recommended(book, make_visit(book))
    with pytest.raises(RuleViolation) as refused:
        send_quote(book, visit, at=at(2), lines=[stranger])
    assert refused.value.code == "LINE_OF_OTHER_VISIT"
    assert states(book, visit) == []


def test_opening_is_told_once_and_never_before_sending(world: House, book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit)
    quote_line(book, line, at=at(1), amount_minor=100)
    (draft,) = book.many(QUOTES_OF_VISIT, visit.id)
    with pytest.raises(RuleViolation, match="never sent"):
        open_quote(book, draft, at=at(2))
    quote = send_quote(book, visit, at=at(3))
    with pytest.raises(RuleViolation, match="sent only at"):
        open_quote(book, quote, at=at(2))
    for hour in (5, 6, 4):
        open_quote(book, quote, at=at(hour))

    assert (quote.state, quote.opened_at) == ("OPENED", at(4))
    assert [fact.at for fact in world.told(facts.QuoteOpened)] == [at(5)]


def test_expiry_ends_only_what_nobody_answered(world: House, book: Book, visit: Visit) -> None:
    silent, agreed, kept = (make_recommended(book, visit) for _ in range(3))
    quote = send_quote(book, visit, at=at(2), valid_until=at(48))
    later = send_quote(book, visit, at=at(3), lines=[kept], source_id="Q-2")
    authorize_line(book, agreed, at=at(4))

    expire_quote(book, quote, at=at(48))
    expire_quote(book, quote, at=at(49))

    assert [line.state for line in (silent, agreed, kept)] == ["EXPIRED", "AUTHORIZED", "QUOTED"]
    assert [(fact.line, fact.stage) for fact in world.told(facts.LineExpired)] == [(silent, "WORK")]
    expire_quote(book, later, at=at(50))
    assert kept.state == "EXPIRED"


def test_an_offer_outlives_the_visit(world: House, book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit)
    quote = send_quote(book, visit, at=at(2), valid_until=at(48))
    close_visit(book, visit, at=at(8))
    expire_quote(book, quote, at=at(48))
    assert line.state == "EXPIRED"
    assert [fact.stage for fact in world.told(facts.LineExpired)] == ["FOLLOW_UP"]
