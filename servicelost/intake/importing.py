"""Importing a dealer's export files through a mapping: the same events, the same path, in chunks.

Every event has an id made from its row, so an import that was interrupted, or is run again, takes
in what is missing and changes nothing else. Reading and mapping files is the mapping room's work.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from servicelost.directory.dealerships import upsert_dealership
from servicelost.directory.models import DEALERSHIP_BY_CODE
from servicelost.intake.mapping import (
    Count,
    DealershipDefinition,
    MappedEvent,
    MappedRow,
    MappedSource,
    Problem,
    RejectedRow,
    RejectsWriter,
    SourceRow,
    load_mapping,
)
from servicelost.intake.results import EventResult, Outcome
from servicelost.intake.service import CHUNK, MakeUnit, apply_all
from servicelost.kernel.outages import StorageFull, outage_of

Progress = Callable[[int, int], None]

# Texts of so many characters weigh as much as one more event.
_LONG = 10_000


class RowOutcome(StrEnum):
    """What became of a row; LEFT_OUT: the mapping has no event for it."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    PARKED = "parked"
    REJECTED = "rejected"
    LEFT_OUT = "left out"


# The first that any event of a row had is what became of the row.
_WEIGHTS = (
    (Outcome.REJECTED, RowOutcome.REJECTED), (Outcome.ACCEPTED, RowOutcome.ACCEPTED),
    (Outcome.PARKED, RowOutcome.PARKED), (Outcome.UNCHANGED, RowOutcome.UNCHANGED),
)  # fmt: skip


@dataclass
class ImportSummary:
    """What an import did: rows read and what became of them, events, the mapping's own counts."""

    files: list[str]
    dry_run: bool
    rows: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    counts: list[Count] = field(default_factory=list)
    rejects: list[Path] = field(default_factory=list)
    first_problems: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many rows were read in all."""
        return sum(self.rows.values())


def import_files(
    make_unit: MakeUnit, mapping: Path, sources: Sequence[Path], *, rejects_folder: Path,
    dry_run: bool = False, progress: Progress = lambda _done, _total: None,
) -> ImportSummary:  # fmt: skip
    """Take the files in through the mapping and tell what became of every row.

    A dry run reads, maps and checks every row and stores nothing. Rejected rows are in files beside one
    another in `rejects_folder` when the import is done, and only then. Raises InvalidInput for an unusable
    mapping or file.
    """
    source = MappedSource.open(load_mapping(mapping), sources)
    summary = ImportSummary([file.path.name for file in source.files], dry_run)
    total = source.total_rows()
    if not dry_run:
        _ensure_dealership(make_unit, source.dealership)
    passing = source.read()
    with _told_when_full(rejects_folder), RejectsWriter(rejects_folder, source.files) as rejects:
        for groups in _chunks(passing):
            _take_groups(make_unit, groups, summary, rejects)
            progress(summary.read, max(total, summary.read))
    summary.rejects = rejects.paths
    progress(summary.read, summary.read)
    summary.counts = passing.counts
    return summary


@contextmanager
def _told_when_full(folder: Path) -> Iterator[None]:
    """Say what is safe when there is no room for the rejected rows."""
    try:
        yield
    except OSError as error:
        if outage_of(error) is None:
            raise
        kept = "what was taken in is kept; then run the import again"
        what = f"the disk of the rejected rows, {folder},"
        raise StorageFull(what, error.strerror or "", kept) from error


def _chunks(groups: Iterable[MappedRow]) -> Iterator[list[MappedRow]]:
    """Groups together until there are enough rows, events or long texts for one transaction."""
    chunk: list[MappedRow] = []
    weight = 0
    for group in groups:
        chunk.append(group)
        weight += _weight(group)
        if weight >= CHUNK:
            yield chunk
            chunk, weight = [], 0
    if chunk:
        yield chunk


def _weight(group: MappedRow) -> int:
    """What a group adds to its chunk, so that neither rows left out nor long ones fill the memory."""
    rows = [*(event.row for event in group.events[:1]), *(bad.row for bad in group.rejected)]
    length = sum(len(cell) for row in rows for cell in row.cells)
    return max(group.read, len(group.events) + len(group.rejected)) + length // _LONG


def _take_groups(
    make_unit: MakeUnit, groups: Sequence[MappedRow], summary: ImportSummary, rejects: RejectsWriter
) -> None:
    mapped = [event for group in groups for event in group.events]
    if summary.dry_run:
        results = [
            EventResult(index, Outcome.ACCEPTED, one.event.event_id) for index, one in enumerate(mapped)
        ]
    else:
        results = apply_all(make_unit, [(index, one.event) for index, one in enumerate(mapped)])
    by_row: dict[SourceRow, list[EventResult]] = {}
    problems: dict[SourceRow, list[Problem]] = {}
    for one, result in zip(mapped, results, strict=True):
        summary.events[result.outcome.value] += 1
        by_row.setdefault(one.row, []).append(result)
        if result.outcome is Outcome.REJECTED:
            problems.setdefault(one.row, []).append(_problem(one, result))
    for row, of_row in by_row.items():
        summary.rows[_outcome_of(of_row)] += 1
        if row in problems:
            _reject(RejectedRow(row, problems[row]), summary, rejects)
    for group in groups:
        for bad in group.rejected:
            summary.rows[RowOutcome.REJECTED] += 1
            _reject(bad, summary, rejects)
    read = sum(group.read for group in groups)
    told = len(by_row) + sum(len(group.rejected) for group in groups)
    summary.rows[RowOutcome.LEFT_OUT] += read - told


def _outcome_of(results: Sequence[EventResult]) -> RowOutcome:
    found = {result.outcome for result in results}
    return next(row for outcome, row in _WEIGHTS if outcome in found)


def _problem(mapped: MappedEvent, result: EventResult) -> Problem:
    """Why the event was refused, told of the column that the field complained of was taken from."""
    first = result.errors[0] if result.errors else {}
    return Problem(
        mapped.column_of(str(first.get("field", ""))),
        str(first.get("value", "")),
        result.message or "",
        str(first.get("expected", "")),
    )


def _reject(bad: RejectedRow, summary: ImportSummary, rejects: RejectsWriter) -> None:
    rejects.write(bad)
    if len(summary.first_problems) < 10:
        told = "; ".join(str(problem) for problem in bad.problems)
        summary.first_problems.append(f"{bad.row.path.name} row {bad.row.number}: {told}")


def _ensure_dealership(make_unit: MakeUnit, wanted: DealershipDefinition) -> None:
    """Make the mapping's dealership if it is missing; one that is there is left as it is."""
    with make_unit() as book:
        if book.one(DEALERSHIP_BY_CODE, wanted.code) is None:
            upsert_dealership(
                book, {"code": wanted.code, "name": wanted.name, "timezone": wanted.timezone,
                       "currency": wanted.currency, "country": wanted.country, "locale": wanted.locale},
            )  # fmt: skip
