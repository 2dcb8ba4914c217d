"""How the lake is: its files, its age and what waits to be taken over; cheap enough for a page.

Counts come from the manifest, not from the files: whether they are right, `verification` finds out.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from servicelost.analytics.lake.manifest import FactFiles, read_manifest
from servicelost.analytics.lake.storage import Folder
from servicelost.kernel.changes import ChangeEntry


@dataclass(frozen=True)
class FactStatus:
    """A fact's files: rows in them, and at most how many of those are superseded copies."""

    name: str
    rows: int
    superseded: int
    files: int
    size: int


@dataclass(frozen=True)
class LakeStatus:
    """The lake's condition; `number` and `as_of` are None where there is no lake yet.

    `pending` counts entries of the change log, `oldest_pending` says since when the first one waits.
    """

    folder: str
    number: int | None
    as_of: datetime | None
    facts: tuple[FactStatus, ...]
    pending: int
    oldest_pending: datetime | None


def status(connection: Connection, url: str) -> LakeStatus:
    """The condition of the lake and of the change log; raises LakeError for a damaged manifest."""
    folder = Folder(url)
    manifest = read_manifest(folder)
    pending, oldest = connection.execute(
        select(func.count(), func.min(ChangeEntry.recorded_at)).select_from(ChangeEntry)
    ).one()
    if manifest is None:
        return LakeStatus(str(folder.root), None, None, (), pending, oldest)
    facts = tuple(_fact(name, files) for name, files in manifest.facts.items())
    return LakeStatus(str(folder.root), manifest.number, manifest.as_of, facts, pending, oldest)


def _fact(name: str, files: FactFiles) -> FactStatus:
    rows = sum(file.rows for file in files.files)
    size = sum(file.size for file in files.files)
    return FactStatus(name, rows, files.superseded_rows, len(files.files), size)
