"""Tidying the lake: bounded in every refresh, the rest in pieces, and never seen by anybody who reads."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from servicelost.analytics.engine import open_lake
from servicelost.analytics.lake import step, upkeep
from servicelost.analytics.lake.upkeep import refresh, tidy
from servicelost.analytics.lake.verification import verify
from tests.integration.lake_world import World, contents

_PIECE = 60


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A lake whose files are so small that there is always something to tidy."""
    for place, value in {
        "parquet.FILE_ROWS": _PIECE, "tidy.FILE_ROWS": _PIECE, "tidy.PIECE": _PIECE, "upkeep.PIECE": _PIECE,
        "tidy._SMALLEST": 5, "tidy._MERGED": 3, "tidy._SUPERSEDED": 6, "step._TIDIED": 10,
        "upkeep._PAUSE": 0.0,
    }.items():  # fmt: skip
        monkeypatch.setattr(f"servicelost.analytics.lake.{place}", value)
    with World(sqlite_url, tmp_path / "lake") as made:
        yield made


def test_one_refresh_rewrites_a_bounded_number_of_rows(world: World) -> None:
    world.change(200)
    refresh(world.engine, world.lake, world.clock)
    tidied = []
    for _ in range(25):
        world.change(4)
        done = refresh(world.engine, world.lake, world.clock)
        facts = len(done.manifest.facts)
        assert done.tidied <= facts * step._TIDIED + step._TIDIED_PER_ROW * done.rows
        tidied.append(done.tidied)
    assert any(tidied)
    assert verify(world.engine, world.lake) == []


def test_what_a_refresh_leaves_is_tidied_afterwards(world: World) -> None:
    for _ in range(12):
        world.change(20)
        refresh(world.engine, world.lake, world.clock)
    before, left = world.contents(), open_lake(world.lake).manifest
    assert tidy(world.engine, world.lake, world.clock) > 0
    assert tidy(world.engine, world.lake, world.clock) == 0
    after = open_lake(world.lake).manifest
    assert world.contents() == before
    assert after.state == left.state
    assert _files(after) < _files(left)
    assert max(fact.superseded_rows for fact in after.facts.values()) <= 6
    assert verify(world.engine, world.lake) == []


def test_tidying_stops_at_its_bound(world: World) -> None:
    for _ in range(12):
        world.change(20)
        refresh(world.engine, world.lake, world.clock)
    assert tidy(world.engine, world.lake, world.clock, rows=2 * _PIECE) == 2


def test_readers_are_right_while_the_lake_is_tidied(world: World) -> None:
    for _ in range(12):
        world.change(20)
        refresh(world.engine, world.lake, world.clock)
    held = open_lake(world.lake)
    before = contents(held)
    tidier = Thread(target=tidy, args=(world.engine, world.lake, world.clock))
    tidier.start()
    seen = [contents(open_lake(world.lake)) for _ in range(3)]
    tidier.join()
    assert all(found == before for found in (*seen, contents(held), world.contents()))


def test_changes_go_on_between_the_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def somebody_works(_seconds: float) -> None:
        world.change(3)
        refresh(world.engine, world.lake, world.clock)

    for _ in range(12):
        world.change(20)
        refresh(world.engine, world.lake, world.clock)
    monkeypatch.setattr(upkeep.time, "sleep", somebody_works)
    assert tidy(world.engine, world.lake, world.clock, rows=10 * _PIECE) > 1
    assert world.waiting() == 0
    assert verify(world.engine, world.lake) == []


def _files(manifest: upkeep.Manifest) -> int:
    return sum(len(fact.files) for fact in manifest.facts.values())
