"""Which version the tables of a database have, and which one this program works with.

Told without alembic, which takes longer to load than a whole request to answer: the newest migration is the
last file by name, since names begin with the day and the number (a test asks alembic whether that is so).
"""

from pathlib import Path

from sqlalchemy import Column, Engine, MetaData, String, Table, inspect, select

from servicelost.migrations.scope import VERSION_TABLE

FOLDER = Path(__file__).parent
_VERSION = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32)))


def newest_version() -> str:
    """The version this program works with."""
    names = sorted(path.name for path in (FOLDER / "versions").glob("[0-9]*_*.py"))
    return names[-1].split("_")[1]


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the tables this version of servicelost works with."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return False
        return connection.scalars(select(_VERSION.c.version_num)).all() == [newest_version()]
