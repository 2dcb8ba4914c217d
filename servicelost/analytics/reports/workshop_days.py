"""The workshop's days as reports count them: hours of a skill on a day, and what was lost for want of hours.

One cell is a dealership's day in one skill; few enough of them to be added up here. Which tables are made of
them is each report's own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import ibis
from ibis.expr.types import Table

from servicelost.analytics.reports.question import Question, rows_of
from servicelost.opportunities.ledger.models import EntryKind
from servicelost.taxonomy.causes import CAUSES, Demand

WANTED = tuple(code.value for code, cause in CAUSES.items() if cause.demand is Demand.HOURS)
_SIGNS = {EntryKind.LOSS.value: 1, EntryKind.REVERSAL.value: -1}


@dataclass(frozen=True)
class Cell:
    """A dealership's day in one skill (None: not said); hours times 100, `told` if its capacity was sent."""

    dealership: int
    day: date
    skill: str | None
    told: bool = False
    available: int = 0
    booked: int = 0
    lost: int = 0
    count: int = 0
    gross: int = 0
    untimed: int = 0
    cause: str | None = None

    @property
    def weekday(self) -> int:
        """The day of the week from 1 (Monday)."""
        return self.day.isoweekday()

    @property
    def free(self) -> int:
        """Hours that nobody booked."""
        return max(self.available - self.booked, 0)


def capacity(question: Question) -> list[Cell]:
    """The days told in the window up to today, a cell for each skill: later ones still fill."""
    table = _chosen(question, question.fact("capacity", choices=False).rename(day="business_day"))
    table = table.filter(table.day <= ibis.literal(question.today))
    columns = {"dealership": "dealership_id", "day": "day", "skill": "skill"}
    hours = {"available": "available_centihours", "booked": "booked_centihours"}
    return [Cell(told=True, **row) for row in rows_of(table.select(**columns, **hours))]


def lost_hours(question: Question) -> list[Cell]:
    """What was lost for want of hours in the window, a cell for each day, skill and cause."""
    table = _chosen(question, _entries(question))
    table = table.rename(dealership="dealership_id")
    summed = {name: table[name].sum().cast("int64") for name in ("lost", "count", "gross", "untimed")}
    return [
        Cell(**row) for row in rows_of(table.aggregate(**summed, by=["dealership", "day", "skill", "cause"]))
    ]


def worked_days(question: Question) -> set[tuple[int, date]]:
    """The dealerships' days in the window up to today with a line of work."""
    lines = question.fact("lines", choices=False)
    lines = lines.filter(lines.business_day.notnull()).select("dealership_id", day="business_day")
    days = question.within(lines, "day").distinct()
    chosen = question.selection.choices.get("weekday")
    return {
        (row["dealership_id"], row["day"])
        for row in rows_of(days)
        if row["day"] <= question.today and (chosen is None or row["day"].isoweekday() in chosen)
    }


def together(cells: Iterable[Cell]) -> Iterator[Cell]:
    """The cells of the same dealership, day and skill as one."""
    found: dict[tuple[int, date, str | None], Cell] = {}
    for cell in cells:
        key = (cell.dealership, cell.day, cell.skill)
        found[key] = _added(found[key], cell) if key in found else cell
    return iter(found.values())


def _added(one: Cell, two: Cell) -> Cell:
    return Cell(
        one.dealership, one.day, one.skill, one.told or two.told, one.available + two.available,
        one.booked + two.booked, one.lost + two.lost, one.count + two.count, one.gross + two.gross,
        one.untimed + two.untimed,
    )  # fmt: skip


def _entries(question: Question) -> Table:
    ledger = question.fact("ledger", choices=False)
    ledger = ledger.filter(ledger.cause.isin(WANTED) & ledger.kind.isin(_SIGNS))
    lines = question.fact("lines", choices=False).select("skill", worked="id")
    table = ledger.left_join(lines, ledger.line_id == lines.worked)
    sign = ibis.cases(*((table.kind == kind, sign) for kind, sign in _SIGNS.items()), else_=0).cast("int64")
    return table.select(
        "dealership_id", "skill", "cause", day="loss_day", lost=sign * table.centihours.fill_null(0),
        count=sign, gross=sign * table.amount_minor, untimed=table.centihours.isnull().ifelse(sign, 0),
    )  # fmt: skip


def _chosen(question: Question, table: Table) -> Table:
    weekday = table.day.day_of_week.index().cast("int64") + 1
    return question.chosen(question.within(table.mutate(weekday=weekday), "day"))
