"""Taking events in, on both databases: once each, in the order of time, each judged for itself."""

import json
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from servicelost.administration.access import MANAGERS
from servicelost.directory.causes import define_cause
from servicelost.directory.dealerships import dealership_by_code, upsert_dealership
from servicelost.intake.models import EventStatus
from servicelost.intake.results import EventResult, Outcome
from servicelost.intake.service import receive
from servicelost.kernel.actor import Actor, Role
from servicelost.kernel.book import Book
from servicelost.taxonomy.causes import Cause
from servicelost.workflow.facts import VisitClosed
from tests.desk import CAR, PERSON, Desk, desk, event
from tests.integration.intake_stories import dump, everyday

LINE = {"visit_id": "RO-1", "line_id": "L-1"}


@pytest.fixture
def at_desk(database_url: str) -> Iterator[Desk]:
    with desk(database_url) as made:
        yield made


def outcomes(results: list[EventResult]) -> list[str]:
    return [result.outcome.value for result in results]


def recommended(hours: float = 1, **data: Any) -> dict[str, Any]:
    return event("line.recommended", hours, **LINE, service="Brakes", amount="100.00", **data)


def opened(hours: float = 0) -> dict[str, Any]:
    return event("visit.opened", hours, visit_id="RO-1", vehicle=CAR, customer=PERSON)


@pytest.mark.parametrize("one_by_one", [False, True])
def test_sending_everything_again_changes_nothing(at_desk: Desk, one_by_one: bool) -> None:
    story = everyday()
    assert set(outcomes(at_desk.receive(*story))) == {"ACCEPTED"}
    before = dump(at_desk.engine)
    portions = [[raw] for raw in story] if one_by_one else [story]
    for portion in portions:
        assert set(outcomes(at_desk.receive(*portion))) == {"UNCHANGED"}
    assert dump(at_desk.engine) == before


def test_the_same_event_twice_in_one_batch_acts_once(at_desk: Desk) -> None:
    story = everyday()
    assert outcomes(at_desk.receive(*story, *story)) == ["ACCEPTED"] * len(story) + ["UNCHANGED"] * len(story)


def test_spelling_the_same_content_differently_is_the_same_event(at_desk: Desk) -> None:
    raw = opened()
    at_desk.receive(raw)
    moment = raw["occurred_at"].replace("08:00:00+00:00", "09:00:00.000+01:00")
    assert moment != raw["occurred_at"]
    again = {**raw, "occurred_at": moment, "data": dict(reversed(raw["data"].items())), "actor": None}
    assert outcomes(at_desk.receive(again)) == ["UNCHANGED"]


def test_one_id_with_two_contents_is_a_conflict_that_names_it(at_desk: Desk) -> None:
    first = recommended()
    at_desk.receive(opened(), first)
    before = dump(at_desk.engine)
    changed = {**first, "data": {**first["data"], "amount": "100.01"}}
    [result] = at_desk.receive(changed)
    assert (result.outcome, result.code) == (Outcome.REJECTED, "EVENT_CONFLICT")
    assert first["event_id"] in str(result.message)
    assert result.errors[0]["field"] == "event_id"
    assert dump(at_desk.engine) == before
    assert outcomes(at_desk.receive({**first, "source": "other"})) == ["PARKED"], (
        "another sender's ids are its own"
    )


def test_every_event_is_judged_for_itself_and_answered_in_its_place(at_desk: Desk) -> None:
    bad = event("line.declined", 2, **LINE, cause="NO_SHOW")
    results = at_desk.receive(
        recommended(), {"type": "no.such"}, opened(), bad, "nonsense", None,
        event("line.declined", 3, visit_id="RO-9", line_id="L-1"),
        event("line.declined", 3, **LINE, cause="NO_TIME", cuase="NO_TIME"),
        event("line.declined", 4, **LINE, cause="NO_TIME"),
    )  # fmt: skip
    assert [result.index for result in results] == list(range(9))
    assert outcomes(results) == [
        "ACCEPTED",
        "REJECTED",
        "ACCEPTED",
        "REJECTED",
        "REJECTED",
        "REJECTED",
        "PARKED",
        "REJECTED",
        "ACCEPTED",
    ]
    assert [results[place].code for place in (3, 7)] == ["CAUSE_NOT_LEGAL", "INVALID_EVENT"]
    assert results[7].errors[0]["field"] == "data.cuase"
    assert "cause" in results[7].errors[0]["expected"]
    assert json.loads(json.dumps([result.as_dict() for result in results]))[3]["event_id"] == bad["event_id"]
    assert at_desk.balance() == 10000


def test_within_a_batch_events_act_in_the_order_of_time(at_desk: Desk) -> None:
    story = [
        opened(), recommended(), event("quote.sent", 2, visit_id="RO-1"),
        event("line.declined", 3, **LINE, cause="NO_TIME", decided_by="CUSTOMER"),
    ]  # fmt: skip
    assert outcomes(at_desk.receive(*reversed(story))) == ["ACCEPTED"] * 4
    [loss] = at_desk.entries()
    assert (loss.amount_minor, loss.grade, loss.cause) == (10000, "A", "NO_TIME")


def test_a_chunk_is_a_transaction_and_results_keep_their_place_across_chunks(at_desk: Desk) -> None:
    story = everyday()
    results = receive(at_desk.unit, [*story, {"type": "no.such"}, *story], chunk=5)
    assert [result.index for result in results] == list(range(2 * len(story) + 1))
    assert outcomes(results) == ["ACCEPTED"] * len(story) + ["REJECTED"] + ["UNCHANGED"] * len(story)


# What is refused, and why; each in a world where RO-1 is open with L-1 recommended and B-1 sold.
REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("line.declined", {**LINE, "cause": "OTHER"}, "NOTE_REQUIRED"),
    ("line.declined", {**LINE, "cause": "NO_TIME", "competitor": "New Rival"}, "COMPETITOR_NOT_LEGAL"),
    ("line.deferred", {**LINE, "cause": "NO_TIME"}, "DEFERRAL_NEEDS_GOAL"),
    ("line.reduced", {**LINE, "amount": "100.01", "cause": "NO_TIME"}, "NOT_REDUCED"),
    ("visit.cancelled", {"visit_id": "RO-1"}, "INVALID_EVENT"),
    ("visit.stage_changed", {"visit_id": "RO-1", "stage": "PLANNING"}, "INVALID_EVENT"),
    (
        "visit.opened",
        {"visit_id": "RO-2", "vehicle": {"id": "V-9", "vin": "I"}, "customer": {"id": "C-9"}},
        "INVALID",
    ),
    (
        "part.not_supplied",
        {
            "request_id": "P-1",
            "part_number": "X",
            "quantity": "1",
            "on_hand": "4",
            "cause": "MISSING_PARTS",
            "customer": {"id": "C-9"},
        },
        "STOCK_COVERED_IT",
    ),
    (
        "invoice.posted",
        {
            "visit_id": "RO-1",
            "invoice_id": "I-1",
            "total": "1.00",
            "lines": [{"line_id": "B-1", "amount": "2.00"}],
        },
        "INVOICE_INVALID",
    ),
    (
        "customer.consent",
        {
            "customer": {"id": "C-9", "language": "no language"},
            "channel": "SMS",
            "purpose": "MARKETING",
            "status": "GRANTED",
        },
        "INVALID",
    ),
]


def test_rejected_events_change_nothing_at_all(at_desk: Desk) -> None:
    sold = event("line.booked", 1, visit_id="RO-1", line_id="B-1", service="Service", amount="50.00")
    at_desk.receive(opened(), recommended(), sold)
    before = dump(at_desk.engine)
    refused = [event(kind, 5, **data) for kind, data, _ in REFUSALS]
    for raw, (kind, _, code) in zip(refused, REFUSALS, strict=True):
        [alone] = at_desk.receive(raw)
        assert (kind, alone.outcome, alone.code) == (kind, Outcome.REJECTED, code)
        assert dump(at_desk.engine) == before, kind
    assert [result.code for result in at_desk.receive(*refused)] == [code for _, _, code in REFUSALS]
    assert dump(at_desk.engine) == before, "nor all of them together"
    harmless = event("line.authorized", 6, visit_id="RO-1", line_id="B-1", method="VERBAL_PHONE")
    assert outcomes(at_desk.receive(*refused, harmless)) == ["REJECTED"] * len(refused) + ["ACCEPTED"]
    after = dump(at_desk.engine)
    assert {name for name in after if after[name] != before.get(name)} == {
        "servicelost_received_event", "servicelost_line", "servicelost_line_log", "servicelost_decision",
        "servicelost_opportunity", "servicelost_change_log",
    }  # fmt: skip


def test_an_unknown_dealership_is_named(at_desk: Desk) -> None:
    results = at_desk.receive({**opened(), "dealership": "WEST"}, {**opened(), "dealership": "\x00"})
    assert outcomes(results) == ["REJECTED", "REJECTED"]
    assert results[0].code == "NO_DEALERSHIP"
    assert "WEST" in str(results[0].message)


def test_an_actor_tells_only_of_his_own_dealerships(at_desk: Desk) -> None:
    with at_desk.unit() as book:
        south = upsert_dealership(
            book,
            {
                "code": "SOUTH",
                "name": "South",
                "timezone": "Europe/Madrid",
                "currency": "EUR",
                "country": "ES",
            },
        )
    clerk = Actor("dms-south", frozenset({Role.SERVICE_ADVISOR}), frozenset({south.id}))
    here = {**opened(), "dealership": "SOUTH"}
    results = receive(lambda: at_desk.unit(clerk), [opened(), here])
    assert [(result.outcome.value, result.code) for result in results] == [
        ("REJECTED", "NO_DEALERSHIP"),
        ("ACCEPTED", None),
    ]
    assert {row["dealership_id"] for row in dump(at_desk.engine)["servicelost_visit"]} == {south.id}


def test_money_and_causes_follow_the_terms_of_the_dealership(at_desk: Desk) -> None:
    with at_desk.unit() as book:
        for code, currency, country in (("TOKYO", "JPY", "JP"), ("MANAMA", "BHD", "BH")):
            upsert_dealership(
                book,
                {"code": code, "name": code, "timezone": "UTC", "currency": currency, "country": country},
            )
    with at_desk.unit(Actor("boss", frozenset(MANAGERS), None)) as book:
        define_cause(book, dealership_by_code(book, "NORTH"), "BAD_COFFEE", "Bad coffee", Cause.TRUST_QUALITY)
    for number, (code, amount, minor) in enumerate((("TOKYO", "1200", 1200), ("MANAMA", "1.234", 1234))):
        sold = {"line_id": "L-1", "visit_id": "RO-1", "service": "Oil", "amount": amount}
        raws = [opened(), event("line.recommended", 1, **sold), event("line.declined", 2, **LINE)]
        assert outcomes(at_desk.receive(*({**raw, "dealership": code} for raw in raws))) == ["ACCEPTED"] * 3
        assert at_desk.entries()[number].amount_minor == minor
    refused = event("line.quoted", 3, **LINE, amount="1.5")
    assert outcomes(at_desk.receive({**refused, "dealership": "TOKYO"})) == ["REJECTED"]
    at_desk.receive(opened(), recommended())
    declined = event("line.declined", 2, **LINE, cause="BAD_COFFEE")
    assert outcomes(at_desk.receive({**declined, "dealership": "TOKYO"}, declined)) == [
        "REJECTED",
        "ACCEPTED",
    ]
    loss = at_desk.entries()[-1]
    assert loss.cause == "TRUST_QUALITY"
    assert loss.custom_cause_id is not None


def test_when_the_database_refuses_the_chunk_the_rest_is_still_taken_in(at_desk: Desk) -> None:
    """As when another writer was quicker: its events are done again one by one, as they happened."""
    story, refused = everyday(), []

    def refuse_once(book: Book, fact: VisitClosed) -> None:
        if not refused:
            refused.append(1)
            raise IntegrityError("INSERT", {}, Exception("somebody else was quicker"))

    at_desk.bus.subscribe(VisitClosed, refuse_once)
    results = at_desk.receive(*reversed(story), {"type": "no.such"})
    assert outcomes(results) == ["ACCEPTED"] * len(story) + ["REJECTED"]
    assert refused
    assert at_desk.balance() == at_desk.outstanding() == 24000


def test_events_sent_in_any_order_by_themselves_end_alike(at_desk: Desk) -> None:
    story = [opened(), recommended(), event("line.declined", 3, **LINE, cause="NO_TIME")]
    for number, order in enumerate(permutations(range(3))):
        for place in order:
            raw = story[place]
            data = {**raw["data"], "visit_id": f"RO-{number}"} | (
                {"vehicle": {"id": f"V-{number}"}} if not place else {}
            )
            at_desk.receive({**raw, "event_id": f"{number}-{place}", "data": data})
    assert [(row.kind, row.amount_minor, row.cause) for row in at_desk.entries()] == [
        ("LOSS", 10000, "NO_TIME")
    ] * 6
    assert {row["status"] for row in dump(at_desk.engine)["servicelost_received_event"]} == {
        EventStatus.ACCEPTED
    }
