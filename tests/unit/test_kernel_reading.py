"""Reading with fewer questions: trails, and what a new row cannot have."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import BigInteger, Date, bindparam, select

from servicelost.directory.models import ServiceCategory
from servicelost.kernel.db import UtcDateTime
from servicelost.kernel.question import Question
from servicelost.kernel.trail import Step, Trail
from servicelost.opportunities.followup.models import PROBLEMS_OF_CUSTOMER, Problem
from servicelost.opportunities.pipeline.models import PRESENTATION_OF_LINE, Presentation
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.signals import PartStock
from servicelost.workflow.models.visits import Visit
from tests.factories import MONDAY, House, house
from tests.statements import statements


@pytest.fixture
def world(database_url: str) -> Iterator[House]:
    with house(database_url) as made:
        yield made


VISIT = {"dealership_id": 1, "source": "dms", "state": "RECEPTION", "stage": "RECEPTION"}
LINE = {"dealership_id": 1, "source": "dms", "state": "BOOKED", "origin": "BOOKED", "created_at": MONDAY}
TRAIL = Trail(
    Line,
    (
        Step(Line, "visit_id", Visit),
        Step(Line, "category_id", ServiceCategory),
        Step(Line, "id", Presentation, PRESENTATION_OF_LINE),
    ),
)


def test_a_trail_brings_a_row_and_those_it_leads_to_with_one_query(world: House) -> None:
    with world.unit() as book:
        visit = book.add(Visit(**VISIT))
        shown, alone = (book.add(Line(visit_id=visit.id, source_id=name, **LINE)) for name in ("L-1", "L-2"))
        presentation = book.add(
            Presentation(dealership_id=1, opportunity_id=5, line_id=shown.id, visit_id=visit.id,
                         presented_at=MONDAY)
        )  # fmt: skip
    with world.unit() as book, statements() as sent:
        for line in (shown, alone):
            book.follow(TRAIL, line.id)
            book.follow(TRAIL, line.id)
        book.follow(TRAIL, 999)
        assert len(sent) == 3, "one for each row that is not known yet"
        assert [book.get(Line, line.id).__dict__ for line in (shown, alone)] == [
            shown.__dict__,
            alone.__dict__,
        ]
        assert book.get(Visit, visit.id).__dict__ == visit.__dict__
        found = [book.one(PRESENTATION_OF_LINE, line.id) for line in (shown, alone)]
        assert [row and row.__dict__ for row in found] == [presentation.__dict__, None]
        assert len(sent) == 3


def problem(number: int, customer: int) -> Problem:
    return Problem(
        dealership_id=1, source="dms", source_id=f"X-{number}", state="OPEN", text="noise",
        customer_id=customer, recorded_at=MONDAY, occurred_at=MONDAY,
    )  # fmt: skip


def test_of_a_row_that_is_new_nothing_is_asked_that_cannot_be_older(world: House) -> None:
    with world.unit() as book:
        old = book.add(problem(1, 7)).id
    with world.unit() as book:
        new, known = book.add(problem(2, 8)), book.get(Problem, old)
        with statements() as sent:
            assert book.many(PROBLEMS_OF_CUSTOMER, 8, since=new) == [new]
            assert sent == []
            assert book.many(PROBLEMS_OF_CUSTOMER, 7, since=known) == [known]
            assert len(sent) == 1
        later = book.add(problem(3, 8))
        assert book.many(PROBLEMS_OF_CUSTOMER, 8, since=new) == [new, later]


STOCK_BEFORE = Question(
    select(PartStock.part_number, PartStock.back_order_until, PartStock.occurred_at)
    .where(
        PartStock.dealership_id == bindparam("dealership_id", type_=BigInteger),
        PartStock.back_order_until < bindparam("day", type_=Date),
        PartStock.occurred_at < bindparam("at", type_=UtcDateTime),
        PartStock.on_hand_milli == 0,
    )
    .order_by(PartStock.id)
)
BACK = date(2026, 3, 2)


def stock(number: str, days: int) -> PartStock:
    return PartStock(dealership_id=1, part_number=number, on_hand_milli=0, back_order_until=BACK,
                     occurred_at=MONDAY + timedelta(days=days))  # fmt: skip


def test_a_question_is_answered_in_the_types_of_its_columns(world: House) -> None:
    with world.unit() as book:
        book.add(stock("P-1", 0))
        book.add(stock("P-2", 9))
    with world.unit() as book:
        sent = {"dealership_id": 1, "day": BACK + timedelta(days=1), "at": MONDAY + timedelta(days=1)}
        [found] = book.ask(STOCK_BEFORE, **sent)
        assert (found.part_number, found.back_order_until, found.occurred_at) == ("P-1", BACK, MONDAY)
        assert book.ask(STOCK_BEFORE, **sent | {"day": BACK}) == []


def test_what_is_gathered_is_not_asked_again(world: House) -> None:
    with world.unit() as book:
        old = book.add(problem(1, 7)).id
        book.add(stock("P-1", 0))
    sent_values = {"dealership_id": 1, "day": BACK + timedelta(days=1), "at": MONDAY + timedelta(days=1)}
    with world.unit() as book:
        new = book.add(problem(2, 7))
        with statements() as sent:
            book.gather(
                [(PROBLEMS_OF_CUSTOMER, (7,)), (PROBLEMS_OF_CUSTOMER, (8,))], [(STOCK_BEFORE, sent_values)]
            )
            assert len(sent) == 3
            book.gather([(PROBLEMS_OF_CUSTOMER, (7,))], [(STOCK_BEFORE, sent_values)])
            assert book.many(PROBLEMS_OF_CUSTOMER, 7) == [book.get(Problem, old), new]
            assert book.many(PROBLEMS_OF_CUSTOMER, 8) == []
            assert [row.part_number for row in book.ask(STOCK_BEFORE, **sent_values)] == ["P-1"]
            assert len(sent) == 3
        book.add(stock("P-2", 0))
        assert len(book.ask(STOCK_BEFORE, **sent_values)) == 1, "the database knows nothing of the plan"
        book.flush()
        assert len(book.ask(STOCK_BEFORE, **sent_values)) == 2
