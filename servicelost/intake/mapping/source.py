"""A mapped source: given files and a mapping, the events group by group, with everything rejected.

The order is fixed by the files, so an import can go on after any number of groups. Nothing is stored here and
no event is applied.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from servicelost.intake.mapping.counting import Count
from servicelost.intake.mapping.definition import DealershipDefinition, MappingDefinition
from servicelost.intake.mapping.grouping import LeadingInput, MappedRow, rejected_alone
from servicelost.intake.mapping.machinery import Machinery
from servicelost.intake.mapping.opening import open_files
from servicelost.intake.mapping.source_files import SourceFile
from servicelost.intake.mapping.spool import Spool
from servicelost.kernel.errors import ServiceLostError


class MappedSource:
    """The files of one import, opened by their mapping."""

    def __init__(self, definition: MappingDefinition, files: Mapping[str, Sequence[SourceFile]]) -> None:
        self.definition = definition
        self._files = files

    @classmethod
    def open(cls, definition: MappingDefinition, paths: Sequence[Path]) -> "MappedSource":
        """Match and open the files; raises InvalidInput if one is missing, unreadable or lacks columns."""
        return cls(definition, open_files(definition, paths))

    @property
    def dealership(self) -> DealershipDefinition:
        """The dealership the data belongs to."""
        return self.definition.dealership

    @property
    def files(self) -> list[SourceFile]:
        """All files, in the order of the mapping's inputs."""
        return [file for files in self._files.values() for file in files]

    def total_rows(self) -> int:
        """About how many rows a whole pass will read, for a progress bar; exact for small files."""
        leading = self._leading()
        counted = {*leading, *(child.name for name in leading for child in self.definition.children_of(name))}
        return sum(file.estimate() for file in self.files if file.definition.name in counted)

    def read(self, skip: int = 0) -> "Pass":
        """A pass over the files that leaves out so many groups; passes do not share anything."""
        return Pass(self.definition, self._files, self._leading(), skip)

    def _leading(self) -> list[str]:
        """The inputs whose rows lead a group."""
        used = {rule.input for rule in self.definition.events}
        return [
            name
            for name, one in self.definition.inputs.items()
            if one.belongs_to is None and (name in used or self.definition.children_of(name))
        ]


class Pass:
    """One pass over the files, giving a `MappedRow` for each group; it can be iterated once."""

    def __init__(
        self,
        definition: MappingDefinition,
        files: Mapping[str, Sequence[SourceFile]],
        leading: Sequence[str],
        skip: int,
    ) -> None:
        self._definition, self._files, self._leading, self._skip = definition, files, leading, skip
        self._machinery: Machinery | None = None

    @property
    def counts(self) -> list[Count]:
        """The mapping's named counts over all rows read so far, those of skipped groups included."""
        return [counter.count for counter in self._machinery.counters] if self._machinery else []

    def __iter__(self) -> Iterator[MappedRow]:
        try:
            with Spool() as spool:
                self._machinery = Machinery(self._definition, self._files, spool)
                yield from self._after_skipped(self._machinery)
        except sqlite3.OperationalError as error:
            message = f"the temporary folder (TMPDIR) cannot hold the rows that wait for others: {error}"
            raise ServiceLostError("NO_ROOM", message) from None

    def _after_skipped(self, machinery: Machinery) -> Iterator[MappedRow]:
        machinery.building = not self._skip
        for number, group in enumerate(self._groups(machinery), start=1):
            if number > self._skip:
                yield group
            elif number == self._skip:
                machinery.building = True

    def _groups(self, machinery: Machinery) -> Iterator[MappedRow]:
        for bad in machinery.load():
            if bad.row.input not in self._leading:
                yield rejected_alone(bad)
        for name in self._leading:
            yield from LeadingInput(machinery, self._files, name).groups()
