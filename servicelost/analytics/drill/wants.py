"""What a loss says was wanted and not there: the number of the part, the skill, the day of the week.

The same as the reports take from the lake: a part from its request or else the line, a skill from the line.
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, extract, func, select

from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.signals import PartRequest

_need, _request, _line = Opportunity.__table__, PartRequest.__table__, Line.__table__.alias("wanted_line")


def part_of(loss: FromClause) -> ColumnElement[Any]:
    """The number of the part in capitals, None where none is known."""
    asked = (
        select(func.upper(_request.c.part_number))
        .join_from(_need, _request, _request.c.id == _need.c.part_request_id)
        .where(_need.c.id == loss.c.opportunity_id)
        .scalar_subquery()
    )
    return func.coalesce(asked, _of_line(loss, _line.c.part_number))


def skill_of(loss: FromClause) -> ColumnElement[Any]:
    """The skill in capitals, None where none is known."""
    return _of_line(loss, _line.c.skill)


def weekday_of(loss: FromClause) -> ColumnElement[Any]:
    """The day of the week of the loss, from 1 (Monday) to 7 (Sunday)."""
    day = extract("dow", loss.c.business_day)
    return (day + 6) % 7 + 1


def _of_line(loss: FromClause, column: ColumnElement[Any]) -> ColumnElement[Any]:
    return select(func.upper(column)).where(_line.c.id == loss.c.line_id).scalar_subquery()
