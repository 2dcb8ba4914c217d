"""The event catalogue: every example is valid, every kind of wrong value is named."""

from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from servicelost.intake.catalogue import (
    EVENT_TYPES,
    IntakeEvent,
    Terms,
    event_schemas,
    example_event,
    parse_event,
)
from servicelost.kernel.errors import FieldProblem, InvalidInput


def declined(**data: Any) -> dict[str, Any]:
    event = example_event("line.declined")
    event["data"].update(data)
    return event


def problems_of(raw: object, terms: Terms | None = None) -> dict[str, FieldProblem]:
    with pytest.raises(InvalidInput) as caught:
        parse_event(raw, terms or Terms())
    return {problem.field: problem for problem in caught.value.errors}


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_example_is_a_valid_event(name: str) -> None:
    event = parse_event(example_event(name))
    assert (event.type, event.source, event.dealership) == (name, "example-dms", "D01")
    assert set(event.data) == set(EVENT_TYPES[name].example)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_nothing_required_may_be_left_out(name: str) -> None:
    for field in EVENT_TYPES[name].fields:
        if field.required:
            raw = example_event(name)
            del raw["data"][field.name]
            assert problems_of(raw)[f"data.{field.name}"].message == "is missing"


def test_the_catalogue_is_the_contract() -> None:
    assert len(EVENT_TYPES) == 49
    assert {name.split(".")[0] for name in EVENT_TYPES} == {
        "appointment", "visit", "line", "quote", "quality", "invoice", "part", "capacity", "call",
        "contact", "lead", "complaint", "vehicle", "customer", "competitor",
    }  # fmt: skip


def test_values_are_typed() -> None:
    raw = example_event("line.quoted")
    event = parse_event(raw)
    assert event.occurred_at == datetime(2026, 3, 9, 9, 15, tzinfo=UTC)
    assert event.data["amount"] == Decimal("118.50")
    assert event.data["valid_until"] == date(2026, 4, 9)
    assert raw == example_event("line.quoted"), "the raw event is left alone"


def test_null_says_the_same_as_leaving_the_field_out() -> None:
    assert parse_event(declined(competitor=None)).data.keys() == set(declined()["data"]) - {"competitor"}
    assert problems_of(declined(line_id=None))["data.line_id"].message == "is missing"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("-1.00", "is negative"),
        (-1, "is negative"),
        ("10000000.00", "is out of range"),
        (10**400, "is out of range"),
        ("9" * 5000, "is out of range"),
        ("12.345", "has 3 decimals"),
        (1.5, "send decimals as strings"),
        (float("nan"), "send decimals as strings"),
        (float("inf"), "send decimals as strings"),
        ("NaN", "is not a plain decimal number"),
        ("1e5", "is not a plain decimal number"),
        ("1,50", "is not a plain decimal number"),
        ("1_000", "is not a plain decimal number"),
        ("٣", "is not a plain decimal number"),
        (" 5", "is not a plain decimal number"),
        ("5.", "is not a plain decimal number"),
        (".5", "is not a plain decimal number"),
        ("", "is not a plain decimal number"),
        (True, "is true or false"),
        ([], "is a list"),
        ({}, "is an object"),
    ],
)
def test_wrong_money_is_refused(value: object, message: str) -> None:
    problem = problems_of(declined(competitor_price=value))["data.competitor_price"]
    assert message in problem.message
    assert problem.expected is not None and "decimal string" in problem.expected


@pytest.mark.parametrize(
    ("digits", "good", "bad"), [(0, "1200", "1200.5"), (2, "12.50", "12.505"), (3, "12.505", "1.2345")]
)
def test_money_has_the_decimals_of_the_currency(digits: int, good: str, bad: str) -> None:
    terms = Terms(minor_digits=digits)
    assert parse_event(declined(competitor_price=good), terms).data["competitor_price"] == Decimal(good)
    assert "data.competitor_price" in problems_of(declined(competitor_price=bad), terms)


def test_a_cause_may_be_the_dealerships_own() -> None:
    raw = declined(cause="COMPETITOR_FREE_CHECK")
    assert "data.cause" in problems_of(raw)
    terms = Terms(own_causes=frozenset({"COMPETITOR_FREE_CHECK"}))
    assert parse_event(raw, terms).data["cause"] == "COMPETITOR_FREE_CHECK"


def test_unknown_names_lead_to_the_nearest_known_one() -> None:
    assert problems_of(declined(competitior="x"))["data.competitior"].expected == "did you mean competitor?"
    assert (
        problems_of(declined(cause="PRICE_TO_HIGH"))["data.cause"].expected == "did you mean PRICE_TOO_HIGH?"
    )
    assert problems_of({**declined(), "occured_at": 1})["occured_at"].expected == "did you mean occurred_at?"
    assert (
        problems_of({**declined(), "type": "line.decline"})["type"].expected == "did you mean line.declined?"
    )


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("occurred_at", "2026-02-30T10:00:00Z", "is not a moment of the calendar"),
        ("occurred_at", "2026-03-09T10:00:00", "has no offset"),
        ("occurred_at", "2026-03-09", "is not written as a time"),
        ("occurred_at", "1989-12-31T23:59:59Z", "is out of range"),
        ("occurred_at", "9999-12-31T23:59:59-05:00", "is out of range"),
        ("occurred_at", "0001-01-01T00:00:00+05:00", "is out of range"),
        ("occurred_at", 1741512900, "is a number, not a time"),
        ("source", "my dms", "contains characters that are not allowed here"),
        ("source", "x" * 61, "is 61 characters long"),
        ("event_id", 17, "is a number, not text"),
        ("event_id", "  ", "is empty"),
        ("event_id", "a\x00b", "contains the control character U+0000"),
        ("event_id", "a\ud800b", "contains the control character U+D800"),
        ("dealership", [["D01"]], "is a list"),
        ("data", "x", "is not an object"),
        ("type", ["line.declined"], "is not an event type"),
    ],
)
def test_wrong_envelopes_are_refused(field: str, value: object, message: str) -> None:
    assert message in problems_of({**declined(), field: value})[field].message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2026-13-01", "is not a day of the calendar"),
        ("20260401", "is not written as a date"),
        ("2026-W14-3", "is not written as a date"),
        ("1812-06-01", "is out of range"),
        ("2999-06-01", "is out of range"),
        (20260401, "is a number, not a date"),
    ],
)
def test_impossible_dates_are_refused(value: object, message: str) -> None:
    raw = example_event("line.deferred")
    raw["data"]["deferred_until"] = value
    assert message in problems_of(raw)["data.deferred_until"].message


def test_every_problem_is_told_at_once_with_its_path() -> None:
    raw = example_event("invoice.posted")
    raw["data"]["total"] = "-5"
    raw["data"]["lines"] = [{"line_id": "L-1"}, {"line_id": "", "amount": 1.5}, 7]
    raw["data"]["invoice_id"] = None
    assert set(problems_of(raw)) == {
        "data.total", "data.lines[1].line_id", "data.lines[1].amount", "data.lines[2]", "data.invoice_id",
    }  # fmt: skip


def test_one_owner_of_a_line_is_needed() -> None:
    raw = example_event("line.recommended")
    del raw["data"]["visit_id"]
    assert problems_of(raw)["data.visit_id"].expected == "one of visit_id, appointment_id"


def test_what_was_sent_is_shown_short() -> None:
    deep: Any = []
    for _ in range(50_000):
        deep = [deep]
    for value in ("x" * 10_000_000, deep, {"a": deep}, 10**5000, "\x1b[31m" * 500):
        problem = problems_of(declined(competitor=value))["data.competitor"]
        assert problem.value is not None
        assert len(problem.value) <= 80
        assert problem.value.isprintable()


def test_thousands_of_unknown_fields_do_not_make_thousands_of_problems() -> None:
    assert len(problems_of(declined(**{f"x{number}": 1 for number in range(5000)}))) == 50


def test_the_fingerprint_tells_contradiction_from_repetition() -> None:
    def fingerprint(**changes: Any) -> str:
        raw = deepcopy(declined(competitor_price="89.00"))
        raw["data"].update(changes)
        return parse_event(raw).content_hash

    known = fingerprint()
    again: IntakeEvent = parse_event(
        {**declined(competitor_price="89.0"), "event_id": "other", "actor": None}
    )
    assert again.content_hash == known
    again = parse_event({**declined(competitor_price="89.00"), "occurred_at": "2026-03-09T09:15:00Z"})
    assert again.content_hash == known
    assert fingerprint(competitor_price="89.01") != known
    assert fingerprint(note="x") != known
    assert parse_event({**declined(), "actor": "E-1"}).content_hash != parse_event(declined()).content_hash


def test_schemas_describe_every_event_type() -> None:
    schemas = event_schemas()
    assert schemas.keys() == EVENT_TYPES.keys()
    declined_data = schemas["line.declined"]["properties"]["data"]
    assert declined_data["required"] == ["line_id"]
    assert declined_data["properties"]["decided_by"]["enum"] == ["CUSTOMER", "DEALER", "EXTERNAL"]
    assert declined_data["additionalProperties"] is False
    assert schemas["line.booked"]["properties"]["data"]["allOf"] == [
        {"anyOf": [{"required": ["visit_id"]}, {"required": ["appointment_id"]}]}
    ]
