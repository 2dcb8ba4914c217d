"""Row ids: never given twice, by threads, processes, rollbacks or steps."""

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from servicelost.kernel.ids import IdBlock, IdFeed, IdPool
from tests.factories import House, house


@pytest.fixture
def world(database_url: str) -> Iterator[House]:
    with house(database_url) as made:
        yield made


def next_free(world: House) -> int | None:
    with world.engine.connect() as connection:
        return connection.execute(select(IdBlock.next_id)).scalar()


@pytest.mark.postgres
def test_a_pool_gives_consecutive_ids_and_never_the_same_to_two_threads(pg_url: str) -> None:
    with house(pg_url) as world:
        pool = IdPool(world.engine, block=50)
        with ThreadPoolExecutor(8) as threads:
            ranges = list(threads.map(lambda number: pool.take(1 + number % 7), range(400)))
        # More at once than a block holds.
        ranges.append(pool.take(500))
        given = [row_id for part in ranges for row_id in part]
        assert all(len(part) == 1 + number % 7 for number, part in enumerate(ranges[:-1]))
        assert len(ranges[-1]) == 500
        assert len(set(given)) == len(given)
        assert min(given) == 1


def _take_in_child(pool: IdPool, pipe: Any) -> None:
    pipe.send([row_id for _ in range(20) for row_id in pool.take(7)])
    pipe.close()


@pytest.mark.postgres
def test_forked_processes_share_no_block_even_if_the_pool_was_in_use(pg_url: str) -> None:
    forking = multiprocessing.get_context("fork")
    with house(pg_url) as world:
        pool = IdPool(world.engine, block=100)
        given = list(pool.take(10))
        world.engine.dispose()
        children = []
        with pool._lock:  # as when another thread is just drawing ids while the process forks
            for _ in range(3):
                ours, theirs = forking.Pipe()
                child = forking.Process(target=_take_in_child, args=(pool, theirs))
                child.start()
                children.append((child, ours))
        for child, ours in children:
            assert ours.poll(20), "the child hangs"
            given += ours.recv()
            child.join(20)
        given += pool.take(200)
        assert len(given) == 10 + 3 * 140 + 200
        assert len(set(given)) == len(given)


@pytest.mark.postgres
def test_two_pools_may_create_the_counter_in_the_same_moment(pg_url: str) -> None:
    with house(pg_url) as world:
        pools = [IdPool(world.engine, block=10) for _ in range(8)]
        barrier = threading.Barrier(len(pools))

        def take(pool: IdPool) -> range:
            barrier.wait()
            return pool.take(10)

        with ThreadPoolExecutor(len(pools)) as threads:
            given = [row_id for part in threads.map(take, pools) for row_id in part]
    assert len(set(given)) == len(given) == 80


def test_a_feed_without_a_pool_draws_growing_blocks_within_its_transaction(world: House) -> None:
    with world.engine.begin() as connection:
        feed = IdFeed(connection, None)
        assert [feed.next() for _ in range(100)] == list(range(1, 101))
    assert next_free(world) == 1 + 16 + 64 + 256
    with world.engine.begin() as connection:
        assert IdFeed(connection, None).next() == 1 + 16 + 64 + 256


def test_a_feed_that_was_rolled_back_gives_its_ids_again_and_none_twice(world: House) -> None:
    with world.engine.connect() as connection:
        dropped = [IdFeed(connection, None).next() for _ in range(3)]
        connection.rollback()
    with world.engine.begin() as connection:
        feed = IdFeed(connection, None)
        kept = [feed.next() for _ in range(30)]
    assert kept[0] == dropped[0], "nothing was stored under them"
    assert len(set(kept)) == 30


def test_a_unit_that_adds_nothing_draws_nothing(world: House) -> None:
    with world.unit():
        pass
    assert next_free(world) is None
