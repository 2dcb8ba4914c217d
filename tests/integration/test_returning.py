"""Cars that come again: what several visits make of a need ends alike in any order, of one system or two."""

import os
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from servicelost.intake.results import Outcome
from tests.integration.order_world import End, Raw
from tests.integration.returning_world import returning_story
from tests.integration.test_order import batches_of, telling
from tests.ledger_check import check_ledger

STORIES = range(400)
EXAMPLES = int(os.environ.get("SERVICELOST_TEST_ORDERS", "25"))
SOURCES = [("dms",), ("dms", "workshop")]


@cache
def in_order(seed: int, sources: tuple[str, ...]) -> End:
    with telling(list(returning_story(seed, sources))) as told:
        assert {result.outcome for result in told.results} == {Outcome.ACCEPTED}
        check_ledger(told.made.entries(), told.made.opportunities())
        return told.end()


def shuffled(seed: int, sources: tuple[str, ...], number: int) -> tuple[list[Raw], Random]:
    rng, raws = Random(number), list(returning_story(seed, sources))
    raws += rng.sample(raws, len(raws) // 5)  # some are sent twice
    rng.shuffle(raws)
    return raws, rng


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.reuse, Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(seed=st.sampled_from(STORIES), sources=st.sampled_from(SOURCES),
       longest=st.sampled_from([1, 3, 20, 200]), number=st.integers(0, 2**32))  # fmt: skip
def test_needs_of_several_visits_end_like_in_the_right_order(
    seed: int, sources: tuple[str, ...], longest: int, number: int
) -> None:
    raws, rng = shuffled(seed, sources, number)
    with telling(*batches_of(raws, rng, longest)) as told:
        assert told.unsettled() == []
        check_ledger(told.made.entries(), told.made.opportunities())
        right, end = in_order(seed, sources), told.end()
        assert end.work == right.work
        assert end.money == {car: right.money.get(car, {}) for car in end.money}
        assert end.needs == right.needs
        assert {result.outcome for result in told.made.receive(*raws)} == {Outcome.UNCHANGED}
        assert told.end() == end


def test_one_car_in_two_systems_is_told_by_each_for_itself() -> None:
    """A source's own numbers are its own: the visits of the other neither help nor disturb."""
    both = in_order(3, ("dms", "workshop"))
    of_one = {car for car in both.needs if car.startswith("V-dms")}
    alone = returning_story(3, ("dms", "workshop"))
    with telling([raw for raw in alone if raw["source"] == "dms"]) as told:
        end = told.end()
        assert {car: both.needs[car] for car in of_one} == {car: end.needs[car] for car in of_one}
        assert {car: both.money.get(car) for car in of_one} == {car: end.money.get(car) for car in of_one}
