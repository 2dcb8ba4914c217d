"""Migrations make exactly what the models declare, on both databases, beside a host's own tables."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from servicelost import migrations, wiring
from servicelost.cli.drafting import draft_migration
from servicelost.kernel.db import PREFIX, Base, open_engine
from servicelost.kernel.errors import NotFound
from servicelost.migrations import MigrationError, find_drift, is_current, upgrade
from servicelost.migrations.scope import VERSION_TABLE
from servicelost.migrations.upgrading import configuration
from servicelost.migrations.version import FOLDER, newest_version
from servicelost.standalone import models as standalone_models

MODELS = (*wiring.MODEL_MODULES, standalone_models)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def test_an_empty_database_gets_what_the_models_declare(engine: Engine) -> None:
    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)
    assert find_drift(engine) == []
    made = set(inspect(engine).get_table_names())
    assert made == {*Base.metadata.tables, VERSION_TABLE}


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    upgrade(engine)
    assert find_drift(engine) == []


def test_a_hosts_tables_are_not_looked_at(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('the hosts own')"))
        connection.execute(text("CREATE TABLE servicelos (x int)"))
    upgrade(engine)
    assert find_drift(engine) == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "the hosts own"


def test_what_somebody_changed_is_named(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE servicelost_api_token"))
        connection.execute(text("ALTER TABLE servicelost_visit ADD COLUMN colour text"))
        connection.execute(text("DROP INDEX ix_servicelost_ledger_entry_day"))
    told = "\n".join(find_drift(engine))
    assert "add_table: servicelost_api_token" in told
    assert "remove_column: servicelost_visit colour" in told
    assert "add_index: ix_servicelost_ledger_entry_day" in told


def test_a_database_of_a_newer_version_is_refused(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = 'f00d'"))
    with pytest.raises(MigrationError, match="install a newer one"):
        upgrade(engine)


def test_several_at_once_are_one(pg_url: str) -> None:
    engine = create_engine(pg_url)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(upgrade, engine) for _ in range(4)]:
            done.result()
    assert find_drift(engine) == []
    engine.dispose()


def test_a_failing_migration_leaves_nothing(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE servicelost_visit (in_the_way int)"))
    with pytest.raises(Exception, match="already exists"):
        upgrade(engine)
    assert inspect(engine).get_table_names() == ["servicelost_visit"]
    engine.dispose()


def test_there_is_one_head_and_nothing_of_anybody_else() -> None:
    script = ScriptDirectory.from_config(configuration())
    assert len(script.get_heads()) == 1
    folder = Path(migrations.__file__).parent
    for revision in script.walk_revisions():
        assert Path(revision.path).is_relative_to(folder)
        assert not revision.dependencies


def test_every_table_has_our_prefix_and_every_model_is_known() -> None:
    assert MODELS
    package = Path(migrations.__file__).parents[1]
    declared = sum(
        line.strip().startswith("__tablename__ =")
        for path in package.rglob("*.py")
        for line in path.read_text().splitlines()
    )
    assert declared == len(Base.metadata.tables)
    assert all(name.startswith(PREFIX) for name in Base.metadata.tables)


def test_there_is_nothing_to_draft() -> None:
    folder = Path(migrations.__file__).parent / "versions"
    before = set(folder.iterdir())
    with pytest.raises(NotFound, match="already make what the models declare"):
        draft_migration("nothing")
    assert set(folder.iterdir()) == before


def test_the_newest_version_told_from_file_names_is_the_one_alembic_tells() -> None:
    assert newest_version() == ScriptDirectory(str(FOLDER)).get_current_head()


def test_a_database_of_another_version_is_not_current(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = 'another'"))
    assert not is_current(engine)
