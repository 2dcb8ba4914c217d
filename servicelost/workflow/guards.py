"""What the services refuse alike: touching a visit that ended or is not open, lines of another visit.

Each check raises RuleViolation with a stable code and changes nothing.
"""

from collections.abc import Iterable

from servicelost.kernel.errors import RuleViolation
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import ENDED, VisitState


def check_not_ended(visit: Visit) -> None:
    """Refuse a visit that was cancelled or turned away; VISIT_ENDED."""
    if visit.state in ENDED:
        message = f"visit {_name(visit)} is {visit.state}: nothing more can be done on it"
        expected = "a visit that was not called off"
        raise RuleViolation("VISIT_ENDED", message, field="visit", value=visit.state, expected=expected)


def check_order_open(visit: Visit) -> None:
    """Refuse a visit that has no repair order yet, or ended; ORDER_NOT_OPEN, VISIT_ENDED."""
    check_not_ended(visit)
    if visit.state == VisitState.PLANNING:
        message = f"visit {_name(visit)} is only planned: its repair order must be opened first"
        expected = "an open repair order"
        raise RuleViolation("ORDER_NOT_OPEN", message, field="visit", value=visit.state, expected=expected)


def check_on_visit(visit: Visit, lines: Iterable[Line]) -> None:
    """Refuse lines of another visit; LINE_OF_OTHER_VISIT."""
    for line in lines:
        if line.visit_id != visit.id:
            message = f"line {line.source_id} is not on visit {_name(visit)}"
            expected = "lines of this visit"
            raise RuleViolation(
                "LINE_OF_OTHER_VISIT", message, field="lines", value=line.source_id, expected=expected
            )


def _name(visit: Visit) -> str:
    return visit.source_id or str(visit.id)
