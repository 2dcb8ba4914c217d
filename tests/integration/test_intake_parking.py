"""Events that come before the fact they build on: parked, tried again when it comes, and never lost."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from servicelost.intake.models import ReceivedEvent
from tests.desk import CAR, PERSON, Desk, desk, event
from tests.integration.intake_stories import counts, dump, everyday

VISIT = {"visit_id": "RO-1"}
LINE = {"visit_id": "RO-1", "line_id": "L-1"}


@pytest.fixture
def at_desk(database_url: str) -> Iterator[Desk]:
    with desk(database_url) as made:
        yield made


def opened(**data: Any) -> dict[str, Any]:
    return event("visit.opened", 0, **VISIT, vehicle=CAR, customer=PERSON, **data)


def recommended(line_id: str = "L-1") -> dict[str, Any]:
    return event("line.recommended", 1, visit_id="RO-1", line_id=line_id, service="Brakes", amount="100.00")


def sent(at_desk: Desk, *raws: dict[str, Any]) -> list[str]:
    return [result.outcome.value for result in at_desk.receive(*raws)]


def parked(at_desk: Desk) -> dict[str, str | None]:
    """What each parked event waits for, by type."""
    with at_desk.engine.connect() as connection:
        query = select(ReceivedEvent.type, ReceivedEvent.waits_for).where(ReceivedEvent.status == "PARKED")
        return {row.type: row.waits_for for row in connection.execute(query)}


def test_a_parked_event_keeps_nothing_but_itself(at_desk: Desk) -> None:
    before = counts(at_desk.engine)
    early = event("visit.turned_away", 1, visit_id="RO-1", vehicle=CAR, customer=PERSON, cause="NO_CAPACITY")
    [result] = at_desk.receive(early)
    assert (result.outcome.value, result.code) == ("PARKED", "NOT_YET")
    assert "RO-1" in str(result.message)
    after = counts(at_desk.engine)
    assert {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name)} == {
        "servicelost_received_event": 1, "servicelost_event_wait": 1,
    }  # fmt: skip
    assert sent(at_desk, early, early) == ["PARKED", "PARKED"]
    assert counts(at_desk.engine) == after, "sent again it still waits once"


def test_lines_wait_for_their_visit(at_desk: Desk) -> None:
    assert sent(at_desk, recommended()) == ["PARKED"]
    assert parked(at_desk) == {"line.recommended": "NORTH/dms/visit:RO-1"}
    assert sent(at_desk, opened()) == ["ACCEPTED"]
    assert parked(at_desk) == {}
    assert at_desk.only().amount_minor == 10000


def test_a_decision_waits_first_for_its_visit_and_then_for_its_line(at_desk: Desk) -> None:
    declined = event("line.declined", 3, **LINE, cause="NO_TIME")
    assert sent(at_desk, declined) == ["PARKED"]
    assert sent(at_desk, opened()) == ["ACCEPTED"]
    assert parked(at_desk) == {"line.declined": "NORTH/dms/line:L-1"}
    assert sent(at_desk, recommended()) == ["ACCEPTED"]
    assert parked(at_desk) == {}
    assert at_desk.balance() == 10000
    assert sent(at_desk, declined) == ["UNCHANGED"]


def test_the_same_chain_within_one_batch_of_any_size(at_desk: Desk) -> None:
    """All told at the same moment, so that only the order sent is left."""
    declined = event("line.declined", 1, **LINE, cause="NO_TIME")
    late = [{**raw, "occurred_at": declined["occurred_at"]} for raw in (declined, recommended(), opened())]
    filling = [
        event("part.availability", number, part_number=f"P-{number}", on_hand="1") for number in range(5)
    ]
    assert sent(at_desk, *late, *filling) == ["PARKED", "PARKED", *["ACCEPTED"] * 6]
    assert parked(at_desk) == {}
    assert at_desk.balance() == 10000


def test_an_invoice_waits_for_one_line_after_the_other(at_desk: Desk) -> None:
    lines = [{"line_id": line_id, "amount": "100.00"} for line_id in ("L-1", "L-2")]
    invoice = event("invoice.posted", 9, **VISIT, invoice_id="I-1", lines=lines)
    assert sent(at_desk, invoice, opened()) == ["PARKED", "ACCEPTED"]
    for line_id in ("L-1", "L-2"):
        assert parked(at_desk) == {"invoice.posted": f"NORTH/dms/line:{line_id}"}
        assert sent(at_desk, recommended(line_id)) == ["ACCEPTED"]
    assert parked(at_desk) == {}
    assert sum(row.won_minor or 0 for row in at_desk.opportunities()) == 20000


def test_quotes_wait_for_being_sent(at_desk: Desk) -> None:
    looked = event("quote.opened", 5, **VISIT, quote_id="Q-1")
    priced = event("line.quoted", 2, **LINE, amount="90.00", quote_id="Q-1")
    assert sent(at_desk, opened(), recommended(), looked) == ["ACCEPTED", "ACCEPTED", "PARKED"]
    assert sent(at_desk, priced) == ["ACCEPTED"], "drafted is not sent"
    assert parked(at_desk) == {"quote.opened": "NORTH/dms/quote:Q-1"}
    assert sent(at_desk, event("quote.opened", 5, **VISIT, quote_id="Q-1")) == ["PARKED"]
    assert sent(at_desk, event("quote.sent", 4, **VISIT, quote_id="Q-1")) == ["ACCEPTED"]
    assert parked(at_desk) == {}
    assert [row["opened_at"] is not None for row in dump(at_desk.engine)["servicelost_quote"]] == [True]


def test_a_quote_without_a_number_waits_for_the_visits_own(at_desk: Desk) -> None:
    assert sent(at_desk, opened(), event("quote.expired", 5, **VISIT)) == ["ACCEPTED", "PARKED"]
    assert sent(at_desk, recommended(), event("quote.sent", 4, **VISIT)) == ["ACCEPTED", "ACCEPTED"]
    assert parked(at_desk) == {}
    assert [row.event for row in at_desk.entries()] == ["QUOTE_EXPIRED"]


def test_a_visit_waits_for_its_appointment_and_what_waits_for_the_visit_follows(at_desk: Desk) -> None:
    assert sent(at_desk, event("line.declined", 3, **LINE)) == ["PARKED"]
    assert sent(at_desk, recommended()) == ["PARKED"]
    assert sent(at_desk, opened(appointment_id="A-1")) == ["PARKED"]
    booked = event("appointment.booked", -9, appointment_id="A-1", scheduled_at="2026-03-02T10:00:00Z")
    assert sent(at_desk, booked) == ["ACCEPTED"]
    assert parked(at_desk) == {}
    assert at_desk.balance() == at_desk.outstanding() == 10000


def test_a_complaint_resolved_before_it_was_recorded(at_desk: Desk) -> None:
    assert sent(at_desk, event("complaint.resolved", 9, complaint_id="X-1")) == ["PARKED"]
    assert sent(at_desk, event("complaint.recorded", 8, complaint_id="X-1", text="Noise")) == ["ACCEPTED"]
    assert [row["state"] for row in dump(at_desk.engine)["servicelost_problem"]] == ["RESOLVED"]


def test_what_is_refused_when_its_fact_comes_stays_parked_and_says_why(at_desk: Desk) -> None:
    bad = event("line.declined", 5, **LINE, cause="NO_SHOW")
    good = event("line.declined", 4, **LINE, cause="NO_TIME")
    assert sent(at_desk, bad, good) == ["PARKED", "PARKED"]
    assert sent(at_desk, opened(), recommended()) == ["ACCEPTED", "ACCEPTED"]
    assert list(parked(at_desk)) == ["line.declined"]
    [row] = [row for row in dump(at_desk.engine)["servicelost_received_event"] if row["status"] == "PARKED"]
    assert row["event_id"] == bad["event_id"]
    assert "NO_SHOW" in row["why"]
    assert at_desk.balance() == 10000
    assert sent(at_desk, bad) == ["REJECTED"], "sent again its sender is told"


def test_a_move_the_state_does_not_allow_yet_waits_for_what_allows_it(at_desk: Desk) -> None:
    """Work done before anybody agreed to it: the agreement happened earlier and comes later."""
    at_desk.receive(opened(), recommended())
    done = event("line.completed", 9, **LINE, technician="E-1")
    [early] = at_desk.receive(done)
    assert (early.outcome.value, early.code) == ("PARKED", "ILLEGAL_MOVE")
    assert "COMPLETE is not possible" in str(early.message)
    assert parked(at_desk) == {"line.completed": "NORTH/dms/move:L-1"}
    assert sent(at_desk, event("line.authorized", 5, visit_id="RO-1", line_id="L-1")) == ["ACCEPTED"]
    assert parked(at_desk) == {}
    [line] = dump(at_desk.engine)["servicelost_line"]
    assert line["state"] == "COMPLETED"


def test_what_nothing_can_put_right_any_more_is_refused_at_once(at_desk: Desk) -> None:
    at_desk.receive(opened(), recommended(), event("visit.closed", 8, **VISIT))
    ask = {"request_id": "P-1", "part_number": "X", "quantity": "1"}
    assert sent(at_desk, event("part.sold", 1, **ask), event("part.not_supplied", 2, **ask)) == [
        "ACCEPTED",
        "REJECTED",
    ]
    assert sent(at_desk, event("visit.cancelled", 9, **VISIT, cancelled_by="CUSTOMER")) == ["REJECTED"]
    assert parked(at_desk) == {}


def test_hundreds_that_wait_for_one_move_are_taken_in_without_a_pile_of_calls(at_desk: Desk) -> None:
    """Each that is accepted wakes the others: they are worked off in a row, not one within the other."""
    at_desk.receive(opened(), recommended())
    looks = [event("line.completed", 9 + number / 100, **LINE) for number in range(300)]
    assert set(sent(at_desk, *looks)) == {"PARKED"}
    assert sent(at_desk, event("line.authorized", 5, **LINE)) == ["ACCEPTED"]
    assert parked(at_desk) == {}


def test_what_waits_is_its_own_dealerships_and_senders(at_desk: Desk) -> None:
    stranger = {**recommended(), "source": "other"}
    assert sent(at_desk, stranger) == ["PARKED"]
    assert sent(at_desk, opened()) == ["ACCEPTED"]
    assert len(parked(at_desk)) == 1


def test_an_accepted_event_is_not_tried_again_when_its_fact_comes_once_more(at_desk: Desk) -> None:
    waiting = recommended()
    assert sent(at_desk, waiting, opened()) == ["ACCEPTED", "ACCEPTED"]
    other = event("line.recommended", 1, **{**LINE, "line_id": "L-2"}, service="Wipers", amount="9.00")
    assert sent(at_desk, {**other, "data": {**other["data"], "visit_id": "RO-2"}}) == ["PARKED"]
    assert sent(at_desk, event("visit.opened", 0, visit_id="RO-2", vehicle=CAR)) == ["ACCEPTED"]
    before = len(at_desk.opportunities())
    assert sent(at_desk, event("visit.opened", 0.5, visit_id="RO-2", vehicle=CAR)) == ["ACCEPTED"]
    assert len(at_desk.opportunities()) == before


def test_a_whole_story_told_backwards_ends_like_the_one_told_in_order(database_url: str) -> None:
    """One event a call: nothing but the parked events can put them in order."""
    with desk(database_url) as made:
        story = everyday()[:7]
        for number, order in enumerate(
            [range(7), range(6, -1, -1), *list(permutations(range(7)))[1000::2000]]
        ):
            for place in order:
                _send_for(made, story[place], number)
            assert parked(made) == {}, list(order)
            lines = [
                row
                for row in dump(made.engine)["servicelost_line"]
                if row["source_id"].endswith(f"#{number}")
            ]
            assert {row["source_id"][:3]: row["state"] for row in lines} == {
                "B-1": "BOOKED",
                "L-1": "DECLINED",
            }
            assert made.balance() == made.outstanding() == 24000 * (number + 1)


def _send_for(made: Desk, raw: dict[str, Any], number: int) -> None:
    """Send the event as one of a world of its own: every name in it gets the number."""
    named = {"appointment_id", "visit_id", "line_id", "quote_id"}
    data = {key: f"{value}#{number}" if key in named else value for key, value in raw["data"].items()}
    for key in {"vehicle", "customer"} & data.keys():
        data[key] = {"id": f"{key}#{number}"}
    [result] = made.receive({**raw, "event_id": f"{raw['event_id']}#{number}", "data": data})
    assert result.outcome.value in ("ACCEPTED", "PARKED"), result
