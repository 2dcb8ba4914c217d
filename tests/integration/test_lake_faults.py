"""The lake when processes die or run side by side: always readable, nothing lost, nothing twice."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from servicelost.analytics.lake.on_duckdb import DuckDB
from servicelost.analytics.lake.upkeep import rebuild, refresh
from servicelost.analytics.lake.verification import verify
from tests.integration.lake_programs import POINTS
from tests.integration.lake_world import World

_ROOT = Path(__file__).parents[2]


def _start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.integration.lake_programs", *arguments]
    return subprocess.Popen(command, cwd=_ROOT, stderr=subprocess.PIPE, text=True)


def _finished(process: subprocess.Popen[str]) -> int:
    _, errors = process.communicate(timeout=120)
    assert process.returncode in (0, -signal.SIGKILL), errors
    return process.returncode


def _killed(database_url: str, lake: Path, point: str, what: str) -> None:
    with World(database_url, lake) as world:
        world.change(20)
        refresh(world.engine, world.lake, world.clock)
        world.change(20)
        before = world.contents()
        assert _finished(_start("die", database_url, world.lake, point, what)) == -signal.SIGKILL
        seen = world.contents()
        refresh(world.engine, world.lake, world.clock)
        assert world.waiting() == 0
        assert verify(world.engine, world.lake) == []
        followed = world.contents()
        assert seen in (before, followed)
        rebuild(world.engine, world.lake, world.clock)
        assert followed == world.contents()


@pytest.mark.parametrize("point", POINTS)
def test_killed_while_refreshing_the_lake_is_whole(sqlite_url: str, tmp_path: Path, point: str) -> None:
    _killed(sqlite_url, tmp_path / "lake", point, "refresh")


@pytest.mark.parametrize("point", ["in the middle of the files", "before the swap", "after the swap"])
def test_killed_while_building_the_lake_is_whole(sqlite_url: str, tmp_path: Path, point: str) -> None:
    _killed(sqlite_url, tmp_path / "lake", point, "rebuild")


@pytest.mark.parametrize("point", ["before the first file", "before the swap", "after the swap"])
def test_killed_while_tidying_the_lake_is_whole(sqlite_url: str, tmp_path: Path, point: str) -> None:
    with World(sqlite_url, tmp_path / "lake") as world:
        for _ in range(3):
            world.change(20)
            refresh(world.engine, world.lake, world.clock)
        before = world.contents()
        assert _finished(_start("die", sqlite_url, world.lake, point, "tidy")) == -signal.SIGKILL
        assert world.contents() == before
        world.change(20)
        refresh(world.engine, world.lake, world.clock)
        assert verify(world.engine, world.lake) == []


@pytest.mark.postgres
@pytest.mark.parametrize("what", ["refresh", "rebuild"])
def test_killed_on_postgresql_the_lake_is_whole(pg_url: str, tmp_path: Path, what: str) -> None:
    _killed(pg_url, tmp_path / "lake", "after the swap", what)


@pytest.mark.postgres
def test_many_processes_write_and_refresh_at_once(pg_url: str, tmp_path: Path) -> None:
    with World(pg_url, tmp_path / "lake") as world:
        refresh(world.engine, world.lake, world.clock)
        writers = [_start("write", pg_url, world.lake, "25", str(seed)) for seed in (1, 2)]
        readers = [_start("refresh", pg_url, world.lake, "8") for _ in range(2)]
        assert [_finished(process) for process in (*writers, *readers)] == [0, 0, 0, 0]
        refresh(world.engine, world.lake, world.clock)
        assert len(world.contents()["visits"]) == 2 * 25 * 2
        assert verify(world.engine, world.lake) == []


def test_a_forked_child_reads_for_itself(sqlite_url: str, tmp_path: Path) -> None:
    with World(sqlite_url, tmp_path / "lake") as world:
        world.change(20)
        refresh(world.engine, world.lake, world.clock)
        assert _finished(_start("fork", sqlite_url, world.lake)) == 0


_DIES_WHILE_COMPUTING = """
import os, signal
from servicelost.analytics.lake.on_duckdb import DuckDB
engine = DuckDB()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_wrote_beside_memory_is_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    dead = subprocess.run([sys.executable, "-c", _DIES_WHILE_COMPUTING], env=environment)
    assert dead.returncode == -signal.SIGKILL
    [left] = tmp_path.iterdir()
    (left / "spilled").write_text("rows")
    first = DuckDB()
    [of_first] = tmp_path.iterdir()
    assert of_first != left
    second = DuckDB()
    assert of_first in set(tmp_path.iterdir())
    del first, second
    assert list(tmp_path.iterdir()) == []
