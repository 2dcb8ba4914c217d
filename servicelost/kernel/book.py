"""The book of one unit of work: rows read through it are remembered, rows added wait in it.

Rules read and change rows here and never touch the database; the writer stores the whole plan at
the end. A step that fails is undone in memory, so one bad event never spoils a batch. The book
knows no model of the trade.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Table

from servicelost.kernel.actor import Actor
from servicelost.kernel.db import Base
from servicelost.kernel.driver import Driver
from servicelost.kernel.errors import NotFound
from servicelost.kernel.events import DomainEvent, EventBus
from servicelost.kernel.gathering import Asking, gather
from servicelost.kernel.ids import IdFeed
from servicelost.kernel.lookup import Lookup
from servicelost.kernel.question import Question
from servicelost.kernel.reading import Key, read
from servicelost.kernel.trail import Trail
from servicelost.kernel.writer import write_plan

R = TypeVar("R", bound=Base)
T = TypeVar("T")
_KEYS_PER_QUERY = 1000
_ID = ("id",)


class Book:
    """What a unit of work has read and what it wants to write.

    `now` is the one moment at which everything in the unit is recorded.
    """

    def __init__(
        self, connection: Connection, ids: IdFeed, bus: EventBus, actor: Actor, now: datetime
    ) -> None:
        self.connection = connection
        self._driver = Driver(connection)
        self.actor = actor
        self.now = now
        self._ids = ids
        self._bus = bus
        self._rows: dict[tuple[type[Base], int], Base] = {}
        self._before: dict[int, tuple[Base, dict[str, Any]]] = {}
        self._new: list[Base] = []
        self._shelves: dict[Lookup[Any], dict[Key, list[Any]]] = defaultdict(dict)
        self._fresh: dict[Lookup[Any], dict[Key, list[Any]]] = defaultdict(dict)
        self._journal: dict[int, tuple[Base, dict[str, Any]]] | None = None
        self._moved: list[tuple[Lookup[Any], Base, Key]] = []
        self._after_commit: list[Callable[[], None]] = []
        self._memo: dict[Hashable, Any] = {}
        self._answers: dict[Hashable, list[Any]] = {}

    # Reading

    def get(self, model: type[R], row_id: int) -> R:
        """The row with this id; raises NotFound."""
        found = self.find(model, row_id)
        if found is None:
            raise NotFound("NOT_FOUND", f"{model.__name__} {row_id} does not exist")
        return found

    def find(self, model: type[R], row_id: int) -> R | None:
        """The row with this id, if there is one."""
        known = self._rows.get((model, row_id))
        if known is None:
            self._read(model, _ID, [(row_id,)])
            known = self._rows.get((model, row_id))
        return None if known is None else cast(R, self._handed(known))

    def one(self, lookup: Lookup[R], *key: Any) -> R | None:
        """The only row with this key, if there is one."""
        rows = self.many(lookup, *key)
        return rows[0] if rows else None

    def many(self, lookup: Lookup[R], *key: Any, since: Base | None = None) -> list[R]:
        """All rows with this key, in order of their ids; a list of the caller's own.

        `since` is a row without which none of them can be: where that is new, the database has none.
        """
        shelf = self._shelves[lookup]
        if key not in shelf:
            if since is not None and id(since) not in self._before:
                shelf[key] = self._fresh[lookup].pop(key, [])
            else:
                self.preload(lookup, [key])
        rows = shelf[key]
        if self._journal is not None:
            for row in rows:
                self._handed(row)
        return rows.copy()

    def preload(self, lookup: Lookup[R], keys: Iterable[Key]) -> None:
        """Read the rows of many keys with few queries; what is known is not asked again."""
        shelf = self._shelves[lookup]
        missing = [key for key in dict.fromkeys(keys) if key not in shelf]
        for start in range(0, len(missing), _KEYS_PER_QUERY):
            chunk = missing[start : start + _KEYS_PER_QUERY]
            for key in chunk:
                shelf[key] = []
            for row in self._read(lookup.model, lookup.columns, chunk):
                shelf[lookup.key_of(row)].append(row)
            if fresh := self._fresh[lookup]:
                for key in chunk:
                    shelf[key].extend(fresh.pop(key, ()))

    def preload_ids(self, model: type[Base], row_ids: Iterable[int]) -> None:
        """Read many rows by id with few queries."""
        missing = [row_id for row_id in dict.fromkeys(row_ids) if (model, row_id) not in self._rows]
        for start in range(0, len(missing), _KEYS_PER_QUERY):
            self._read(model, _ID, [(row_id,) for row_id in missing[start : start + _KEYS_PER_QUERY]])

    def follow(self, trail: Trail, row_id: int) -> None:
        """Read a row and those its trail leads to with one query, unless the row is known."""
        if (trail.start, row_id) in self._rows:
            return
        origins: dict[type[Base], Base] = {}
        for step, values in trail.follow(self._driver, row_id):
            model = step.model if step else trail.start
            row = None if values is None else self._remember(model, values)
            if row is not None:
                origins[model] = row
            if step is not None and step.lookup is not None and step.origin in origins:
                key = (origins[step.origin].__dict__[step.key],)
                fresh = self._fresh[step.lookup].pop(key, [])
                self._shelves[step.lookup].setdefault(key, [*([] if row is None else [row]), *fresh])

    def ask(self, question: Question, **values: Any) -> list[Any]:
        """The rows that answer a question, as they are before the plan: the same until that is written."""
        self.gather((), [(question, values)])
        return self._answers[_name((question, values))]

    def gather(self, shelves: Iterable[tuple[Lookup[Any], Key]], questions: Iterable[Asking]) -> None:
        """Read the rows of these keys and ask these questions in one go; what is known is not asked again."""
        wanted = [(lookup, key) for lookup, key in dict.fromkeys(shelves) if key not in self._shelves[lookup]]
        asking = [each for each in questions if _name(each) not in self._answers]
        rows, answers = gather(self._driver, wanted, asking)
        for (lookup, key), found in zip(wanted, rows, strict=True):
            remembered = [self._remember(lookup.model, values) for values in found]
            self._shelves[lookup][key] = remembered + self._fresh[lookup].pop(key, [])
        self._answers.update(zip(map(_name, asking), answers, strict=True))

    def memo(self, key: Hashable, make: Callable[[], T]) -> T:
        """Something costly that stays the same within the unit, made once."""
        if key not in self._memo:
            self._memo[key] = make()
        return cast(T, self._memo[key])

    # Writing

    def add(self, row: R) -> R:
        """Plan a new row: it gets its id and defaults now and is found by lookups at once."""
        model = type(row)
        values = row.__dict__ = _defaults(model.__table__) | row.__dict__
        row_id = values["id"]
        if row_id is None:
            row_id = values["id"] = self._ids.next()
        self._rows[(model, row_id)] = row
        self._new.append(row)
        for lookup in Lookup.of_model[model]:
            shelf = self._shelves[lookup]
            key = lookup.key_of(row)
            if key in shelf:
                shelf[key].append(row)
            else:
                self._fresh[lookup].setdefault(key, []).append(row)
        for lookup in Lookup.of_parent[model]:
            self._shelves[lookup].setdefault((row_id,), [])
        return row

    def refile(self, lookup: Lookup[R], row: R, **values: Any) -> None:
        """Change what a movable lookup finds the row by, so that it is found there from now on."""
        if not lookup.movable:
            raise TypeError(f"rows of {lookup.model.__name__} cannot be moved in this lookup")
        before = lookup.key_of(row)
        self._handed(row)
        self._moved.append((lookup, row, before))
        self._move(lookup, row, tuple([values[column] for column in lookup.columns]))

    def publish(self, event: DomainEvent) -> None:
        """Tell the listeners of the event, within this unit."""
        self._bus.publish(self, event)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call this once the outermost transaction is committed; lost with a rollback."""
        self._after_commit.append(call)

    def taken_after_commit(self) -> list[Callable[[], None]]:
        """The waiting calls, handed over once."""
        calls, self._after_commit = self._after_commit, []
        return calls

    @contextmanager
    def step(self) -> Iterator[None]:
        """Do one event of many; if it raises, everything it did to the book is undone."""
        journal, added, calls = self._journal, len(self._new), len(self._after_commit)
        moved = len(self._moved)
        self._journal = {}
        try:
            yield
        except BaseException:
            self._move_back(moved)
            self._undo(added)
            del self._after_commit[calls:]
            raise
        finally:
            # What a nested step saw first is what the step around it must be able to restore.
            if journal is not None:
                for key, entry in self._journal.items():
                    journal.setdefault(key, entry)
            self._journal = journal

    def flush(self) -> None:
        """Write the plan; afterwards the book goes on with an empty one."""
        for row in self.write():
            self._before[id(row)] = (row, row.__dict__.copy())
        self._new = []
        self._fresh.clear()
        self._answers.clear()

    def write(self, commit: Callable[[], None] | None = None) -> list[Base]:
        """Write the plan, as the last thing that is done with this book, and `commit`; the rows written."""
        changed = self._changed()
        if self._new or changed:
            self._bus.finish(self, [*((row, {}) for row in self._new), *changed])
            changed = self._changed()
            write_plan(self._driver, self._new, changed, self._ids.next, self.now, commit)
        elif commit is not None:
            commit()
        return [*self._new, *(row for row, _ in changed)]

    # Inside

    def _changed(self) -> list[tuple[Base, dict[str, Any]]]:
        return [entry for entry in self._before.values() if entry[0].__dict__ != entry[1]]

    def _handed(self, row: R) -> R:
        if self._journal is not None and id(row) not in self._journal:
            self._journal[id(row)] = (row, row.__dict__.copy())
        return row

    def _read(self, model: type[R], columns: tuple[str, ...], keys: Sequence[Key]) -> list[R]:
        found = read(self._driver, model.__table__, columns, keys)
        return [self._remember(model, values) for values in found]

    def _remember(self, model: type[R], values: dict[str, Any]) -> R:
        known = self._rows.get((model, values["id"]))
        if known is not None:
            return cast(R, known)
        row = model(**values)
        self._rows[(model, row.id)] = row
        self._before[id(row)] = (row, row.__dict__.copy())
        return row

    def _move(self, lookup: Lookup[R], row: R, key: Key) -> None:
        before = lookup.key_of(row)
        # Both shelves have to be known: the database still has the old key.
        self.preload(lookup, [before, key])
        shelf = self._shelves[lookup]
        shelf[before].remove(row)
        row.__dict__.update(zip(lookup.columns, key, strict=True))
        shelf[key].append(row)
        shelf[key].sort(key=lambda each: each.id)

    def _move_back(self, moved: int) -> None:
        for lookup, row, key in reversed(self._moved[moved:]):
            self._move(lookup, row, key)
        del self._moved[moved:]

    def _undo(self, added: int) -> None:
        for row in self._new[added:]:
            del self._rows[(type(row), row.id)]
            for lookup in Lookup.of_model[type(row)]:
                key = lookup.key_of(row)
                for kept in (self._shelves[lookup].get(key), self._fresh[lookup].get(key)):
                    if kept and row in kept:
                        kept.remove(row)
        del self._new[added:]
        for row, before in (self._journal or {}).values():
            row.__dict__.clear()
            row.__dict__.update(before)


def _name(asking: Asking) -> Hashable:
    question, values = asking
    return question, frozenset(values.items())


@cache
def _defaults(table: Table) -> dict[str, Any]:
    """Every column with its scalar default, else None, so that all rows of a model look alike."""
    return {column.key: getattr(column.default, "arg", None) for column in table.columns}
