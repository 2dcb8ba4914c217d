"""The lake follows the database: by what changed, in any order, and as if it were built anew."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicelost.analytics.engine import open_lake
from servicelost.analytics.lake.condition import status
from servicelost.analytics.lake.storage import Folder, LakeError
from servicelost.analytics.lake.upkeep import rebuild, refresh, tidy
from servicelost.analytics.lake.verification import verify
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from tests.integration.lake_world import World, contents


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    with World(database_url, tmp_path / "lake") as made:
        yield made


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits so small that files are merged and rewritten all the time."""
    monkeypatch.setattr("servicelost.analytics.lake.parquet.FILE_ROWS", 40)
    monkeypatch.setattr("servicelost.analytics.lake.tidy.FILE_ROWS", 40)
    monkeypatch.setattr("servicelost.analytics.lake.tidy.PIECE", 40)
    monkeypatch.setattr("servicelost.analytics.lake.upkeep.PIECE", 40)
    monkeypatch.setattr("servicelost.analytics.lake.upkeep._PAUSE", 0.0)
    monkeypatch.setattr("servicelost.analytics.lake.step._TIDIED", 10)
    monkeypatch.setattr("servicelost.analytics.lake.tidy._SMALLEST", 5)
    monkeypatch.setattr("servicelost.analytics.lake.tidy._MERGED", 3)
    monkeypatch.setattr("servicelost.analytics.lake.tidy._SUPERSEDED", 6)
    monkeypatch.setattr("servicelost.analytics.lake.upkeep.ROUND", 30)


def test_an_empty_database_gives_an_empty_lake_with_all_columns(world: World) -> None:
    done = refresh(world.engine, world.lake, world.clock)
    assert done.rebuilt
    assert not any(world.contents().values())
    assert "amount_minor" in open_lake(world.lake).table("ledger").columns


def test_changes_arrive_and_the_log_is_emptied(world: World) -> None:
    refresh(world.engine, world.lake, world.clock)
    world.change(40)
    done = refresh(world.engine, world.lake, world.clock)
    assert not done.rebuilt
    assert done.rows > 40
    assert world.waiting() == 0
    assert verify(world.engine, world.lake) == []


def test_nothing_new_moves_only_the_moment(world: World) -> None:
    world.change(5)
    first = refresh(world.engine, world.lake, world.clock).manifest
    now = world.clock.move(timedelta(hours=1))
    second = refresh(world.engine, world.lake, world.clock).manifest
    assert second.number == first.number
    assert open_lake(world.lake).as_of == now


@pytest.mark.usefixtures("tiny")
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 25), min_size=1, max_size=8), st.integers(0, 10**6))
def test_refreshing_often_is_the_same_as_building_once(world: World, bursts: list[int], seed: int) -> None:
    world.empty()
    world.random.seed(seed)
    for deeds in bursts:
        world.change(deeds)
        refresh(world.engine, world.lake, world.clock)
        assert verify(world.engine, world.lake) == []
        if deeds % 2:
            tidy(world.engine, world.lake, world.clock)
            assert verify(world.engine, world.lake) == []
    followed = world.contents()
    rebuild(world.engine, world.lake, world.clock)
    assert followed == world.contents()
    assert verify(world.engine, world.lake) == []


@pytest.mark.usefixtures("tiny")
def test_files_stay_few_and_void_copies_are_thrown_out(world: World) -> None:
    refresh(world.engine, world.lake, world.clock)
    for _ in range(15):
        world.change(5)
        refresh(world.engine, world.lake, world.clock)
        tidy(world.engine, world.lake, world.clock)
    lines = open_lake(world.lake).manifest.facts["lines"]
    stored = sum(file.rows for file in lines.files)
    assert len(lines.files) < stored / 5
    assert lines.superseded_rows <= 40
    assert verify(world.engine, world.lake) == []


def test_a_changed_visit_changes_its_lines(world: World) -> None:
    with world.unit() as book:
        world.visit(book)
    refresh(world.engine, world.lake, world.clock)
    visit_id = world.contents()["visits"][0]["id"]
    with world.unit() as book:
        book.get(Visit, visit_id).state = "CLOSED"
    refresh(world.engine, world.lake, world.clock)
    assert {line["visit_state"] for line in world.contents()["lines"]} == {"CLOSED"}


def test_days_are_those_of_the_dealership(world: World) -> None:
    opened = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    with world.unit() as book:
        for dealership in world.dealerships:
            book.add(
                Visit(dealership_id=dealership, source="T", state="WORK", stage="WORK", opened_at=opened)
            )
    refresh(world.engine, world.lake, world.clock)
    west, east = world.contents()["visits"]
    assert (west["business_day"], west["month"]) == (date(2026, 2, 28), date(2026, 2, 1))
    assert (east["business_day"], east["month"]) == (date(2026, 3, 1), date(2026, 3, 1))
    assert east["opened_at"] == opened


def test_a_row_that_is_gone_leaves_the_lake_too(world: World) -> None:
    with world.unit() as book:
        world.visit(book)
    refresh(world.engine, world.lake, world.clock)
    line_id = world.contents()["lines"][0]["id"]
    with world.unit() as book:
        book.get(Line, line_id).amount_minor = 1
        book.flush()
        book.connection.execute(Line.__table__.delete().where(Line.id == line_id))
    refresh(world.engine, world.lake, world.clock)
    assert line_id not in {line["id"] for line in world.contents()["lines"]}
    assert verify(world.engine, world.lake) == []


def test_verifying_is_exact_while_changes_wait(world: World) -> None:
    world.change(30)
    refresh(world.engine, world.lake, world.clock)
    world.change(30)
    assert world.waiting() > 0
    assert verify(world.engine, world.lake) == []


def test_verifying_finds_a_changed_and_a_missing_row(world: World) -> None:
    world.change(60)
    refresh(world.engine, world.lake, world.clock)
    with world.engine.begin() as connection:  # past the change log, as nobody ever should
        connection.execute(Line.__table__.update().values(amount_minor=3))
        ledger = connection.exec_driver_sql("SELECT max(id) FROM servicelost_ledger_entry").scalar_one()
        connection.exec_driver_sql(f"DELETE FROM servicelost_ledger_entry WHERE id = {ledger}")
    found = verify(world.engine, world.lake)
    assert {(difference.fact, difference.measure) for difference in found} >= {
        ("lines", "amount_minor"), ("ledger", "rows"), ("ledger", "sum of ids"),
    }  # fmt: skip


def test_verifying_names_a_fact_whose_file_is_damaged(world: World) -> None:
    world.change(10)
    manifest = refresh(world.engine, world.lake, world.clock).manifest
    file = Path(world.lake) / manifest.facts["lines"].files[0].name
    file.write_bytes(file.read_bytes()[:-40])
    [difference] = verify(world.engine, world.lake)
    assert difference.fact == "lines"
    assert difference.problem


def test_a_reader_keeps_its_snapshot_until_the_grace_is_over(world: World) -> None:
    world.change(30)
    refresh(world.engine, world.lake, world.clock)
    held = open_lake(world.lake)
    before = contents(held)
    world.change(30)
    rebuild(world.engine, world.lake, world.clock)
    assert contents(held) == before != world.contents()
    world.clock.move(timedelta(hours=2))
    world.change(1)
    current = refresh(world.engine, world.lake, world.clock).manifest
    assert Folder(world.lake).data_names() == current.names() | set(current.retired)
    assert not held.manifest.names() & Folder(world.lake).data_names()


@pytest.mark.postgres
def test_a_commit_that_becomes_visible_late_is_not_lost(pg_url: str, tmp_path: Path) -> None:
    with World(pg_url, tmp_path / "lake") as world:
        world.change(20)
        refresh(world.engine, world.lake, world.clock)
        with world.unit() as early:
            for _ in range(10):
                world.visit(early)
            early.flush()  # written first, with smaller ids, and committed last
            world.change_visits(10)
            refresh(world.engine, world.lake, world.clock)
            assert world.waiting() == 0
        assert world.waiting() > 0
        refresh(world.engine, world.lake, world.clock)
        followed = world.contents()
        assert verify(world.engine, world.lake) == []
        rebuild(world.engine, world.lake, world.clock)
        assert followed == world.contents()


def test_a_lake_restored_from_a_backup_is_refused(world: World) -> None:
    world.change(5)
    refresh(world.engine, world.lake, world.clock)
    manifest = Path(world.lake) / "manifest.json"
    old = manifest.read_text()
    for _ in range(2):
        world.change(5)
        refresh(world.engine, world.lake, world.clock)
    manifest.write_text(old)
    with pytest.raises(LakeError, match="lake rebuild"):
        refresh(world.engine, world.lake, world.clock)
    rebuild(world.engine, world.lake, world.clock)
    assert verify(world.engine, world.lake) == []


def test_changes_never_go_to_two_lakes(world: World, tmp_path: Path) -> None:
    world.change(5)
    refresh(world.engine, world.lake, world.clock)
    other = str(tmp_path / "other")
    assert refresh(world.engine, other, world.clock).rebuilt
    with pytest.raises(LakeError, match="lake rebuild"):
        refresh(world.engine, world.lake, world.clock)


def test_a_new_database_over_an_old_lake_builds_it_anew(world: World) -> None:
    world.change(5)
    refresh(world.engine, world.lake, world.clock)
    world.forget_lake()
    assert refresh(world.engine, world.lake, world.clock).rebuilt


def test_a_damaged_manifest_says_what_to_do(world: World) -> None:
    refresh(world.engine, world.lake, world.clock)
    (Path(world.lake) / "manifest.json").write_text("{")
    with pytest.raises(LakeError, match="lake rebuild"):
        open_lake(world.lake)
    assert rebuild(world.engine, world.lake, world.clock).rebuilt


def test_two_never_change_the_lake_at_once(world: World) -> None:
    with Folder(world.lake).locked(0), pytest.raises(LakeError, match="another process"):
        refresh(world.engine, world.lake, world.clock, wait=0.1)


def test_status_counts_what_there_is_and_what_waits(world: World) -> None:
    with world.engine.connect() as connection:
        assert status(connection, world.lake).number is None
    world.change(10)
    refresh(world.engine, world.lake, world.clock)
    world.change(1)
    with world.engine.connect() as connection:
        found = status(connection, world.lake)
    stored = {fact.name: fact.rows for fact in found.facts}
    assert stored["visits"] == len(world.contents()["visits"])
    assert found.pending == world.waiting() > 0
    assert found.as_of is not None
    assert found.oldest_pending is not None
    assert found.as_of <= found.oldest_pending <= world.clock.now()


def test_progress_is_told(world: World) -> None:
    world.change(20)
    told: list[tuple[str, int, int]] = []
    rebuild(world.engine, world.lake, world.clock, progress=lambda *step: told.append(step))
    assert {rows == total for _, rows, total in told} == {True}
    assert {fact for fact, _, _ in told} >= {"visits", "lines"}


def test_reading_a_lake_that_is_not_there_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="lake refresh"):
        open_lake(str(tmp_path / "nowhere"))
