"""Parts to stock: those asked for three times in twelve months that were not always there."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ibis.expr.types import Table

from servicelost.analytics.reports.part_asks import WANTED
from servicelost.analytics.reports.part_sums import PartSums, part_cells
from servicelost.analytics.reports.question import Question, Row, rows_of
from servicelost.analytics.reports.rows import GROSS_ENTRIES
from servicelost.analytics.specs.parts_demand import PHASE_IN

Member = tuple[int, str]


def candidates(question: Question, asks: Table) -> Iterator[Row]:
    """A row for each part of a dealership, the largest loss first."""
    first, last = year_to(question)
    year = asks.filter(asks.day.between(first, last))
    found = {
        (dealership, part): sums
        for (dealership, part), sums in part_cells(question, year, "dealership", "part").sums.items()
        if sums.demand >= PHASE_IN and sums.lost + sums.emergency > 0
    }
    hand = _on_hand(question, last) if found else {}
    for member in sorted(found, key=lambda member: (-found[member].gross, -found[member].demand, member)):
        yield _row(question, member, found[member], hand.get(member), (first, last))


def year_to(question: Question) -> tuple[date, date]:
    """The twelve months to the end of the window, which is today at the latest."""
    last = min(question.selection.last or question.today, question.today)
    after = last + timedelta(days=1)
    if (after.month, after.day) == (2, 29):
        after += timedelta(days=1)
    return after.replace(year=after.year - 1), last


def _row(
    question: Question, member: Member, sums: PartSums, on_hand: int | None, days: tuple[date, date]
) -> Row:
    dealership, part = member
    drill = question.drill("ledger", kind=GROSS_ENTRIES, cause=",".join(WANTED), part=part)
    drill |= {"dealership": dealership, "from": days[0].isoformat(), "to": days[1].isoformat()}
    return {
        "dealership": dealership,
        "part": part,
        "demand_12m": sums.demand,
        "lost_12m": sums.lost,
        "emergency_12m": sums.emergency,
        "lost_gross_12m": sums.gross,
        "quantity_12m": sums.milli / 1000,
        "on_hand": None if on_hand is None else on_hand / 1000,
        "drill": drill,
    }


def _on_hand(question: Question, last: date) -> dict[Member, int]:
    """What was on hand of each part as it was told last."""
    named: list[Any] = ["dealership_id", "part_number", "on_hand_milli", "occurred_at", "business_day"]
    stock, asked = (
        question.fact(name, choices=False).select(*named) for name in ("part_stock", "part_requests")
    )
    told = stock.union(asked)
    told = told.filter(told.on_hand_milli.notnull() & (told.business_day <= last))
    latest = told.on_hand_milli.argmax(told.occurred_at)
    found = told.aggregate(on_hand=latest, by=["dealership_id", "part_number"])
    return {(row["dealership_id"], row["part_number"]): row["on_hand"] for row in rows_of(found)}
