"""What the visit page reads and does, on both databases: evidence, custom, second chances, undo."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from servicelost.kernel.actor import Actor, Role
from servicelost.opportunities.ledger.models import EntryKind
from servicelost.opportunities.pipeline.evidence import evidence_of_lines, usual_causes, with_inference
from servicelost.opportunities.pipeline.likely_causes import Evidence
from servicelost.opportunities.pipeline.line_undoing import undo_decision
from servicelost.opportunities.pipeline.second_chance import leave_for_now, offer_again
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.workflow import decisions
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import UNSTATED, Reason
from tests.desk import Desk, desk
from tests.factories import MONDAY
from tests.ledger_check import check_ledger

ANA = Actor("ana", frozenset({Role.SERVICE_ADVISOR}), None)
DAYS = 900
NOW = 24 * DAYS  # the desk's clock stands so many hours after Monday morning
TODAY = (MONDAY + timedelta(days=DAYS)).date()


@pytest.fixture
def made(database_url: str) -> Iterator[Desk]:
    with desk(database_url) as found:
        yield found


def around(made: Desk, line_id: str) -> Evidence:
    with made.unit(ANA) as book:
        line = book.get(Line, book.connection.scalars(select(Line.id).filter_by(source_id=line_id)).one())
        return evidence_of_lines(book, book.get(Visit, line.visit_id), [line])[line.id]


def day(ahead: int) -> str:
    return (TODAY + timedelta(days=ahead)).isoformat()


def on_offer(made: Desk) -> None:
    made.open_visit("RO-1", NOW - 5)
    made.recommend("RO-1", "L-1", NOW - 4, "120.00", part_number="P-1")
    made.send("quote.sent", NOW - 3, visit_id="RO-1", channel="SMS")


def test_nothing_is_known_where_nothing_was_told(made: Desk) -> None:
    made.open_visit("RO-1", NOW - 5)
    made.recommend("RO-1", "L-1", NOW - 4, "120.00")
    assert around(made, "L-1") == Evidence(TODAY, price_minor=12_000, attempts=0)


def test_the_newest_stock_counts(made: Desk) -> None:
    on_offer(made)
    made.send("part.availability", NOW - 9, part_number="P-1", on_hand="4")
    made.send("part.availability", NOW - 2, part_number="P-1", on_hand="0", back_order_until=day(8))
    found = around(made, "L-1")
    assert (found.out_of_stock, found.back_order_until) == (True, TODAY + timedelta(days=8))
    made.send("part.availability", NOW - 1, part_number="P-1", on_hand="2")
    assert around(made, "L-1").out_of_stock is False


def test_the_first_free_day_is_that_with_hours_for_the_work(made: Desk) -> None:
    on_offer(made)
    for ahead, booked in ((0, "8"), (1, "7.5"), (2, "4"), (20, "0")):
        made.send("capacity.day", NOW - 2, date=day(ahead), skill="GENERAL", hours_available="8",
                  hours_booked=booked)  # fmt: skip
    found = around(made, "L-1")
    assert (found.free_day, found.looked_until) == (TODAY + timedelta(days=2), TODAY + timedelta(days=2))


def test_hours_of_another_skill_are_no_slot(made: Desk) -> None:
    made.open_visit("RO-1", NOW - 5)
    made.recommend("RO-1", "L-1", NOW - 4, "120.00", skill="GEARBOX")
    for skill, ahead, booked in (("GENERAL", 0, "0"), ("GEARBOX", 0, "8"), ("GEARBOX", 6, "2")):
        made.send("capacity.day", NOW - 2, date=day(ahead), skill=skill, hours_available="8",
                  hours_booked=booked)  # fmt: skip
    assert around(made, "L-1").free_day == TODAY + timedelta(days=6)


def test_the_offer_for_the_very_line_stands_above_that_for_the_service(made: Desk) -> None:
    on_offer(made)
    made.send(
        "competitor.offer", NOW - 2, competitor="Fast Fit", price="99.00", visit_id="RO-1", line_id="L-1"
    )
    made.send("competitor.offer", NOW - 1, competitor="Quick Brakes", price="80.00", service="Brake pads")
    made.send("competitor.offer", NOW - 24 * 200, competitor="Old Shop", price="10.00", service="Brake pads")
    found = around(made, "L-1")
    assert (found.offered_by, found.offer_minor, found.price_minor) == ("Fast Fit", 9_900, 12_000)


def test_a_quote_is_unopened_until_somebody_looks(made: Desk) -> None:
    on_offer(made)
    assert around(made, "L-1").quote_unopened
    made.send("quote.opened", NOW - 2, visit_id="RO-1")
    assert not around(made, "L-1").quote_unopened


def test_attempts_of_people_since_the_car_came_are_counted(made: Desk) -> None:
    on_offer(made)
    for number, hours, machine in ((1, NOW - 9, False), (2, NOW - 2, False), (3, NOW - 1, True)):
        made.send("contact.attempted", hours, contact_id=f"T-{number}", customer={"id": "C-1"},
                  channel="PHONE", direction="OUT", automatic=machine)  # fmt: skip
    assert around(made, "L-1").attempts == 1


def test_custom_counts_stated_causes_by_service(made: Desk) -> None:
    on_offer(made)
    for number, cause in enumerate(["PRICE_TOO_HIGH", "PRICE_TOO_HIGH", None]):
        car = {"id": f"V-{number + 10}"}
        made.open_visit(f"RO-{number + 10}", NOW - 5, car)
        made.recommend(f"RO-{number + 10}", f"L-{number + 10}", NOW - 4, "99.00")
        told = {"cause": cause} if cause else {}
        made.send("line.declined", NOW - 3, line_id=f"L-{number + 10}", **told)
    with made.unit(ANA) as book:
        line = book.get(Line, book.connection.scalars(select(Line.id).filter_by(source_id="L-1")).one())
        usual = usual_causes(book, book.get(Visit, line.visit_id))
    assert usual[line.category_id] == {Cause.PRICE_TOO_HIGH: 2}


def test_the_inferred_cause_goes_with_a_reason_and_never_in_its_place(made: Desk) -> None:
    on_offer(made)
    made.send("part.availability", NOW - 2, part_number="P-1", on_hand="0", back_order_until=day(8))
    with made.unit(ANA) as book:
        line = book.get(Line, book.connection.scalars(select(Line.id).filter_by(source_id="L-1")).one())
        visit = book.get(Visit, line.visit_id)
        unstated = with_inference(book, visit, line, LossEvent.QUOTE_DECLINED, UNSTATED)
        assert (unstated.cause, unstated.inferred) == (None, Cause.MISSING_PARTS)
        decisions.decline_line(book, line, at=book.now, reason=unstated)
    [loss] = made.entries()
    assert (loss.cause, loss.cause_basis) == ("UNKNOWN", "AUTOMATIC")
    assert loss.evidence is not None
    assert (loss.evidence["inferred"], loss.evidence["inferred_from"]) == ("MISSING_PARTS", "BACK_ORDER")


def test_a_second_chance_sold_is_a_recovery_and_its_undo_leaves_the_loss(made: Desk) -> None:
    made.open_visit("RO-0", NOW - 240)
    made.recommend("RO-0", "L-0", NOW - 239, "120.00")
    made.send("line.declined", NOW - 238, line_id="L-0", cause="NO_TIME")
    made.send("visit.closed", NOW - 237, visit_id="RO-0")
    made.open_visit("RO-1", NOW - 5)
    chance = made.only()
    with made.unit(ANA) as book:
        visit = book.get(Visit, book.connection.scalars(select(Visit.id).filter_by(source_id="RO-1")).one())
        leave_for_now(book, book.get(type(chance), chance.id), visit)
        line = offer_again(book, book.get(type(chance), chance.id), visit)
    for _ in range(2):
        with made.unit(ANA) as book:
            decisions.authorize_line(book, book.get(Line, line.id), at=book.now)
        assert made.only().state == "LOST"  # recovered only when it is sold
        with made.unit(ANA) as book:
            undo_decision(book, book.get(Line, line.id))
        made.clock.move(timedelta(minutes=2))
        assert made.outstanding() == 12_000
    with made.unit(ANA) as book:
        decisions.authorize_line(book, book.get(Line, line.id), at=book.now)
    made.clock.move(timedelta(hours=1))
    made.send("visit.closed", NOW + 0.9, visit_id="RO-1")
    assert [entry.kind for entry in made.entries()] == [EntryKind.LOSS, EntryKind.RECOVERY]
    assert made.outstanding() == 0
    check_ledger(made.entries(), made.opportunities())


def test_a_deferral_taken_back_and_made_again_keeps_its_day(made: Desk) -> None:
    on_offer(made)
    until = date.fromisoformat(day(30))
    with made.unit(ANA) as book:
        line = book.get(Line, book.connection.scalars(select(Line.id).filter_by(source_id="L-1")).one())
        decisions.defer_line(book, line, at=book.now, until=until, reason=Reason(cause=Cause.NO_TIME))
    with made.unit(ANA) as book:
        undo_decision(book, book.get(Line, line.id))
    assert (made.only().state, made.only().deferred_until) == ("OPEN", None)
    made.clock.move(timedelta(minutes=2))
    with made.unit(ANA) as book:
        decisions.defer_line(book, book.get(Line, line.id), at=book.now, until=until)
    assert (made.only().state, made.only().deferred_until) == ("DEFERRED", until)
