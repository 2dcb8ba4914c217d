"""What customers and cars are found by, and what to say of those that were found.

How the keys are made and kept is the search's business.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

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


class CarsOf(NamedTuple):
    """How many cars somebody has now, and the one that came to be known last."""

    cars: int
    latest_id: int


def cars_of(connection: Connection, customer_ids: Collection[int]) -> Mapping[int, CarsOf]:
    """The cars of each of these customers who has any."""
    query = (
        select(Vehicle.customer_id, func.count(), func.max(Vehicle.id))
        .where(Vehicle.customer_id.in_(customer_ids), Vehicle.sold_at.is_(None))
        .group_by(Vehicle.customer_id)
    )
    rows = connection.execute(query) if customer_ids else ()
    return {owner: CarsOf(cars, latest_id) for owner, cars, latest_id in rows if owner is not None}
