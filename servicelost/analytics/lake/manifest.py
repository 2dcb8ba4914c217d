"""The manifest: which files are the lake now. Whoever has read one holds a whole, consistent snapshot.

A new manifest replaces the old one in one step. What is inside the files is no concern of this file.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from servicelost.analytics.lake.storage import Folder, LakeError

NAME = "manifest.json"
_FORMAT = 1


@dataclass(frozen=True)
class DataFile:
    """A Parquet file; `number` is that of the manifest which brought it.

    `void` is how many superseded ids lie in its range: at most so many of its rows no longer count.
    """

    name: str
    rows: int
    size: int
    number: int
    min_id: int
    max_id: int
    void: int = 0


@dataclass(frozen=True)
class FactFiles:
    """The files of one fact and, for rows that were written again, the file that says since when.

    `columns` is the signature of the files.
    """

    columns: tuple[str, ...]
    files: tuple[DataFile, ...]
    superseded: str | None = None
    superseded_rows: int = 0

    def names(self) -> set[str]:
        """All files that are needed to read the fact."""
        return {file.name for file in self.files} | ({self.superseded} if self.superseded else set())


@dataclass(frozen=True)
class Manifest:
    """One state of the lake: `state` is its own id, `as_of` the moment of the database it shows.

    `follows` is the state that the database knew of before, `number` grows by one with every state.
    `taken` names the file with the ids of the change-log entries that this state added; they may
    still be in the change log. `retired` files are kept for readers of older states: since when.
    """

    state: str
    follows: str | None
    number: int
    as_of: datetime
    facts: Mapping[str, FactFiles]
    taken: str | None = None
    retired: Mapping[str, datetime] = field(default_factory=dict)

    def names(self) -> set[str]:
        """All files that belong to this state."""
        found = {name for fact in self.facts.values() for name in fact.names()}
        return found | ({self.taken} if self.taken else set())


def new_state() -> str:
    """An id for a state nobody has seen."""
    return str(uuid.uuid4())


def read_manifest(folder: Folder) -> Manifest | None:
    """The lake as it is now, or None where there is none yet; raises LakeError for a damaged one."""
    text = folder.read_text(NAME)
    if text is None:
        return None
    try:
        return _load(json.loads(text))
    except (KeyError, TypeError, ValueError) as error:
        message = (
            f"{folder.path(NAME)} is not a manifest of this version ({error}); run: servicelost lake rebuild"
        )
        raise LakeError("LAKE_DAMAGED", message) from error


def write_manifest(folder: Folder, manifest: Manifest) -> None:
    """Make this the state of the lake, in one step."""
    document = asdict(manifest) | {"format": _FORMAT}
    folder.replace_text(NAME, json.dumps(document, default=datetime.isoformat))


def _load(document: Mapping[str, Any]) -> Manifest:
    if document["format"] != _FORMAT:
        raise ValueError(f"format {document['format']}")
    return Manifest(
        state=document["state"],
        follows=document["follows"],
        number=document["number"],
        as_of=datetime.fromisoformat(document["as_of"]),
        facts={name: _load_fact(fact) for name, fact in document["facts"].items()},
        taken=document["taken"],
        retired={name: datetime.fromisoformat(at) for name, at in document["retired"].items()},
    )


def _load_fact(document: Mapping[str, Any]) -> FactFiles:
    return FactFiles(
        columns=tuple(document["columns"]),
        files=tuple(DataFile(**file) for file in document["files"]),
        superseded=document["superseded"],
        superseded_rows=document["superseded_rows"],
    )
