"""The change log as the lake reads it: what was taken, which rows of facts it touches, and forgetting it.

Entries are deleted only once a manifest that holds their rows is in place, and exactly those taken,
so that a transaction that becomes visible late is never missed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, delete, insert, select, update

from servicelost.analytics.lake.fact import Fact
from servicelost.analytics.lake.manifest import Manifest
from servicelost.analytics.lake.models import LakeMark
from servicelost.analytics.lake.portions import portions
from servicelost.analytics.lake.storage import LakeError
from servicelost.kernel.changes import ChangeEntry


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
        for chunk in portions(rows.get(table, ())):
            found.update(connection.execute(parent.ids.where(parent.key.in_(chunk))).scalars())
    return found


def known_state(connection: Connection) -> str | None:
    """The state of the lake the database feeds; None where it has never fed any."""
    return connection.execute(select(LakeMark.state)).scalar_one_or_none()


def confirm(engine: Engine, manifest: Manifest, entries: Collection[int]) -> None:
    """Forget the entries that are in the lake now and note its state; may be repeated.

    Raises LakeError where the database does not know the state this one follows.
    """
    with engine.begin() as connection:
        known = known_state(connection)
        if known == manifest.state:
            return
        if known is None:
            connection.execute(insert(LakeMark).values(id=1, state=manifest.state))
        elif not connection.execute(
            update(LakeMark).where(LakeMark.state == manifest.follows).values(state=manifest.state)
        ).rowcount:
            raise mismatch(manifest)
        for chunk in portions(entries):
            connection.execute(delete(ChangeEntry).where(ChangeEntry.id.in_(chunk)))


def mismatch(manifest: Manifest) -> LakeError:
    """The error for a lake that the database does not feed, or not from this state on."""
    message = (
        f"the database feeds another lake, or another state of this one than number {manifest.number}: one "
        "of them was replaced or restored; run: servicelost lake rebuild"
    )
    return LakeError("LAKE_MISMATCH", message)
