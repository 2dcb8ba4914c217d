"""The report `capacity`: hours lost for want of them, by skill and day of the week, beside what there was."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from servicelost.analytics.document import Draft, Rate
from servicelost.analytics.periods import start_of, starts_between
from servicelost.analytics.reasons import NOT_ON_INVOICES
from servicelost.analytics.reports.capacity_sums import CapacitySums
from servicelost.analytics.reports.question import Question, Row, rows_of
from servicelost.analytics.reports.rows import GROSS_ENTRIES
from servicelost.analytics.reports.workshop_days import (
    WANTED,
    Cell,
    capacity,
    lost_hours,
    together,
    worked_days,
)
from servicelost.analytics.spec import Section
from servicelost.analytics.specs import capacity as spec

_Days = set[tuple[int, date]]
_TRAITS: Mapping[str, Callable[[Cell], Any]] = {
    "cause": lambda cell: cell.cause,
    "dealership": lambda cell: cell.dealership,
    "skill": lambda cell: cell.skill,
    "weekday": lambda cell: cell.weekday,
}


def compute(question: Question, draft: Draft) -> None:
    """Fill the draft: headline numbers and the tables by each dimension."""
    lost = lost_hours(question)
    cells = list(together([*capacity(question), *lost]))
    untold = _untold(question, cells)
    drill = question.drill("ledger", kind=GROSS_ENTRIES, cause=",".join(WANTED))
    _add_headline(question, draft, CapacitySums.of(cells, len(untold)), drill)
    for section in (spec.WEEKDAYS, spec.SKILLS, spec.BOTH):
        draft.add_section(section, _rows(section, cells), drill=drill)
    draft.add_section(spec.PERIODS, _periods(question, cells, untold), drill=drill)
    causes = sorted(_rows(spec.CAUSES, lost), key=lambda row: (-row["capacity_lost_hours"], row["cause"]))
    draft.add_section(spec.CAUSES, causes, drill=drill)
    draft.add_section(spec.DEALERSHIPS, _rows(spec.DEALERSHIPS, cells, untold), drill=drill)


def _untold(question: Question, cells: Iterable[Cell]) -> _Days:
    """The dealerships' days with work or a loss for want of hours of which no capacity was sent."""
    told = {(cell.dealership, cell.day) for cell in cells if cell.told}
    lost = {(cell.dealership, cell.day) for cell in cells if cell.count}
    return (worked_days(question) | lost) - told


def _add_headline(question: Question, draft: Draft, whole: CapacitySums, drill: Row) -> None:
    row, behind = whole.row(), {spec.COUNT, spec.GROSS, spec.LOST}
    untold = None if whole.days else spec.HINTS["nothing_told"]
    of_days = {spec.LOAD, spec.WINNABLE, spec.AVAILABLE, spec.BOOKED, spec.FREE, spec.OVER, spec.LOST_SHARE}
    rate, no_rate = _labour_rate(question)
    lost = None if rate.value is None else rate.value * whole.lost / 100
    row |= {"effective_labor_rate": rate, "labour_lost": lost}
    for measure in spec.SPEC.measures:
        reason = untold if measure in of_days else None
        if measure in (spec.LABOUR_RATE, spec.LABOUR_LOST):
            reason = no_rate
        way = drill if measure in behind else drill | {"timed": "no"} if measure is spec.UNTIMED else None
        draft.add_measure(measure, row[measure.key], drill=way, reason=reason)


def _labour_rate(question: Question) -> tuple[Rate, str | None]:
    """Minor units an hour over the invoice lines that say both, or the reason why it cannot be said."""
    if not question.can_choose("revenue"):
        return Rate(None, 0), NOT_ON_INVOICES
    lines = question.within(question.fact("revenue"))
    lines = lines.filter(lines.labour_minor.notnull() & (lines.centihours > 0))
    sums = {"labour": lines.labour_minor.sum(), "hours": lines.centihours.sum(), "n": lines.count()}
    row = rows_of(lines.aggregate(**sums))[0]
    if not row["n"]:
        return Rate(None, 0), spec.HINTS["no_rate"]
    return Rate(int(row["labour"]) * 100 / int(row["hours"]), int(row["n"])), None


def _rows(section: Section, cells: Iterable[Cell], untold: _Days | None = None) -> list[Row]:
    """A row for each combination of the section's dimensions that there is, in their order."""
    keys = [dimension.key for dimension in section.dimensions]
    found: dict[tuple[Any, ...], list[Cell]] = defaultdict(list)
    for cell in cells:
        found[tuple(_TRAITS[key](cell) for key in keys)].append(cell)
    missing: dict[int, int] = defaultdict(int)
    for dealership, _ in untold or ():
        missing[dealership] += 1
        found.setdefault((dealership,), [])
    order = sorted(found, key=lambda values: [(value is None, value) for value in values])
    return [
        CapacitySums.of(found[values], missing[values[0]] if untold else 0).row()
        | dict(zip(keys, values, strict=True))
        for values in order
    ]


def _periods(question: Question, cells: Iterable[Cell], untold: _Days) -> Iterator[Row]:
    grain = question.params.grain
    found: dict[date, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[start_of(cell.day, grain)].append(cell)
    missing: dict[date, int] = defaultdict(int)
    for _, day in untold:
        missing[start_of(day, grain)] += 1
    met = found.keys() | missing.keys()
    if not met:
        return
    for start in starts_between(min(met), max(met), grain):
        known = CapacitySums.of(found[start], missing[start]).row() if start in met else {"drill": None}
        yield known | {"period": start.isoformat()}
