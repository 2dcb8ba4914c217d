"""Report runs: reused, joined, claimed once, retried, and found again when the queue forgot them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from servicelost.analytics.execution import execute_run
from servicelost.analytics.models import ReportRun, RunState
from servicelost.analytics.params import read_params
from servicelost.analytics.registry import get_spec
from servicelost.analytics.runs import (
    LEASE,
    MAX_ATTEMPTS,
    claim_run,
    fail_run,
    find_stranded,
    finish_run,
    request_report,
    requeue_stranded,
    visible_run,
)
from servicelost.kernel.actor import SYSTEM, Actor, Role
from servicelost.kernel.errors import NotFound
from tests.integration.reports_world import ReportsWorld

SPEC = get_spec("where-why")


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[ReportsWorld]:
    world = ReportsWorld(database_url, tmp_path / "lake")
    lose(world)
    yield world
    world.close()


@pytest.fixture
def queue() -> list[int]:
    return []


def lose(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book)
        story.loss(story.need(), "2026-03-10", 10_000)


def requested(world: ReportsWorld, queue: list[int], actor: Actor = SYSTEM, **values: Any) -> int:
    with world.unit(actor) as book:
        params = read_params(SPEC, values, actor, world.codes)
        run = request_report(book, SPEC, params, enqueue=queue.append)
        assert run.id not in queue or run.state != RunState.QUEUED or queue.count(run.id) == 1
        return run.id


def run_of(world: ReportsWorld, run_id: int) -> ReportRun:
    with world.unit() as book:
        return book.get(ReportRun, run_id)


def test_a_run_goes_from_the_question_to_the_stored_document(world: ReportsWorld, queue: list[int]) -> None:
    run_id = requested(world, queue)
    assert queue == [run_id]
    assert execute_run(world.unit, world.fresh_lake, run_id)
    run = run_of(world, run_id)
    assert (run.state, run.attempts, run.error) == (RunState.DONE, 1, None)
    assert run.result is not None
    document = json.loads(run.result)
    assert document["measures"][0]["value"] == "100.00"
    assert document["as_of"].startswith("2026-11-22T12:00")
    assert not execute_run(world.unit, world.fresh_lake, run_id)


def test_unchanged_data_reuses_a_result_and_changed_data_does_not(
    world: ReportsWorld, queue: list[int]
) -> None:
    first = requested(world, queue)
    execute_run(world.unit, world.fresh_lake, first)
    assert requested(world, queue) == first
    assert requested(world, queue, **{"to": "2026-12-31"}) != first
    lose(world)
    second = requested(world, queue)
    assert second != first
    world.fresh_lake()  # takes the change over, but the old result does not know it
    assert requested(world, queue) == second
    execute_run(world.unit, world.fresh_lake, second)
    assert requested(world, queue) == second


def test_a_waiting_run_is_joined(world: ReportsWorld, queue: list[int]) -> None:
    first = requested(world, queue)
    assert requested(world, queue) == first
    assert queue == [first]
    world.clock.move(timedelta(seconds=1))
    with world.unit() as book:
        claim_run(book, first)
    assert requested(world, queue) == first
    lose(world)
    assert requested(world, queue) != first


def test_sight_is_part_of_the_question(world: ReportsWorld, queue: list[int]) -> None:
    world.dealership("SOUTH", "USD")
    everything = requested(world, queue)
    managers = frozenset({Role.SERVICE_MANAGER})
    ana = Actor("ana", managers, frozenset({world.codes["NORTH"]}))
    bea = Actor("bea", managers, frozenset({world.codes["NORTH"]}))
    carl = Actor("carl", managers, frozenset({world.codes["SOUTH"]}))
    north = requested(world, queue, ana)
    assert north != everything
    assert requested(world, queue, bea) == north
    assert requested(world, queue, carl) not in (north, everything)
    with world.unit(bea) as book:
        assert visible_run(book, north).requested_by == "ana"
    for actor, hidden in ((carl, north), (ana, everything)):
        with world.unit(actor) as book, pytest.raises(NotFound):
            visible_run(book, hidden)


def test_a_request_that_is_rolled_back_asks_for_nothing(world: ReportsWorld, queue: list[int]) -> None:
    with pytest.raises(RuntimeError), world.unit() as book:
        request_report(book, SPEC, read_params(SPEC, {}, SYSTEM, {}), enqueue=queue.append)
        raise RuntimeError
    assert queue == []


def test_two_workers_give_one_result(world: ReportsWorld, queue: list[int]) -> None:
    run_id = requested(world, queue)
    with world.unit() as book:
        first = claim_run(book, run_id)
        assert first is not None
    with world.unit() as book:
        assert claim_run(book, run_id) is None
    world.clock.move(LEASE + timedelta(seconds=1))
    with world.unit() as book:
        second = claim_run(book, run_id)
        assert second is not None
    with world.unit() as book:
        assert not finish_run(book, first, {"by": "first"}, None)
        assert finish_run(book, second, {"by": "second"}, None)
        assert not finish_run(book, second, {"by": "second again"}, None)
    assert run_of(world, run_id).result == '{"by":"second"}'


def test_a_failing_run_is_tried_a_few_times_and_then_says_why(world: ReportsWorld, queue: list[int]) -> None:
    def broken() -> Any:
        raise OSError("the disk is full")

    run_id = requested(world, queue)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with pytest.raises(OSError, match="disk"):
            execute_run(world.unit, broken, run_id)
        expected = RunState.FAILED if attempt == MAX_ATTEMPTS else RunState.QUEUED
        assert run_of(world, run_id).state == expected
    run = run_of(world, run_id)
    assert run.error == "OSError: the disk is full"
    assert not execute_run(world.unit, world.fresh_lake, run_id)
    assert requested(world, queue) != run_id


def test_a_lost_claim_cannot_fail_the_run(world: ReportsWorld, queue: list[int]) -> None:
    run_id = requested(world, queue)
    with world.unit() as book:
        claim = claim_run(book, run_id)
        assert claim is not None
        finish_run(book, claim, {}, None)
    with world.unit() as book:
        assert not fail_run(book, claim, OSError("late"))
    assert run_of(world, run_id).state == RunState.DONE


def test_runs_the_queue_forgot_are_asked_for_again(world: ReportsWorld, queue: list[int]) -> None:
    waiting, running = requested(world, queue), requested(world, queue, **{"to": "2026-12-31"})
    with world.unit() as book:
        claim_run(book, running, timedelta(minutes=30))
        assert find_stranded(book.connection, book.now) == []
    queue.clear()
    world.clock.move(timedelta(minutes=5))
    with world.unit() as book:
        assert requeue_stranded(book, queue.append) == 1
    assert queue == [waiting]
    with world.unit() as book:
        assert requeue_stranded(book, queue.append) == 0, "just handed to the queue"
    world.clock.move(timedelta(minutes=30))
    with world.unit() as book:
        assert set(find_stranded(book.connection, book.now)) == {waiting, running}
        requeue_stranded(book, queue.append)
    assert execute_run(world.unit, world.fresh_lake, running)
    assert run_of(world, running).attempts == 2


def test_a_run_that_kills_its_workers_is_given_up(world: ReportsWorld, queue: list[int]) -> None:
    run_id = requested(world, queue)
    for _ in range(MAX_ATTEMPTS):
        with world.unit() as book:
            assert claim_run(book, run_id) is not None
        world.clock.move(LEASE * 2)
    with world.unit() as book:
        requeue_stranded(book, queue.append)
    run = run_of(world, run_id)
    assert run.state == RunState.FAILED
    assert "broken off 3 times" in str(run.error)
