"""The report `recommendations`: what recommended work was sold, and what became of the rest."""

from collections.abc import Iterator, Mapping
from datetime import date

from ibis.expr.types import Column, Table

from servicelost.analytics.document import Draft, Rate
from servicelost.analytics.line_status import LineStatus
from servicelost.analytics.reasons import NOT_ON_ORDERS
from servicelost.analytics.reports.line_sums import LineSums, all_lines, line_cells, line_sums
from servicelost.analytics.reports.lines import recommended, status_of
from servicelost.analytics.reports.question import COLUMNS, Question, Row, rows_of
from servicelost.analytics.reports.resampling import unit_of
from servicelost.analytics.reports.sums import share_of_count, share_of_money
from servicelost.analytics.spec import Section
from servicelost.analytics.specs import recommendations as spec


def compute(question: Question, draft: Draft) -> None:
    """Fill the draft: headline numbers, what became of the lines, and the tables by each dimension."""
    lines = recommended(question)
    unit = unit_of(lines, lines.visit_id)
    by_status = line_cells(lines, status_of(lines), unit)
    whole = all_lines(by_status)
    _add_headline(question, draft, whole)
    _add_inspections(question, draft, whole)
    rows = _statuses(line_sums(by_status), whole)
    draft.add_section(spec.STATUSES, rows, drill=question.drill("lines"))
    for section in spec.GROUPED:
        draft.add_section(section, _rows(question, lines, unit, section), drill=question.drill("lines"))


def _add_headline(question: Question, draft: Draft, whole: LineSums) -> None:
    every = question.drill("lines")
    sold, unsold = (question.drill("lines", sold=answer) for answer in ("yes", "no"))
    drills = {
        spec.LINES: every, spec.VALUE: every, spec.SOLD_LINES: sold, spec.SOLD_VALUE: sold,
        spec.UNSOLD_LINES: unsold, spec.UNSOLD_VALUE: unsold, spec.CLOSING_COUNT: sold,
        spec.CLOSING_VALUE: sold, spec.DECLINE_RATE: question.drill("lines", status="declined"),
    }  # fmt: skip
    row = whole.row()
    for measure, drill in drills.items():
        draft.add_measure(measure, row[measure.key], drill=drill)
    draft.add_measure(spec.UNPRICED, whole.unpriced, drill=question.drill("lines", priced="no"))


def _add_inspections(question: Question, draft: Draft, whole: LineSums) -> None:
    reason = None if question.can_choose("visits") else NOT_ON_ORDERS
    inspected = opened = 0
    if reason is None:
        visits = question.within(question.fact("visits"))
        visits = visits.filter(visits.opened_at.notnull())
        row = rows_of(visits.aggregate(inspected=visits.inspected.sum().fill_null(0), opened=visits.count()))[
            0
        ]
        inspected, opened = row["inspected"], row["opened"]
    per_order = Rate(whole.declined_value / inspected if inspected else None, inspected)
    draft.add_measure(spec.INSPECTED, inspected, reason=reason)
    draft.add_measure(spec.COMPLETION, share_of_count(inspected, opened), reason=reason)
    draft.add_measure(spec.DECLINED_PER_RO, per_order, reason=reason)


def _statuses(found: Mapping[str, LineSums], whole: LineSums) -> Iterator[Row]:
    for status in LineStatus:
        part = found.get(status.value, LineSums())
        yield {
            "status": status.value,
            "lines": part.lines,
            "line_share": share_of_count(part.lines, whole.lines),
            "value": part.value,
            "value_share": share_of_money(part.value, whole.value, whole.lines),
        }


def _rows(question: Question, lines: Table, unit: Column, section: Section) -> list[Row]:
    key = section.dimensions[0].key
    if key == "period":
        starts = line_sums(line_cells(lines, question.period_of(lines.business_day), unit))
        return [_period(start, starts[start]) for start in sorted(starts, key=str)]
    found = line_sums(line_cells(lines, lines[COLUMNS.get(key, key)], unit))
    largest = sorted(found.items(), key=lambda item: (-item[1].value, -item[1].lines, str(item[0])))
    return [part.row() | {key: value} for value, part in largest]


def _period(start: date | None, part: LineSums) -> Row:
    if start is None:
        return part.row() | {"period": None, "drill": None}
    return part.row() | {"period": start.isoformat()}
