"""Bringing a database up to date.

One transaction an upgrade, one upgrade at a time; on a busy PostgreSQL it waits for a table only briefly and
tries again, so that nobody else is held up behind it.
"""

import random
import time
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from servicelost.kernel.db import Base
from servicelost.kernel.errors import ServiceLostError
from servicelost.migrations.scope import VERSION_TABLE, is_ours, same_type
from servicelost.migrations.version import FOLDER

_ATTEMPTS = 10
_LOCK_TIMEOUT = "3s"
# Any number will do, as long as it is always the same one.
_LOCK = 7_236_418_301
_LOCK_NOT_AVAILABLE = "55P03"


class MigrationError(ServiceLostError):
    """The database cannot be brought up to date, or is not."""


def upgrade(engine: Engine) -> None:
    """Bring our tables up to date, creating them in an empty database; repeating it changes nothing.

    Raises MigrationError when the tables stay locked by others or come from a newer servicelost.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with engine.begin() as connection:
                _upgrade(connection)
            return
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            if attempt == _ATTEMPTS:
                message = "the tables are in use by long transactions: end those and run db upgrade again"
                raise MigrationError("TABLES_LOCKED", message) from error
            time.sleep(random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret


def find_drift(engine: Engine) -> list[str]:
    """What differs between the models and the database, in words; the models must all be loaded."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": VERSION_TABLE,
                "include_object": is_ours,
                "compare_type": same_type,
            },
        )
        return [_in_words(difference) for difference in compare_metadata(context, Base.metadata)]


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
    config = configuration(connection)
    known = {script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions()}
    if (version := _version(connection)) is not None and version not in known:
        message = f"the database is at {version}, which this servicelost does not know: install a newer one"
        raise MigrationError("DATABASE_TOO_NEW", message)
    command.upgrade(config, "head")


def configuration(connection: Connection | None = None) -> Config:
    """The alembic configuration of our own migrations, working on this connection."""
    config = Config()
    # A percent sign in the folder's name would be taken for a reference.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _version(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def _in_words(difference: list[Any] | tuple[Any, ...]) -> str:
    if isinstance(difference, list):
        return "; ".join(_in_words(part) for part in difference)
    kind, *things = difference
    named = [getattr(thing, "name", thing) for thing in things]
    return f"{kind}: " + " ".join(str(name) for name in named if isinstance(name, str))
