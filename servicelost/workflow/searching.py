"""What visits and appointments are found by: the numbers that their own systems gave them.

How the keys are made and kept is the search's business.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from servicelost.search.keys import Key, Searchable, number_keys
from servicelost.search.models import KeyKind
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.visits import RepairOrder


def _order_keys(values: Mapping[str, Any]) -> Iterator[Key]:
    return number_keys(KeyKind.ORDER, values["source_id"])


def _booking_keys(values: Mapping[str, Any]) -> Iterator[Key]:
    return number_keys(KeyKind.BOOKING, values["source_id"])


ORDERS = Searchable(RepairOrder, ("source_id",), _order_keys, subject="visit_id")
BOOKINGS = Searchable(Appointment, ("source_id",), _booking_keys)
