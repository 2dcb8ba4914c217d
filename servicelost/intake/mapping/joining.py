"""Joins between the files of an import: whose part a row is, and which row another one looks up.

Parts, looked-up rows and keys wait on disk, so that files of any size can be joined. No events are
built here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from servicelost.intake.mapping.cells import CannotReadError, Problem, RejectedRow, SourceRow
from servicelost.intake.mapping.computing import InputMachine
from servicelost.intake.mapping.definition import BelongsTo, LooksUp
from servicelost.intake.mapping.scope import Scope
from servicelost.intake.mapping.source_files import SourceFile
from servicelost.intake.mapping.spool import Key, RowPile, Spool, spell

# A group is worked on in memory: no honest order has more lines than this, or longer ones.
MOST_PARTS = 10_000
MOST_PART_TEXT = 20_000_000
_REMEMBERED = 10_000
_NAMED = 5


@dataclass(frozen=True)
class Candidate:
    """A row that has a key; `preferred` counts where several rows have it."""

    ordinal: int
    number: int
    preferred: bool


class KeyIndex:
    """Which row of an input is meant by a key, by the rule for keys that several rows have."""

    def __init__(self, spool: Spool, link: BelongsTo | LooksUp) -> None:
        self.link = link
        self.columns = tuple(link.key.values())
        self._spool = spool
        # One row a key however often it comes: a file in which all keys are empty must not take for ever.
        self._table = spool.table(
            "key TEXT PRIMARY KEY, many INTEGER, first INTEGER, last INTEGER, numbers TEXT, "
            "liked INTEGER, first_liked INTEGER, last_liked INTEGER"
        )

    def add(self, key: Key, candidate: Candidate) -> None:
        """Note one more row with the key."""
        ordinal, liked = candidate.ordinal, candidate.ordinal if candidate.preferred else None
        self._spool.run(
            f"INSERT INTO {self._table} VALUES (?, 1, ?, ?, ?, ?, ?, ?) "  # noqa: S608
            "ON CONFLICT (key) DO UPDATE SET many = many + 1, last = excluded.last, "
            f"numbers = CASE WHEN many < {_NAMED} THEN numbers || ', ' || excluded.numbers ELSE numbers END, "
            "liked = liked + excluded.liked, first_liked = coalesce(first_liked, excluded.first_liked), "
            "last_liked = coalesce(excluded.last_liked, last_liked)",
            (spell(key), ordinal, ordinal, str(candidate.number), candidate.preferred, liked, liked),
        )

    def chosen(self, key: Key) -> int | None:
        """The ordinal of the row meant by the key, or None if there is none or it cannot be told."""
        found = self._spool.run(
            f"SELECT many, first, last, liked, first_liked, last_liked FROM {self._table} WHERE key = ?",  # noqa: S608
            (spell(key),),
        ).fetchone()
        if found is None:
            return None
        many, first, last = found[3:] if found[3] else found[:3]
        if many == 1 or self.link.duplicates == "first":
            return int(first)
        return int(last) if self.link.duplicates == "last" else None

    def why_none(self, key: Key, own_columns: Iterable[str]) -> Problem:
        """Why the key leads to no row."""
        named = " and ".join(f"{column} = {value}" for column, value in zip(self.columns, key, strict=True))
        found = self._spool.run(
            f"SELECT many, numbers FROM {self._table} WHERE key = ?",  # noqa: S608
            (spell(key),),
        ).fetchone()
        reason = f"no row of {self.link.input} has {named}"
        if found is not None and found[0] > 1:
            reason = f"rows {found[1]} of {self.link.input} have {named} and no rule says which one is meant"
        return Problem(" + ".join(own_columns), ", ".join(key), reason)


class Parts:
    """The rows of a belonging input by their key, until their group comes up."""

    def __init__(self, spool: Spool, link: BelongsTo, files: Sequence[SourceFile]) -> None:
        self.link = link
        self._files = files
        self._pile = RowPile(spool, files)

    def load(self) -> Iterator[RejectedRow]:
        """Put all rows aside; gives those that cannot be read."""
        for position, file in enumerate(self._files):
            columns = [file.columns.index(own) for own in self.link.key]
            for row in file.read():
                if isinstance(row, RejectedRow):
                    yield row
                else:
                    self._pile.add(position, row, tuple([row.cells[at].strip() for at in columns]))
        self._pile.finish(by_key=True)

    def of(self, key: Key) -> list[SourceRow] | None:
        """The rows with the key; None if they are too many to be one group."""
        rows: list[SourceRow] = []
        length = 0
        for row in self._pile.with_key(key):
            rows.append(row)
            length += sum(map(len, row.cells))
            if len(rows) > MOST_PARTS or length > MOST_PART_TEXT:
                return None
        return rows

    def too_many(self, name: str) -> Problem:
        """What is said of a leading row whose parts are too many."""
        expected = f"at most {MOST_PARTS} rows with {MOST_PART_TEXT} characters together"
        return Problem("", "", f"too many rows of {name} belong to one row of {self.link.input}", expected)

    def rest(self, index: KeyIndex, name: str) -> Iterator[RejectedRow]:
        """What is in no group, and why, key by key."""
        for key in self._pile.each_key():
            if index.chosen(key) is None:
                problem = index.why_none(key, self.link.key)
            elif self.of(key) is None:
                problem = self.too_many(name)
            else:
                continue
            yield from (RejectedRow(row, [problem]) for row in self._pile.with_key(key))


class Lookup:
    """The rows of a looked-up input by key."""

    def __init__(
        self, spool: Spool, link: LooksUp, machine: InputMachine, files: Sequence[SourceFile]
    ) -> None:
        self.link = link
        self._machine, self._files = machine, files
        self._index = KeyIndex(spool, link)
        self._pile = RowPile(spool, files)
        self._known: dict[Key, Scope | None] = {}

    def load(self) -> Iterator[RejectedRow]:
        """Put all rows aside; gives those that cannot be read."""
        prefers = self._machine.predicate(self.link.prefer) if self.link.prefer else None
        for position, file in enumerate(self._files):
            for row in file.read():
                if isinstance(row, RejectedRow):
                    yield row
                    continue
                scope = Scope(self._machine, row, file.columns)
                key = tuple([scope.get(column) for column in self._index.columns])
                preferred = prefers(scope) if prefers else False
                self._index.add(key, Candidate(self._pile.size, row.number, preferred))
                self._pile.add(position, row)
        self._pile.finish(by_key=False)

    def find(self, scope: Scope) -> Scope | None:
        """The row that the given row looks up, or None; raises CannotReadError if it must be there."""
        key = tuple([scope.get(own) for own in self.link.key])
        if not any(key):
            return None
        found = self._find(key)
        if found is None and self.link.missing != "leave out":
            raise CannotReadError(self._index.why_none(key, self.link.key))
        return found

    def _find(self, key: Key) -> Scope | None:
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            place = self._index.chosen(key)
            self._known[key] = None if place is None else Scope(self._machine, *self._pile.at(place))
        return self._known[key]
