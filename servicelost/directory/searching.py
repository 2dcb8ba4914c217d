"""What customers and cars are found by.

How the keys are made and kept is the search's business.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from servicelost.directory.models import Customer, Vehicle
from servicelost.search.keys import Key, Searchable, name_keys, phone_keys, plate_keys, vin_keys


def _customer_keys(values: Mapping[str, Any]) -> Iterator[Key]:
    yield from name_keys(values["name"])
    yield from phone_keys(values["phone_e164"] or values["phone"])


def _car_keys(values: Mapping[str, Any]) -> Iterator[Key]:
    yield from plate_keys(values["plate"])
    yield from vin_keys(values["vin"])


CUSTOMERS = Searchable(Customer, ("name", "phone", "phone_e164"), _customer_keys)
CARS = Searchable(Vehicle, ("plate", "vin"), _car_keys)
