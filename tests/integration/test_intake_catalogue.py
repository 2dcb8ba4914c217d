"""Every event of the catalogue takes effect in its place, and parked ones keep all they said."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicelost.directory.dealerships import upsert_dealership
from servicelost.intake.catalogue import EVENT_TYPES, Field, IntakeEvent, Kind, example_event
from servicelost.intake.catalogue.parsing import LONGEST
from servicelost.intake.payload import pack, unpack
from servicelost.taxonomy.loss_events import LossEvent
from tests.desk import Desk, desk
from tests.integration.intake_stories import dump

_BOOKED = ("appointment.booked",)
_OPENED = (*_BOOKED, "visit.opened")
_FOUND = (*_OPENED, "line.recommended")
_SENT = (*_FOUND, "quote.sent")
_AGREED = (*_FOUND, "line.authorized")
# What has to have happened before the example of a type makes sense.
BEFORE: dict[str, tuple[str, ...]] = {
    "appointment.booked": (),
    "appointment.confirmed": _BOOKED,
    "appointment.rescheduled": _BOOKED,
    "appointment.cancelled": _BOOKED,
    "appointment.no_show": _BOOKED,
    "appointment.arrived": _BOOKED,
    "visit.opened": _BOOKED,
    "visit.walk_in": (),
    "visit.turned_away": _BOOKED,
    "visit.stage_changed": _OPENED,
    "visit.cancelled": _AGREED,
    "visit.delivered": _OPENED,
    "visit.closed": _FOUND,
    "line.booked": _BOOKED,
    "line.recommended": _OPENED,
    "line.quoted": _FOUND,
    "line.authorized": _SENT,
    "line.declined": _SENT,
    "line.deferred": _SENT,
    "line.removed": _AGREED,
    "line.reduced": _FOUND,
    "line.started": _AGREED,
    "line.completed": (*_AGREED, "line.started"),
    "line.not_performed": _AGREED,
    "quote.sent": _FOUND,
    "quote.opened": _SENT,
    "quote.expired": (*_SENT, "quote.opened"),
    "quality.passed": _OPENED,
    "quality.failed": (*_AGREED, "line.completed"),
    "invoice.posted": _AGREED,
    "part.availability": (),
    "part.requested": (),
    "part.sold": ("part.requested",),
    "part.not_supplied": (),
    "capacity.day": (),
    "call.received": ("call.missed",),
    "call.missed": (),
    "contact.attempted": _OPENED,
    "contact.two_way": (),
    "lead.received": (),
    "complaint.recorded": _OPENED,
    "complaint.resolved": (*_OPENED, "complaint.recorded"),
    "vehicle.sold": (),
    "vehicle.totalled": (),
    "vehicle.odometer": (),
    "customer.consent": (),
    "customer.moved": (),
    "customer.deceased": (),
    "competitor.offer": _OPENED,
}
# The examples that are losses at once, and which.
LOSSES = {
    "appointment.cancelled": LossEvent.APPT_CANCELLED, "appointment.no_show": LossEvent.APPT_NO_SHOW,
    "visit.turned_away": LossEvent.APPT_TURNED_AWAY, "visit.cancelled": LossEvent.ORDER_CANCELLED,
    "visit.closed": LossEvent.NOT_PRESENTED, "line.declined": LossEvent.QUOTE_DECLINED,
    "line.removed": LossEvent.SCOPE_REDUCED, "line.reduced": LossEvent.SCOPE_REDUCED,
    "line.not_performed": LossEvent.WORK_NOT_DONE, "quote.expired": LossEvent.QUOTE_EXPIRED,
    "part.not_supplied": LossEvent.PART_NOT_SUPPLIED, "call.missed": LossEvent.CALL_MISSED,
    "call.received": LossEvent.CALL_MISSED,
}  # fmt: skip
# Texts with a form of their own, and those that only go with certain causes.
_FORMED = {"phone", "email", "vin", "language", "competitor"}


@pytest.fixture
def at_desk(database_url: str) -> Iterator[Desk]:
    with desk(database_url) as made:
        with made.unit() as book:
            for name in EVENT_TYPES:
                values = {
                    "name": "A world of its own",
                    "timezone": "Europe/Madrid",
                    "currency": "EUR",
                    "country": "ES",
                }
                upsert_dealership(book, {"code": name, **values})  # type: ignore[typeddict-item]
        yield made


def story_of(name: str) -> list[dict[str, Any]]:
    """The example with all that has to come before it, at a dealership of its own."""
    story = [example_event(kind) for kind in (*BEFORE[name], name)]
    for minute, raw in enumerate(story):
        raw["dealership"], raw["source"] = name, f"dms-{name}"
        raw["occurred_at"] = f"2026-03-09T10:{minute:02}:00+01:00"
    if name == "visit.turned_away":
        story[-1]["data"]["appointment_id"] = story[0]["data"]["appointment_id"]
    return story


def lengthened(fields: tuple[Field, ...], data: dict[str, Any]) -> dict[str, Any]:
    """The data with every free text as long as the catalogue allows."""
    longer = dict(data)
    for field in fields:
        if field.kind in (Kind.TEXT, Kind.LONG_TEXT) and field.name not in _FORMED:
            words = "ж" * (field.max_length or LONGEST[field.kind])
            longer[field.name] = [words] if field.many else words
        elif field.kind is Kind.OBJECT and not field.many and field.name in data:
            longer[field.name] = lengthened(field.fields, data[field.name])
    return longer


def longest(name: str) -> str:
    return name.ljust(LONGEST[Kind.ID], "ж")


def check_all_accepted(at_desk: Desk, name: str, story: list[dict[str, Any]]) -> None:
    results = at_desk.receive(*story)
    assert [(result.outcome.value, result.message) for result in results] == [("ACCEPTED", None)] * len(
        story
    ), name


def test_every_example_takes_effect_in_its_place_and_loses_what_it_should(at_desk: Desk) -> None:
    assert set(BEFORE) == set(EVENT_TYPES)
    for name in EVENT_TYPES:
        known = len(at_desk.entries())
        check_all_accepted(at_desk, name, story_of(name))
        lost = [entry.event for entry in at_desk.entries()[known:] if entry.kind == "LOSS"]
        assert lost == ([LOSSES[name]] if name in LOSSES else []), name
        assert at_desk.balance() == at_desk.outstanding(), name
    before = dump(at_desk.engine)
    for name in EVENT_TYPES:
        assert {result.outcome.value for result in at_desk.receive(*story_of(name))} == {"UNCHANGED"}
    assert dump(at_desk.engine) == before


def test_every_text_the_catalogue_allows_can_be_stored(at_desk: Desk) -> None:
    for name in EVENT_TYPES:
        story = story_of(name)
        for raw in story:
            raw["data"] = lengthened(EVENT_TYPES[raw["type"]].fields, raw["data"])
            raw["actor"] = "ж" * LONGEST[Kind.ID]
            raw["event_id"] = raw["event_id"].ljust(200, "x")
        check_all_accepted(at_desk, name, story)


def test_ids_of_any_length_can_be_stored_and_waited_for(at_desk: Desk) -> None:
    for name in EVENT_TYPES:
        story = story_of(name)
        for raw in story:
            names = EVENT_TYPES[raw["type"]].fields
            ids = {field.name for field in names if field.kind is Kind.ID and field.name != "lines"}
            raw["data"] = {key: longest(value) if key in ids else value for key, value in raw["data"].items()}
            for key in {"customer", "vehicle"} & raw["data"].keys():
                raw["data"][key] = raw["data"][key] | {"id": longest(raw["data"][key]["id"])}
            if raw["data"].get("lines"):
                raw["data"]["lines"] = [
                    longest(line) if type(line) is str else line | {"line_id": longest(line["line_id"])}
                    for line in raw["data"]["lines"]
                ]
        for raw in reversed(story):
            [result] = at_desk.receive(raw)
            assert result.outcome.value in ("ACCEPTED", "PARKED"), (name, result)
        assert {result.outcome.value for result in at_desk.receive(*story)} == {"UNCHANGED"}, name


moments = st.integers(0, 10**15).map(
    lambda number: datetime(1995, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)
)
values = st.recursive(
    st.text(max_size=20)
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | moments
    | st.dates(date(1990, 1, 1))
    | st.decimals(0, 10**7, places=3)
    | st.decimals(0, 10**7, places=0),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60)
@given(
    data=st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), values, max_size=6),
    at=moments,
    actor=st.none() | st.text(),
)
def test_a_parked_event_comes_back_as_it_was(data: dict[str, Any], at: datetime, actor: str | None) -> None:
    before = IntakeEvent("line.declined", "e1", "dms", at, "NORTH", data, actor)
    after = unpack(json.loads(json.dumps(pack(before))))
    assert after == before
    assert after.content_hash == before.content_hash
    assert str(after) == str(before), "types too: 1 is not true, and 1.50 has two decimals"


def test_a_decimal_keeps_its_spelling_and_a_mark_is_no_text_of_a_sender() -> None:
    data = {"amount": Decimal("1.50"), "note": "$decimal", "of": {"$": "x", "text": {"a": [Decimal(0)]}}}
    back = unpack(json.loads(json.dumps(pack(IntakeEvent("x", "e", "s", datetime.now(UTC), "D", data)))))
    assert str(back.data["amount"]) == "1.50"
    assert back.data == data
