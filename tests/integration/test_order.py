"""Events in any order, any batches, any number of times: they end as if they had come in order.

Decision record 8 says what is meant by that.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from servicelost.intake.results import Outcome
from tests.integration.order_world import End, Raw, Told, story, tell
from tests.ledger_check import check_ledger

SEEDS = range(4)
EXAMPLES = int(os.environ.get("SERVICELOST_TEST_ORDERS", "25"))


@cache
def in_order(seed: int) -> End:
    """How the story ends when each event comes when it happens."""
    with telling(list(story(seed))) as told:
        assert {result.outcome for result in told.results} == {Outcome.ACCEPTED}
        return told.end()


@contextmanager
def telling(*batches: list[Raw]) -> Iterator[Told]:
    told = tell(*batches)
    try:
        yield told
    finally:
        told.made.engine.dispose()


def batches_of(raws: list[Raw], rng: Random, longest: int) -> list[list[Raw]]:
    """The events cut into batches of random length."""
    rest, batches = list(raws), []
    while rest:
        size = rng.randint(1, longest)
        batches.append(rest[:size])
        rest = rest[size:]
    return batches


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.reuse, Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(seed=st.sampled_from(SEEDS), longest=st.sampled_from([3, 20, 200]), number=st.integers(0, 2**32))
def test_any_order_in_any_batches_ends_like_the_right_one(seed: int, longest: int, number: int) -> None:
    rng = Random(number)
    raws = list(story(seed)) + rng.sample(story(seed), 25)  # some are sent twice
    rng.shuffle(raws)
    with telling(*batches_of(raws, rng, longest)) as told:
        assert told.unsettled() == []
        check_ledger(told.made.entries(), told.made.opportunities())
        right, end = in_order(seed), told.end()
        assert end.work == right.work, "lines, visits and appointments, of every car"
        assert end.rest == right.rest
        for car in {*right.money, *right.needs, *end.money, *end.needs}:
            assert end.money.get(car, {}) == right.money.get(car, {}), car
            assert end.needs.get(car) == right.needs.get(car), car
        again = told.made.receive(*raws)
        assert {result.outcome for result in again} == {Outcome.UNCHANGED}
        assert told.end() == end
