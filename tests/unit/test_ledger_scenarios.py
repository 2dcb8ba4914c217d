"""What happens to money: each story told in events, each cent counted by hand."""

from collections.abc import Iterator

import pytest

from servicelost.directory.causes import define_cause
from servicelost.directory.dealerships import dealership_by_code
from servicelost.opportunities.ledger.models import EntryKind
from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.taxonomy.causes import Cause
from tests.desk import Desk, desk, event

DAY = 24.0


@pytest.fixture
def at_desk() -> Iterator[Desk]:
    """A dealership that listens."""
    with desk() as made:
        yield made


def test_a_declined_line_is_lost_at_once_with_cause_and_stage(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.send("visit.stage_changed", 1, visit_id="RO-1", stage="WORK", inspected=True)
    at_desk.recommend("RO-1", "L-1", 1, "240.00", severity="RED")
    at_desk.send("quote.sent", 2, visit_id="RO-1")
    at_desk.send("line.declined", 3, visit_id="RO-1", line_id="L-1", cause="PRICE_TOO_HIGH",
                 competitor="Fast Fit", competitor_price="189.00", decided_by="CUSTOMER")  # fmt: skip
    [loss] = at_desk.entries()
    assert (loss.kind, loss.event, loss.cause, loss.stage) == (
        "LOSS",
        "QUOTE_DECLINED",
        "PRICE_TOO_HIGH",
        "WORK",
    )
    assert (loss.amount_minor, loss.currency, loss.grade, loss.owner) == (24000, "EUR", "A", "D")
    assert loss.competitor_price_minor == 18900
    assert at_desk.only().outstanding_minor == 24000


def test_a_loss_nobody_explained_is_unknown_and_has_no_owner(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.recommend("RO-1", "L-1", 1, "100.00")
    at_desk.send("line.declined", 3, visit_id="RO-1", line_id="L-1")
    [loss] = at_desk.entries()
    assert (loss.cause, loss.cause_basis, loss.owner, loss.grade) == ("UNKNOWN", "AUTOMATIC", None, "B")


def test_work_never_shown_is_lost_when_the_visit_closes(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.send("visit.stage_changed", 1, visit_id="RO-1", stage="WORK")
    at_desk.recommend("RO-1", "L-1", 1, "80.00")
    at_desk.send("visit.closed", 5, visit_id="RO-1")
    [loss] = at_desk.entries()
    assert (loss.event, loss.cause, loss.stage, loss.amount_minor) == (
        "NOT_PRESENTED",
        "UNKNOWN",
        "WORK",
        8000,
    )


def test_the_same_need_on_three_visits_is_lost_once_at_its_latest_amount(at_desk: Desk) -> None:
    for number, amount in enumerate(("200.00", "200.00", "230.00")):
        start = number * 30 * DAY
        at_desk.open_visit(f"RO-{number}", start)
        at_desk.recommend(f"RO-{number}", "L-1", start + 1, amount)
        at_desk.send("line.declined", start + 2, visit_id=f"RO-{number}", line_id="L-1", cause="NO_TIME")
    assert at_desk.effects() == ["LOST", "REPEATED", "RESTATED"]
    assert at_desk.only().presentations == 3
    assert at_desk.balance() == at_desk.outstanding() == 23000
    first, reversal, restated = at_desk.entries()
    assert reversal.loss_id == first.id
    assert {first.business_day, reversal.business_day, restated.business_day} == {first.business_day}
    assert restated.decided_at > restated.occurred_at


def test_exact_repeats_on_one_order_are_one_need(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    for line in ("L-1", "L-2"):
        at_desk.recommend("RO-1", line, 1, "120.00")
        at_desk.send("line.declined", 2, visit_id="RO-1", line_id=line)
    assert at_desk.effects() == ["LOST", "REPEATED"]
    assert at_desk.balance() == 12000


def test_a_service_named_other_never_merges_two_needs(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    for line in ("L-1", "L-2"):
        at_desk.recommend("RO-1", line, 1, "50.00", service="Other")
        at_desk.send("line.declined", 2, visit_id="RO-1", line_id=line)
    assert len(at_desk.opportunities()) == 2
    assert at_desk.balance() == 10000


@pytest.mark.parametrize("sold_first", [True, False])
def test_a_need_sold_and_declined_on_the_same_order_is_no_loss(at_desk: Desk, sold_first: bool) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.recommend("RO-1", "L-1", 1, "90.00")
    at_desk.recommend("RO-1", "L-2", 1, "95.00")
    sold = event("line.authorized", 2, visit_id="RO-1", line_id="L-1")
    declined = event("line.declined", 2, visit_id="RO-1", line_id="L-2")
    at_desk.receive(*([sold, declined] if sold_first else [declined, sold]))
    at_desk.send("visit.closed", 3, visit_id="RO-1")
    assert at_desk.balance() == at_desk.outstanding() == 0
    assert at_desk.only().state == OpportunityState.WON


def test_changing_ones_mind_on_the_same_visit_is_a_reversal_not_a_recovery(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.recommend("RO-1", "L-1", 1, "300.00")
    at_desk.send("line.declined", 2, visit_id="RO-1", line_id="L-1", cause="CANNOT_AFFORD")
    at_desk.send("line.authorized", 3, visit_id="RO-1", line_id="L-1")
    at_desk.send("visit.closed", 4, visit_id="RO-1")
    assert at_desk.sums() == {EntryKind.LOSS: 30000, EntryKind.REVERSAL: 30000}
    assert at_desk.only().won_minor == 30000


def test_a_later_sale_recovers_the_loss_in_its_own_period_with_the_price_gap(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.recommend("RO-1", "L-1", 1, "300.00")
    at_desk.send("line.declined", 2, visit_id="RO-1", line_id="L-1", cause="NO_TIME")
    at_desk.send("visit.closed", 4, visit_id="RO-1")
    later = 40 * DAY
    at_desk.open_visit("RO-2", later)
    at_desk.send("line.booked", later, visit_id="RO-2", line_id="L-1", service="Brake pads", amount="280.00")
    at_desk.send("line.authorized", later + 1, visit_id="RO-2", line_id="L-1")
    assert at_desk.outstanding() == 30000, "agreed is not sold yet"
    at_desk.send("invoice.posted", later + 5, visit_id="RO-2", invoice_id="I-1",
                 lines=[{"line_id": "L-1", "amount": "280.00"}])  # fmt: skip
    loss, recovery = at_desk.entries()
    assert (recovery.kind, recovery.loss_id, recovery.amount_minor) == ("RECOVERY", loss.id, 30000)
    assert (recovery.revenue_minor, recovery.revenue_basis) == (28000, "INVOICED")
    assert recovery.business_day > loss.business_day
    assert at_desk.outstanding() == at_desk.balance() == 0


def test_work_put_off_is_no_loss_until_it_lapses(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.recommend("RO-1", "L-1", 1, "300.00")
    at_desk.send(
        "line.deferred", 2, visit_id="RO-1", line_id="L-1", cause="NO_TIME", deferred_until="2026-04-01"
    )
    assert at_desk.entries() == []
    assert at_desk.only().state == OpportunityState.DEFERRED


def test_taking_part_of_the_work_off_loses_only_the_part(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.send("line.booked", 0, visit_id="RO-1", line_id="L-1", service="Tyres", amount="400.00")
    at_desk.send("line.reduced", 1, visit_id="RO-1", line_id="L-1", amount="150.00", cause="CANNOT_AFFORD")
    [loss] = at_desk.entries()
    assert (loss.event, loss.amount_minor) == ("SCOPE_REDUCED", 25000)
    at_desk.send("visit.closed", 2, visit_id="RO-1")
    assert at_desk.balance() == at_desk.outstanding() == 25000
    assert sum(row.won_minor or 0 for row in at_desk.opportunities()) == 15000


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ({"cause": "NO_SHOW"}, "CAUSE_NOT_LEGAL"),
        ({"cause": "OTHER"}, "NOTE_REQUIRED"),
        ({"cause": "NO_TIME", "competitor": "Fast Fit"}, "COMPETITOR_NOT_LEGAL"),
        ({"cause": "PRICE_TOO_HIGH", "contributing": ["PRICE_TOO_HIGH"]}, "CAUSE_REPEATED"),
    ],
)
def test_the_gate_refuses_and_then_nothing_has_happened(
    at_desk: Desk, stated: dict[str, object], code: str
) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.recommend("RO-1", "L-1", 1, "100.00")
    refused = at_desk.refused("line.declined", 2, visit_id="RO-1", line_id="L-1", **stated)
    assert refused.code == code
    assert at_desk.entries() == []
    assert at_desk.only().state == OpportunityState.OPEN
    at_desk.send("line.declined", 2, visit_id="RO-1", line_id="L-1", cause="NO_TIME")


def test_a_reason_that_is_no_loss_closes_without_value(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.recommend("RO-1", "L-1", 1, "100.00")
    at_desk.send("line.declined", 2, visit_id="RO-1", line_id="L-1", cause="DUPLICATE")
    assert at_desk.entries() == []
    assert (at_desk.only().state, at_desk.only().closed_reason) == ("CLOSED", "DUPLICATE")


def test_a_cause_stated_later_replaces_unknown_in_the_same_period(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.recommend("RO-1", "L-1", 1, "100.00")
    at_desk.send("line.declined", 2, visit_id="RO-1", line_id="L-1")
    at_desk.send("line.declined", 30, visit_id="RO-1", line_id="L-1", cause="DIY")
    assert [(row.kind, row.cause) for row in at_desk.entries()] == [
        ("LOSS", "UNKNOWN"), ("REVERSAL", "UNKNOWN"), ("LOSS", "DIY"),
    ]  # fmt: skip
    assert at_desk.balance() == 10000
    assert len({row.business_day for row in at_desk.entries()}) == 1


def test_a_cancelled_order_loses_what_was_agreed_and_not_done(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    for line, amount in (("L-1", "100.00"), ("L-2", "70.00")):
        at_desk.send("line.booked", 0, visit_id="RO-1", line_id=line, service=line, amount=amount)
    at_desk.send("line.completed", 1, visit_id="RO-1", line_id="L-1")
    at_desk.send("visit.cancelled", 2, visit_id="RO-1", cancelled_by="CUSTOMER", cause="WAIT_TOO_LONG")
    [loss] = at_desk.entries()
    assert (loss.event, loss.amount_minor, loss.cancelled_by) == ("ORDER_CANCELLED", 7000, "CUSTOMER")


def test_an_episode_ends_and_the_need_may_be_lost_again(at_desk: Desk) -> None:
    for number, start in enumerate((0.0, 400 * DAY)):
        at_desk.open_visit(f"RO-{number}", start)
        at_desk.recommend(f"RO-{number}", "L-1", start + 1, "200.00")
        at_desk.send("line.declined", start + 2, visit_id=f"RO-{number}", line_id="L-1")
    assert at_desk.effects() == ["LOST", "LOST"]
    assert at_desk.balance() == 40000


def test_an_invoice_after_closing_replaces_the_assumed_price(at_desk: Desk) -> None:
    at_desk.open_visit("RO-1", 0)
    at_desk.recommend("RO-1", "L-1", 1, "300.00")
    at_desk.send("line.declined", 2, visit_id="RO-1", line_id="L-1", cause="NO_TIME")
    later = 40 * DAY
    at_desk.open_visit("RO-2", later)
    at_desk.send("line.booked", later, visit_id="RO-2", line_id="L-1", service="Brake pads", amount="300.00")
    at_desk.send("visit.closed", later + 1, visit_id="RO-2")
    at_desk.send("invoice.posted", later + 2, visit_id="RO-2", invoice_id="I-1",
                 lines=[{"line_id": "L-1", "amount": "270.00"}])  # fmt: skip
    assert (at_desk.only().won_minor, at_desk.only().won_basis) == (27000, "INVOICED")
    recoveries = [row for row in at_desk.entries() if row.kind == EntryKind.RECOVERY]
    assert sum(row.amount_minor for row in recoveries) == 30000
    assert sum(row.revenue_minor for row in recoveries) == 27000


def test_a_dealerships_own_cause_stands_for_its_standard_one(at_desk: Desk) -> None:
    with at_desk.unit() as book:
        define_cause(
            book, dealership_by_code(book, "NORTH"), "WANTS_TO_ASK", "Wants to ask at home", Cause.NOT_NEEDED
        )
    at_desk.open_visit("RO-1", 0)
    at_desk.recommend("RO-1", "L-1", 1, "300.00")
    at_desk.send("line.declined", 2, visit_id="RO-1", line_id="L-1", cause="WANTS_TO_ASK")
    [loss] = at_desk.entries()
    assert (loss.cause, loss.owner) == ("NOT_NEEDED", "C")
    assert loss.custom_cause_id is not None
