"""The catalogue's parser against arbitrary JSON: it accepts or refuses, and never breaks."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from servicelost.intake.catalogue import EVENT_TYPES, IntakeEvent, example_event, parse_event
from servicelost.kernel.errors import InvalidInput

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(sorted(EVENT_TYPES))


def accepts_or_refuses(raw: object) -> None:
    try:
        event = parse_event(raw)
    except InvalidInput as refusal:
        assert refusal.errors
        assert all(problem.message for problem in refusal.errors)
        json.dumps(refusal.details())
    else:
        assert isinstance(event, IntakeEvent)
        assert len(event.content_hash) == 32


@given(JSON_VALUES)
def test_any_json_value_is_accepted_or_refused(raw: object) -> None:
    accepts_or_refuses(raw)


@given(NAMES, st.data())
def test_any_value_in_any_field_is_accepted_or_refused(name: str, data: st.DataObject) -> None:
    raw = example_event(name)
    field = data.draw(st.sampled_from(EVENT_TYPES[name].fields))
    raw["data"][field.name] = data.draw(JSON_VALUES)
    envelope_field = data.draw(
        st.sampled_from(["type", "event_id", "source", "occurred_at", "actor", "data"])
    )
    accepts_or_refuses(raw)
    accepts_or_refuses({**raw, envelope_field: data.draw(JSON_VALUES)})


def as_raw(value: Any) -> Any:
    """A parsed value as a source would send it."""
    if isinstance(value, dict):
        return {name: as_raw(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_raw(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@given(
    NAMES,
    st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),
    st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=200),
)
def test_what_was_parsed_can_be_sent_again(name: str, occurred_at: datetime, event_id: str) -> None:
    first = parse_event({**example_event(name), "occurred_at": occurred_at.isoformat(), "event_id": event_id})
    envelope = {
        name: as_raw(getattr(first, name))
        for name in ("type", "event_id", "source", "occurred_at", "dealership", "actor", "data")
    }
    second = parse_event(json.loads(json.dumps(envelope)))
    assert second == first
    assert second.content_hash == first.content_hash


@given(st.decimals(min_value=0, max_value=Decimal("9999999.99"), places=2))
def test_money_arrives_exactly(amount: Decimal) -> None:
    raw = example_event("line.quoted")
    raw["data"]["amount"] = f"{amount:.2f}"
    assert parse_event(raw).data["amount"] == amount
