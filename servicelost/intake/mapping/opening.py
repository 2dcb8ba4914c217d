"""Which of the given files is which input, and opening them.

A file goes to the input whose pattern its name fits; files that fit none go to the inputs still
without a file, in the order of the mapping.
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from servicelost.intake.mapping.csv_files import CsvFile
from servicelost.intake.mapping.definition import InputDefinition, MappingDefinition
from servicelost.intake.mapping.source_files import SourceFile
from servicelost.intake.mapping.xlsx_files import XlsxFile
from servicelost.kernel.errors import InvalidInput

_XLSX = (".xlsx", ".xlsm")
_ANY = ("*",)


def match_files(definition: MappingDefinition, paths: Sequence[Path]) -> dict[str, list[Path]]:
    """The files of each input; raises InvalidInput if one fits several inputs or an input has none."""
    matched: dict[str, list[Path]] = {name: [] for name in definition.inputs}
    unmatched: list[Path] = []
    for path in dict.fromkeys(paths):
        names = [one.name for one in definition.inputs.values() if one.files != _ANY and _fits(path, one)]
        if len(names) > 1:
            raise _refused(f"{path.name} fits the inputs {', '.join(names)}: make their file patterns differ")
        (matched[names[0]] if names else unmatched).append(path)
    _match_by_order(definition, matched, unmatched)
    for name, one in definition.inputs.items():
        if not matched[name] and not one.optional:
            raise _refused(f"no file was given for the input {name} (files = {', '.join(one.files)})")
    return matched


def open_files(definition: MappingDefinition, paths: Sequence[Path]) -> dict[str, list[SourceFile]]:
    """The opened files of each input, their headers checked."""
    for path in paths:
        if not path.is_file():
            raise InvalidInput("INVALID_FILE", f"{path} is not a file")
    matched = match_files(definition, paths)
    return {name: [_open(definition.inputs[name], path) for path in found] for name, found in matched.items()}


def _open(definition: InputDefinition, path: Path) -> SourceFile:
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
        is_workbook = path.suffix.lower() in _XLSX or start == b"PK\x03\x04"
        return XlsxFile(definition, path) if is_workbook else CsvFile(definition, path)
    except OSError as error:
        raise InvalidInput("INVALID_FILE", f"{path.name} cannot be read: {error.strerror}") from None


def _match_by_order(
    definition: MappingDefinition, matched: dict[str, list[Path]], unmatched: Sequence[Path]
) -> None:
    free = [name for name in definition.inputs if not matched[name]]
    if len(unmatched) > len(free):
        names = ", ".join(f"{one.name} ({', '.join(one.files)})" for one in definition.inputs.values())
        raise _refused(f"{unmatched[len(free)].name} fits no input; the mapping knows {names}")
    for name, path in zip(free, unmatched, strict=False):
        matched[name].append(path)


def _fits(path: Path, definition: InputDefinition) -> bool:
    return any(fnmatchcase(path.name.lower(), pattern.lower()) for pattern in definition.files)


def _refused(message: str) -> InvalidInput:
    return InvalidInput("INVALID_FILE", message)
