"""Bringing the lake up to date: by what changed since, or built anew from the whole database.

All may be killed at any moment and repeated; two never run at once. A report asks for `refresh` and
reads afterwards; `tidy` is for times when none waits. How a lake is read is not known here.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from servicelost.analytics.lake import capture, columns
from servicelost.analytics.lake.facts import FACTS
from servicelost.analytics.lake.manifest import Manifest, new_state, read_manifest, write_manifest
from servicelost.analytics.lake.parquet import write_ids
from servicelost.analytics.lake.publishing import publish, settle, sweep
from servicelost.analytics.lake.step import Progress, Step
from servicelost.analytics.lake.storage import Folder, LakeError
from servicelost.analytics.lake.tidy import PIECE, tidied_fact
from servicelost.kernel.clock import Clock
from servicelost.kernel.outages import StorageFull, outage_of

WAIT = 900.0
ROUND = 200_000
TIDY = 2_000_000
_PAUSE = 0.1  # longer than those wait who look whether the lock is free


@dataclass(frozen=True)
class Upkeep:
    """What was done: the state the lake is in now, and how many rows of facts were written.

    `tidied` rows were only moved to other files.
    """

    manifest: Manifest
    rows: int
    rebuilt: bool
    tidied: int = 0


def refresh(
    engine: Engine, url: str, clock: Clock, *, progress: Progress | None = None, wait: float = WAIT
) -> Upkeep:
    """Take over what changed since the last time; builds the lake where there is none of this version.

    Waits up to `wait` seconds for another process that changes the lake. Each round of changes is in
    place by itself, so that a long backlog is never begun anew. Raises LakeError.
    """
    folder = Folder(url)
    with folder.locked(wait), _cleared_away(folder):
        manifest = read_manifest(folder)
        if manifest is None or not _continues(engine, folder, manifest):
            return _rebuild(engine, folder, manifest, clock, progress)
        return _caught_up(engine, folder, manifest, clock)


def tidy(engine: Engine, url: str, clock: Clock, *, rows: int = TIDY, wait: float = WAIT) -> int:
    """Merge small files and throw out void copies, a piece at a time; returns how many pieces that took.

    The facts stay as they are, and so does the lake's state. Between pieces others may change the lake;
    about `rows` rows are rewritten at most.
    """
    folder, pieces = Folder(url), 0
    while pieces * PIECE < rows:
        with folder.locked(wait), _cleared_away(folder):
            manifest = read_manifest(folder)
            if manifest is None or not _continues(engine, folder, manifest):
                break
            tidier = _tidied_once(folder, manifest)
            if tidier is None:
                break
            publish(folder, engine, tidier, manifest, clock.now())
        pieces += 1
        time.sleep(_PAUSE)
    return pieces


def _tidied_once(folder: Folder, manifest: Manifest) -> Manifest | None:
    """The lake after one piece of tidying up; None where nothing is left to do."""
    for name, before in manifest.facts.items():
        after = tidied_fact(folder, name, manifest.number + 1, before)
        if after is not before:
            return replace(manifest, number=manifest.number + 1, facts={**manifest.facts, name: after})
    return None


def rebuild(
    engine: Engine, url: str, clock: Clock, *, progress: Progress | None = None, wait: float = WAIT
) -> Upkeep:
    """Build the lake anew from the whole database and make it the one the database feeds.

    `progress` is told the fact, the rows written and the rows in all. The old lake can be read meanwhile.
    """
    folder = Folder(url)
    with folder.locked(wait), _cleared_away(folder):
        try:
            before = read_manifest(folder)
        except LakeError:  # a manifest nobody can read is no reason not to make a new one
            before = None
        return _rebuild(engine, folder, before, clock, progress)


@contextmanager
def _cleared_away(folder: Folder) -> Iterator[None]:
    """Leave nothing of a change that failed: on a full disk it is what the next one needs.

    Raises StorageFull in place of what the writing of files raises then.
    """
    try:
        yield
    except BaseException as error:
        with suppress(LakeError):  # a manifest nobody can read names no files to keep: a rebuild will
            sweep(folder)
        if isinstance(outage_of(error), StorageFull) and isinstance(error, OSError):
            raise StorageFull(f"the disk of the lake, {folder.root},", error.strerror or "") from error
        raise


def _continues(engine: Engine, folder: Folder, manifest: Manifest) -> bool:
    """Whether the lake can be carried on; finishes what a killed process left undone."""
    kept = {name: list(files.columns) for name, files in manifest.facts.items()}
    if kept != {name: columns.signature(name) for name in FACTS}:
        return False
    with capture.snapshot(engine) as connection:
        known = capture.known_state(connection)
    if known is None:
        return False
    if known not in (manifest.state, manifest.follows):
        raise capture.mismatch(manifest)
    if known == manifest.follows:
        settle(folder, engine, manifest)
    return True


def _caught_up(engine: Engine, folder: Folder, manifest: Manifest, clock: Clock) -> Upkeep:
    rows, tidied, left = 0, 0, True
    while left:
        now = clock.now()
        with capture.snapshot(engine) as connection:
            taken = capture.take(connection, ROUND)
            left = not taken.all
            if not taken.entries:
                manifest = replace(manifest, as_of=now)
                write_manifest(folder, manifest)
                sweep(folder)  # what a killed process left
                break
            step = Step(folder, manifest.number + 1, connection)
            facts = {
                name: step.changed(fact, manifest.facts[name], capture.affected(connection, fact, taken.rows))
                for name, fact in FACTS.items()
            }
        entries = write_ids(folder, "taken", step.number, taken.entries)
        after = Manifest(new_state(), manifest.state, step.number, now, facts, entries)
        manifest = publish(folder, engine, after, manifest, now)
        rows += step.rows
        tidied += step.tidied
    return Upkeep(manifest, rows, rebuilt=False, tidied=tidied)


def _rebuild(
    engine: Engine, folder: Folder, before: Manifest | None, clock: Clock, progress: Progress | None
) -> Upkeep:
    now = clock.now()
    with capture.snapshot(engine) as connection:
        known, entries = capture.known_state(connection), capture.entry_ids(connection)
        step = Step(folder, 1 if before is None else before.number + 1, connection)
        facts = {name: step.whole(fact, progress) for name, fact in FACTS.items()}
    taken = write_ids(folder, "taken", step.number, entries)
    manifest = Manifest(new_state(), known, step.number, now, facts, taken)
    return Upkeep(publish(folder, engine, manifest, before, now), step.rows, rebuilt=True)
