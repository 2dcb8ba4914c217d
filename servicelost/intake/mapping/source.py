"""A mapped source: given files and a mapping, the events group by group, with everything rejected.

The order is fixed by the files, so an import can go on after any number of groups. Nothing is stored here and
no event is applied.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from servicelost.intake.mapping.counting import Count
from servicelost.intake.mapping.definition import DealershipDefinition, MappingDefinition
from servicelost.intake.mapping.grouping import LeadingInput, MappedRow, rejected_alone
from servicelost.intake.mapping.machinery import Machinery
from servicelost.intake.mapping.opening import open_files
from servicelost.intake.mapping.source_files import SourceFile


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
        """How many rows a whole pass will read, for a progress bar; reads the files once."""
        leading = self._leading()
        counted = {*leading, *(child.name for name in leading for child in self.definition.children_of(name))}
        return sum(file.count() for file in self.files if file.definition.name in counted)

    def read(self, skip: int = 0) -> "Pass":
        """A pass over the files that leaves out so many groups; passes do not share anything."""
        return Pass(Machinery(self.definition, self._files), self._files, self._leading(), skip)

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
        machinery: Machinery,
        files: Mapping[str, Sequence[SourceFile]],
        leading: Sequence[str],
        skip: int,
    ) -> None:
        self._machinery, self._files, self._leading, self._skip = machinery, files, leading, skip

    @property
    def counts(self) -> list[Count]:
        """The mapping's named counts over all rows read so far, those of skipped groups included."""
        return [counter.count for counter in self._machinery.counters]

    def __iter__(self) -> Iterator[MappedRow]:
        self._machinery.building = not self._skip
        for number, group in enumerate(self._groups(), start=1):
            if number > self._skip:
                yield group
            elif number == self._skip:
                self._machinery.building = True

    def _groups(self) -> Iterator[MappedRow]:
        for bad in self._machinery.unreadable():
            if bad.row.input not in self._leading:
                yield rejected_alone(bad)
        for name in self._leading:
            yield from LeadingInput(self._machinery, self._files, name).groups()
