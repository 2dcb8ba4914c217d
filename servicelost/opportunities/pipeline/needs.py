"""The identity of a need: the same work for the same car is one need, however often it is named.

Pure text from keys; finding the opportunity of a need is done elsewhere.
"""

from servicelost.directory.models import ServiceCategory
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit

OWN_NEED = "line:"
OF_VISIT = "visit:"


def need_of_line(line: Line, visit: Visit, category: ServiceCategory | None) -> str:
    """The need a line names: vehicle, else customer, with named service (or operation) and position.

    A line whose service names no single need (such as "Other"), or without a car and a customer,
    is a need of its own.
    """
    what = _what(category, line.category_id, line.labor_operation_id)
    whose = _whose(visit.vehicle_id, visit.customer_id)
    if what is None or whose is None:
        return f"{OWN_NEED}{line.id}"
    return f"{whose}/{what}/{(line.position or '-').upper()}"


def need_of_call(
    phone_key: str | None, customer_id: int | None, category: ServiceCategory | None, own_key: str
) -> str:
    """The need of a call or lead: customer or phone with the service asked for, else its own id."""
    whose = _whose(None, customer_id) or (f"p{phone_key}" if phone_key else None)
    what = _what(category, category.id if category else None, None)
    return own_key if whose is None or what is None else f"{whose}/{what}/-"


def need_of_visit(visit_id: int) -> str:
    """The need of a whole booking or visit, as long as no single work is known on it."""
    return f"{OF_VISIT}{visit_id}"


def is_of_vehicle(need: str, vehicle_id: int) -> bool:
    """Whether the need is this very car's; others of it may have been opened before anybody knew the car."""
    return need.startswith(f"v{vehicle_id}/")


def _what(category: ServiceCategory | None, category_id: int | None, operation_id: int | None) -> str | None:
    if category is not None and not category.distinct:
        return None
    if category_id is not None:
        return f"c{category_id}"
    return f"o{operation_id}" if operation_id is not None else None


def _whose(vehicle_id: int | None, customer_id: int | None) -> str | None:
    if vehicle_id is not None:
        return f"v{vehicle_id}"
    return f"k{customer_id}" if customer_id is not None else None
