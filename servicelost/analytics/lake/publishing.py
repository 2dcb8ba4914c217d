"""The step from one state of the lake to the next: swap the manifest, tell the database, clear away.

Killed before the swap, nothing has happened; killed after it, the next change of the lake does what
is left. Must be called with the lake's lock held.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from servicelost.analytics.lake.capture import confirm
from servicelost.analytics.lake.manifest import Manifest, read_manifest, write_manifest
from servicelost.analytics.lake.parquet import read_ids
from servicelost.analytics.lake.storage import Folder

GRACE = timedelta(hours=1)


def publish(
    folder: Folder, engine: Engine, manifest: Manifest, before: Manifest | None, now: datetime
) -> Manifest:
    """Make the manifest the lake's state; returns it as it was written.

    Files that only the state before needed are kept for GRACE, for those who still read them.
    """
    current = replace(manifest, retired=_retired(manifest, before, now))
    write_manifest(folder, current)
    settle(folder, engine, current)
    _remove_unnamed(folder, current)
    return current


def settle(folder: Folder, engine: Engine, manifest: Manifest) -> None:
    """Delete the taken entries from the change log and note the lake's number in the database."""
    confirm(engine, manifest, read_ids(folder, manifest.taken) if manifest.taken else ())


def sweep(folder: Folder) -> None:
    """Remove every file that the state in place does not name; raises LakeError for a damaged manifest."""
    _remove_unnamed(folder, read_manifest(folder))


def _remove_unnamed(folder: Folder, manifest: Manifest | None) -> None:
    kept = set() if manifest is None else manifest.names() | set(manifest.retired)
    folder.remove(folder.data_names() - kept)


def _retired(manifest: Manifest, before: Manifest | None, now: datetime) -> dict[str, datetime]:
    if before is None:
        return {}
    kept = {name: at for name, at in before.retired.items() if now - at < GRACE}
    return kept | dict.fromkeys(sorted(before.names() - manifest.names()), now)
