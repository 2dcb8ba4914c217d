"""Groups: a row of a leading input with the rows that belong to it, turned into events together.

A bad part is rejected alone; when the leading row is bad, its parts wait in the rejects with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from servicelost.intake.mapping.building import MappedEvent, Problems
from servicelost.intake.mapping.cells import Problem, RejectedRow, SourceRow
from servicelost.intake.mapping.definition import BelongsTo
from servicelost.intake.mapping.joining import Candidate, KeyIndex, Parts
from servicelost.intake.mapping.machinery import Machinery
from servicelost.intake.mapping.scope import Scope
from servicelost.intake.mapping.source_files import SourceFile


@dataclass(frozen=True)
class MappedRow:
    """What a leading row and its parts gave; `position` is the leading row's file and number.

    The events come in the order in which they happened. Of the rows `read`, some were `left_out` by
    the mapping's filters and some rejected; the rest are accepted.
    """

    position: tuple[str, int]
    events: Sequence[MappedEvent]
    rejected: Sequence[RejectedRow]
    read: int
    left_out: int


class _Part(NamedTuple):
    """A row at work and what is wrong with it so far."""

    scope: Scope
    problems: Problems


def rejected_alone(bad: RejectedRow) -> MappedRow:
    """A row that could not even be read, as a group of its own."""
    return MappedRow((bad.row.path.name, bad.row.number), (), (bad,), 1, 0)


class LeadingInput:
    """The groups that the rows of one input lead."""

    def __init__(self, machinery: Machinery, files: Mapping[str, Sequence[SourceFile]], name: str) -> None:
        self._machinery = machinery
        self._files = files
        self._name = name
        self._parts: dict[str, Parts] = {}
        self._indexes: dict[str, KeyIndex] = {}
        for child in machinery.definition.children_of(name):
            if child.belongs_to is not None:
                self._parts[child.name] = Parts(machinery.spool, child.belongs_to, files[child.name])
        self._columns = {
            (file.definition.name, file.path): file.columns
            for of_input in files.values()
            for file in of_input
        }

    def groups(self) -> Iterator[MappedRow]:
        """One group a row, in the order of the files, then the parts that belong to no row."""
        for child, parts in self._parts.items():
            yield from (rejected_alone(bad) for bad in parts.load())
            self._indexes[child] = self._index(parts.link)
        ordinal = 0
        for row in self._rows():
            if isinstance(row, RejectedRow):
                yield rejected_alone(row)
            else:
                yield self._group(row, ordinal)
                ordinal += 1
        yield from self._orphans()

    def _rows(self) -> Iterator[SourceRow | RejectedRow]:
        for file in self._files[self._name]:
            yield from file.read()

    def _index(self, link: BelongsTo) -> KeyIndex:
        """Which row each key means; needs a pass over the leading files before any group."""
        index = KeyIndex(self._machinery.spool, link)
        machine = self._machinery.machines[self._name]
        prefers = machine.predicate(link.prefer)
        rows = (row for row in self._rows() if isinstance(row, SourceRow))
        for ordinal, row in enumerate(rows):
            scope = self._scope(row).scope
            preferred = prefers(scope) and self._machinery.is_wanted(scope, [])
            key = tuple(scope.get(column) for column in index.columns)
            index.add(key, Candidate(ordinal, row.number, preferred))
        machine.forget()
        return index

    def _scope(self, row: SourceRow) -> _Part:
        problems: Problems = []
        return _Part(self._machinery.scope(row, self._columns[row.input, row.path], problems), problems)

    def _group(self, row: SourceRow, ordinal: int) -> MappedRow:
        leader = self._scope(row)
        parts = self._take_parts(leader, ordinal)
        read = 1 + len(parts)
        position = (row.path.name, row.number)
        wanted = [part for part in parts if self._machinery.is_wanted(part.scope, part.problems)]
        self._relate(leader.scope, wanted)
        if not self._machinery.is_wanted(leader.scope, leader.problems):
            return MappedRow(position, (), (), read, read)
        for one in (leader, *wanted):
            self._machinery.number(one.scope, one.problems)
        events, rejected = self._build(leader, wanted)
        for one in (leader, *wanted):
            self._machinery.count(one.scope)
        return MappedRow(position, events, rejected, read, len(parts) - len(wanted))

    def _take_parts(self, leader: _Part, ordinal: int) -> list[_Part]:
        scope = leader.scope
        taken: list[_Part] = []
        for child, parts in self._parts.items():
            index = self._indexes[child]
            key = tuple([scope.get(column) for column in index.columns])
            if index.chosen(key) == ordinal:
                self._machinery.machines[child].forget()
                rows = parts.of(key)
                if rows is None:
                    leader.problems.append(parts.too_many(child))
                taken += [self._scope(row) for row in rows or ()]
        for part in taken:
            part.scope.related = {**scope.related, **part.scope.related, self._name: scope}
        return taken

    def _relate(self, leader: Scope, parts: Sequence[_Part]) -> None:
        for child in self._parts:
            siblings = [part.scope for part in parts if part.scope.row.input == child]
            leader.children[child] = siblings
            for scope in siblings:
                scope.siblings = siblings

    def _build(self, leader: _Part, parts: Sequence[_Part]) -> tuple[list[MappedEvent], list[RejectedRow]]:
        events = self._machinery.build(leader.scope, leader.problems)
        if leader.problems:
            row = leader.scope.row
            reason = Problem("", "", f"row {row.number} of {row.input}, to which it belongs, was rejected")
            return [], [
                _reject(leader),
                *[_reject(_Part(part.scope, [*part.problems, reason])) for part in parts],
            ]
        rejected: list[RejectedRow] = []
        for part in parts:
            events += self._machinery.build(part.scope, part.problems)
            if part.problems:
                rejected.append(_reject(part))
        events.sort(key=lambda mapped: (mapped.event.occurred_at, mapped.rank))
        return events, rejected

    def _orphans(self) -> Iterator[MappedRow]:
        for child, parts in self._parts.items():
            yield from map(rejected_alone, parts.rest(self._indexes[child], child))


def _reject(part: _Part) -> RejectedRow:
    """The row with each column's first problem; several events of a row complain of the same cell."""
    first = {(problem.column, problem.value): problem for problem in reversed(part.problems)}
    return RejectedRow(part.scope.row, list(reversed(first.values())))
