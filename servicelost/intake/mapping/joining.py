"""Joins between the files of an import: whose part a row is, and which row another one looks up.

Parts and looked-up rows are held in memory, one tuple of shared texts a row. No events are built here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from servicelost.intake.mapping.cells import CannotReadError, Problem, RejectedRow, SourceRow
from servicelost.intake.mapping.computing import InputMachine
from servicelost.intake.mapping.definition import BelongsTo, LooksUp
from servicelost.intake.mapping.scope import Scope
from servicelost.intake.mapping.source_files import SourceFile

Key = tuple[str, ...]
_SHARED_TEXTS = 200_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that has a key; `chosen` counts only if it is the one meant."""

    ordinal: int
    number: int
    preferred: bool


@dataclass(slots=True)
class KeyIndex:
    """Which row of an input is meant by a key, by the rule for keys that several rows have."""

    link: BelongsTo | LooksUp
    columns: tuple[str, ...]
    left_out: set[Key] = field(default_factory=set)
    _rows: dict[Key, Candidate | list[Candidate]] = field(default_factory=dict)

    def add(self, key: Key, candidate: Candidate) -> None:
        """Note one more row with the key."""
        known = self._rows.setdefault(key, candidate)
        if isinstance(known, list):
            known.append(candidate)
        elif known is not candidate:
            self._rows[key] = [known, candidate]

    def chosen(self, key: Key) -> Candidate | None:
        """The row meant by the key, or None if there is none or it cannot be told."""
        known = self._rows.get(key)
        if not isinstance(known, list):
            return known
        best = [candidate for candidate in known if candidate.preferred] or known
        if len(best) == 1 or self.link.duplicates == "first":
            return best[0]
        return best[-1] if self.link.duplicates == "last" else None

    def why_none(self, key: Key, own_columns: Iterable[str]) -> Problem:
        """Why the key leads to no row."""
        named = " and ".join(f"{column} = {value}" for column, value in zip(self.columns, key, strict=True))
        known = self._rows.get(key)
        reason = f"no row of {self.link.input} has {named}"
        if isinstance(known, list):
            rows = ", ".join(str(candidate.number) for candidate in known[:5])
            reason = f"rows {rows} of {self.link.input} have {named} and no rule says which one is meant"
        return Problem(" + ".join(own_columns), ", ".join(key), reason)


class Parts:
    """The rows of a belonging input by their key, taken out as their group comes up."""

    def __init__(self, link: BelongsTo) -> None:
        self.link = link
        self.unreadable: list[RejectedRow] = []
        self._rows: dict[Key, list[SourceRow]] = {}

    def load(self, files: Sequence[SourceFile]) -> int:
        """Read all rows into memory and say how many there are."""
        count = 0
        for file in files:
            positions = [file.columns.index(own) for own in self.link.key]
            for row in compact(file.read()):
                count += 1
                if isinstance(row, RejectedRow):
                    self.unreadable.append(row)
                else:
                    self._rows.setdefault(tuple(row.cells[at].strip() for at in positions), []).append(row)
        return count

    def take(self, key: Key) -> list[SourceRow]:
        """The rows with the key, once."""
        return self._rows.pop(key, [])

    def rest(self) -> Iterator[tuple[Key, list[SourceRow]]]:
        """What nobody took, in the order of the files."""
        yield from self._rows.items()


class Lookup:
    """The rows of a looked-up input by key."""

    def __init__(self, link: LooksUp, machine: InputMachine, files: Sequence[SourceFile]) -> None:
        self.link = link
        self._machine = machine
        self._index = KeyIndex(link, tuple(link.key.values()))
        self._rows: list[tuple[SourceRow, tuple[str, ...]]] = []
        self.unreadable: list[RejectedRow] = []
        prefers = machine.predicate(link.prefer) if link.prefer else None
        for file in files:
            for row in compact(file.read()):
                if isinstance(row, RejectedRow):
                    self.unreadable.append(row)
                else:
                    scope = Scope(machine, row, file.columns)
                    key = tuple(scope.get(column) for column in self._index.columns)
                    preferred = prefers(scope) if prefers else False
                    self._index.add(key, Candidate(len(self._rows), row.number, preferred))
                    self._rows.append((row, file.columns))

    def find(self, scope: Scope) -> Scope | None:
        """The row that the given row looks up, or None; raises CannotReadError if it must be there."""
        key = tuple(scope.get(own) for own in self.link.key)
        if not any(key):
            return None
        candidate = self._index.chosen(key)
        if candidate is not None:
            return Scope(self._machine, *self._rows[candidate.ordinal])
        if self.link.missing == "leave out":
            return None
        raise CannotReadError(self._index.why_none(key, self.link.key))


def compact(rows: Iterable[SourceRow | RejectedRow]) -> Iterator[SourceRow | RejectedRow]:
    """The same rows with equal texts held only once."""
    texts: dict[str, str] = {}
    for row in rows:
        if isinstance(row, SourceRow) and len(texts) < _SHARED_TEXTS:
            cells = tuple([texts.setdefault(cell, cell) if type(cell) is str else cell for cell in row.cells])
            row = SourceRow(row.input, row.path, row.number, cells)
        yield row
