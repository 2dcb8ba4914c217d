"""The change log as the lake reads it: what was taken, which rows of facts it touches, and forgetting it.

Entries are deleted only once a manifest that holds their rows is in place, and exactly those taken,
so that a transaction that becomes visible late is never missed.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, delete, insert, select, update

from servicelost.analytics.lake.facts import Fact
from servicelost.analytics.lake.manifest import Manifest
from servicelost.analytics.lake.models import LakeMark
from servicelost.analytics.lake.storage import LakeError
from servicelost.kernel.changes import ChangeEntry

_IDS_PER_QUERY = 1000


@dataclass
class Taken:
    """Entries of the change log and the rows they name, table by table; `all`: there were no others."""

    entries: list[int] = field(default_factory=list)
    rows: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    all: bool = True


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one unchanging state of the database and takes no lock on it."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            held = connection.execution_options(servicelost_reading=True)
        else:
            held = connection.execution_options(isolation_level="REPEATABLE READ")
        with held.begin():
            yield held


def take(connection: Connection, limit: int | None) -> Taken:
    """The oldest entries, at least one, until they name `limit` rows; None takes all there are."""
    taken, count = Taken(), 0
    query = select(ChangeEntry.id, ChangeEntry.table_name, ChangeEntry.row_ids).order_by(ChangeEntry.id)
    result = connection.execute(query, execution_options={"stream_results": True})
    for entry_id, table, row_ids in result:
        taken.entries.append(entry_id)
        taken.rows[table].update(row_ids)
        count += len(row_ids)
        if limit is not None and count >= limit:
            taken.all = False
            break
    result.close()
    return taken


def entry_ids(connection: Connection) -> list[int]:
    """All entries there are, without what they name."""
    result = connection.execute(select(ChangeEntry.id), execution_options={"stream_results": True})
    return list(result.scalars())


def affected(connection: Connection, fact: Fact, rows: Mapping[str, Collection[int]]) -> set[int]:
    """The ids of the fact's rows that these changed rows touch, directly or as parents."""
    found = set(rows.get(fact.table, ()))
    for table, parent in fact.parents.items():
        for chunk in chunks(rows.get(table, ())):
            found.update(connection.execute(parent.ids.where(parent.key.in_(chunk))).scalars())
    return found


def confirmed(connection: Connection, manifest: Manifest) -> int | None:
    """Up to which number of this lake the database knows of it; None where it has never fed any.

    Raises LakeError where it feeds another lake, or where one of the two is older than the other.
    """
    mark = connection.execute(select(LakeMark.lake_id, LakeMark.number)).one_or_none()
    if mark is None:
        return None
    if mark.lake_id != manifest.lake_id or manifest.number - mark.number not in (0, 1):
        message = (
            f"the database feeds lake {mark.lake_id} number {mark.number}, this is {manifest.lake_id} number "
            f"{manifest.number}: one of them was replaced or restored; run: servicelost lake rebuild"
        )
        raise LakeError("LAKE_MISMATCH", message)
    return int(mark.number)


def confirm(engine: Engine, manifest: Manifest, entries: Collection[int]) -> None:
    """Forget the entries that are in the lake now and note how far it is; may be repeated."""
    values = {"lake_id": manifest.lake_id, "number": manifest.number}
    with engine.begin() as connection:
        for chunk in chunks(entries):
            connection.execute(delete(ChangeEntry).where(ChangeEntry.id.in_(chunk)))
        if not connection.execute(update(LakeMark).values(values)).rowcount:
            connection.execute(insert(LakeMark).values(id=1, **values))


def new_lake_id() -> str:
    """An id for a lake built from nothing."""
    return str(uuid.uuid4())


def chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """Sorted ids in portions for a query."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _IDS_PER_QUERY):
        yield ordered[start : start + _IDS_PER_QUERY]
