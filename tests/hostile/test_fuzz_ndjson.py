"""Event streams made up to do harm: each line has its own answer, and the good ones are taken in."""

import io
import json
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.intake.catalogue import UnreadableLine, read_ndjson
from servicelost.intake.results import Outcome
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM
from tests.hostile.conftest import NOW, Target
from tests.hostile.fuzzing import mutants, profile

EVENTS = "/service/api/v1/events"
NDJSON = "application/x-ndjson"
SIGNS = st.sampled_from(
    ["\ud800", "\0", "\x7f", "\u202e", "\u2028", "𝔘", "é", "'", '"', "\\", "%", "{", "\n", " "]
)
TEXTS = st.one_of(st.text(SIGNS, max_size=5), st.text(max_size=10), st.just("x" * 5000))
NUMBERS = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([10**400, -(10**400), 2**63, 1e308, float("nan"), float("inf")]),
)
DECIMALS = st.sampled_from(
    ["1e999999", "1E+999999999", "-0", "0e0", "NaN", "sNaN", "Infinity", "٣", "1_0", "0" * 99]
)
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, DECIMALS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def an_event(number: int, dealership: str) -> dict[str, Any]:
    return {
        "type": "line.recommended", "event_id": f"E-{number}", "source": "fuzz",
        "occurred_at": NOW.isoformat(), "dealership": dealership, "actor": "E-4",
        "data": {"line_id": f"L-{number}", "visit_id": "nobody's", "service": "Oil", "amount": "12.00",
                 "hours": "1.5", "severity": "RED", "technician": "T", "part_number": "P"},
    }  # fmt: skip


@st.composite
def spoilt_events(draw: st.DrawFn) -> dict[str, Any]:
    """An event with a few fields of the envelope or the data replaced, added or taken away."""
    made = an_event(draw(st.integers(0, 3)), "")
    for _ in range(draw(st.integers(1, 3))):
        place = made if draw(st.booleans()) or not isinstance(made.get("data"), dict) else made["data"]
        name = draw(st.one_of(st.sampled_from(sorted(place) or ["x"]), TEXTS))
        if draw(st.booleans()):
            place[name] = draw(VALUES)
        else:
            place.pop(name, None)
    return made


@profile(150)
@given(raws=st.lists(st.one_of(spoilt_events(), VALUES), max_size=6))
def test_spoilt_events_are_answered_one_by_one(target: Target, raws: list[Any]) -> None:
    for raw in raws:
        if isinstance(raw, dict) and raw.get("dealership") == "":
            raw["dealership"] = target.dealership
    results = receive(lambda: target.runtime.unit(SYSTEM), raws)
    assert [result.index for result in results] == list(range(len(raws)))
    for result in results:
        assert result.outcome is not Outcome.REJECTED or result.message


@profile(80)
@given(body=mutants(b"\n".join(json.dumps(an_event(n, "NORTH")).encode() for n in range(3))))
def test_torn_streams_over_http(target: Target, body: bytes) -> None:
    headers = {**target.token, "Content-Type": NDJSON}
    answer = target.app.test_client().post(EVENTS, data=body, headers=headers)
    assert answer.status_code == 200, answer.text
    lines = [line for line in body.split(b"\n") if line.strip(b" \t\r\n")]
    assert answer.json is not None
    assert len(answer.json["results"]) == len(lines)


LINES: dict[str, bytes] = {
    "deep lists": b"[" * 400_000,
    "deep objects": b'{"a":' * 150_000,
    "closed depth": b"[" * 100_000 + b"]" * 100_000,
    "depth that can be parsed": b'{"type":' + b"[" * 900 + b"]" * 900 + b"}",
    "digits": b"9" * 900_000,
    "exponent": b'{"type": 1e999999}',
    "no numbers": b'{"type": NaN, "event_id": -Infinity}',
    "a million keys": b"{" + b",".join(b'"%d":1' % n for n in range(80_000)) + b"}",
    "half a character": b'{"type": "\\ud800", "dealership": "\\udfff\\u0000", "event_id": "\\ud800"}',
    "not UTF-8": b'{"type": "\xff"}',
    "zero bytes": bytes(900_000),
    "a long text": b'{"type": "' + b"x" * 990_000 + b'"}',
    "too long": b"x" * 3_000_000,
    "a list": b"[]",
    "a text": b'"x"',
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_bad_line_hinders_no_other(target: Target, line: bytes) -> None:
    good = json.dumps({**an_event(9, target.dealership), "event_id": f"good/{hash(line)}"}).encode()
    headers = {**target.token, "Content-Type": NDJSON}
    began = time.process_time()
    answer = target.app.test_client().post(EVENTS, data=b"\n".join([good, line, good]), headers=headers)
    assert time.process_time() - began < 10
    assert answer.status_code == 200, answer.text[:500]
    assert answer.json is not None
    outcomes = [result["outcome"] for result in answer.json["results"]]
    assert outcomes[0] == outcomes[2] == Outcome.PARKED
    assert outcomes[1] == Outcome.REJECTED
    assert len(answer.text) < 20_000


def test_of_a_name_that_comes_twice_the_last_counts() -> None:
    [(number, value)] = read_ndjson(io.BytesIO(b'{"a": 1, "a": 2}'))
    assert (number, value) == (1, {"a": 2})


@profile(200)
@given(content=st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_reason_a_line(content: bytes) -> None:
    for _, value in read_ndjson(io.BytesIO(content), 50):
        assert not isinstance(value, UnreadableLine) or (value.message and value.expected)
        assert not isinstance(value, Decimal)
