"""Drafting a migration while developing: the difference between all models and an upgraded empty database.

What comes out is read and put right by a person before it is committed.
"""

import tempfile
from pathlib import Path
from typing import Any

from alembic import command
from alembic.script import Script

from servicelost.kernel.db import open_engine
from servicelost.kernel.errors import NotFound
from servicelost.migrations import upgrade
from servicelost.migrations.upgrading import configuration


def draft_migration(message: str) -> Path:
    """Write a new migration and give its path; raises NotFound when there is nothing to write."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/draft.db")
        upgrade(engine)
        with engine.begin() as connection:
            script = command.revision(
                configuration(connection),
                message,
                autogenerate=True,
                process_revision_directives=_nothing_if_empty,
            )
        engine.dispose()
    if not isinstance(script, Script):
        raise NotFound("NOTHING_TO_MIGRATE", "the migrations already make what the models declare")
    written = Path(script.path)
    _leave_out(written, "# ###")
    return written


def _nothing_if_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    if directives[0].upgrade_ops.is_empty():
        directives.clear()


def _leave_out(file: Path, mark: str) -> None:
    """Take out alembic's own remarks, which say nothing once the draft has been read."""
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.strip().startswith(mark)))
