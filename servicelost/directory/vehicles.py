"""Vehicles: taking what a source says about them, their odometer, and when they are gone.

The format of a VIN is checked in `vins`; visits belong to the workflow.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Required, TypedDict

from servicelost.directory.events import VehicleSold, VehicleTotalled
from servicelost.directory.models import (
    READINGS_OF_VEHICLE,
    VEHICLE_BY_SOURCE,
    Customer,
    Dealership,
    OdometerReading,
    Vehicle,
)
from servicelost.directory.news import take_news
from servicelost.directory.texts import needed, refused, tidy
from servicelost.directory.vins import read_vin
from servicelost.kernel.book import Book

_KM_PER_MILE = Decimal("1.609344")
_MOST_KM = 3_000_000
_SAME_STAY = timedelta(days=1)


class DistanceUnit(StrEnum):
    """What an odometer counts."""

    KM = "KM"
    MI = "MI"


class VehicleData(TypedDict, total=False):
    """What a source says about a car; a field that is not sent is not touched, None empties it."""

    id: Required[str]
    vin: str | None
    plate: str | None
    make: str | None
    model: str | None
    model_year: int | None
    odometer: int | None
    odometer_unit: str | None


def upsert_vehicle(
    book: Book,
    dealership: Dealership,
    source: str,
    data: VehicleData,
    at: datetime,
    customer: Customer | None = None,
) -> Vehicle:
    """The car with this source id, made or changed by what was sent as of `at`.

    Idempotent. A new owner takes back that the car was sold. An odometer reading is kept as a
    reading of its own. Raises InvalidInput, for instance for a VIN of the wrong format.
    """
    source_id = needed(data["id"], "vehicle.id", 200)
    values = _values(data, at)
    if customer is not None:
        values["customer_id"] = customer.id
    row = book.one(VEHICLE_BY_SOURCE, dealership.id, source, source_id)
    if row is None:
        row = book.add(
            Vehicle(dealership_id=dealership.id, source=source, source_id=source_id, as_of=at, **values)
        )
    else:
        owner = row.customer_id
        take_news(row, values, at)
        if row.customer_id != owner and row.sold_at is not None and at >= row.sold_at:
            row.sold_at = None
    reading = data.get("odometer")
    if reading is not None:
        record_odometer(book, row, reading, DistanceUnit(data.get("odometer_unit") or "KM"), at, source)
    return row


def find_vehicle(book: Book, dealership: Dealership, source: str, source_id: str) -> Vehicle | None:
    """The car a source knows by this id, if there is one."""
    return book.one(VEHICLE_BY_SOURCE, dealership.id, source, needed(source_id, "vehicle.id", 200))


def record_odometer(
    book: Book, vehicle: Vehicle, reading: int, unit: DistanceUnit, at: datetime, source: str
) -> OdometerReading:
    """Keep a reading in kilometres; the same reading within a day is the same stay and kept once."""
    km = odometer_km(reading, unit)
    for known in book.many(READINGS_OF_VEHICLE, vehicle.id):
        if known.km == km and abs(known.read_at - at) <= _SAME_STAY:
            return known
    return book.add(OdometerReading(vehicle_id=vehicle.id, read_at=at, km=km, source=source))


def odometer_km(reading: int, unit: DistanceUnit) -> int:
    """The reading in whole kilometres; raises InvalidInput for what no car has driven."""
    km = int((reading * _KM_PER_MILE).to_integral_value()) if unit is DistanceUnit.MI else reading
    if not 0 <= km <= _MOST_KM:
        raise refused("odometer", f"{reading} {unit}", f"a reading from 0 to {_MOST_KM} km")
    return km


def record_sold(book: Book, vehicle: Vehicle, at: datetime) -> None:
    """Note that the owner sold the car; saying it again changes nothing."""
    if vehicle.sold_at is None:
        vehicle.sold_at = at
        book.publish(VehicleSold(vehicle, at))


def record_totalled(book: Book, vehicle: Vehicle, at: datetime) -> None:
    """Note that the car is a total loss; saying it again changes nothing."""
    if vehicle.totalled_at is None:
        vehicle.totalled_at = at
        book.publish(VehicleTotalled(vehicle, at))


def _values(data: VehicleData, at: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "vin" in data:
        text = tidy(data["vin"], "vehicle.vin", 40)
        values["vin"], values["vin_warning"] = read_vin(text) if text else (None, False)
    if "plate" in data:
        plate = tidy(data["plate"], "vehicle.plate", 20)
        values["plate"] = plate.upper() if plate else None
    if "make" in data:
        values["make"] = tidy(data["make"], "vehicle.make", 60)
    if "model" in data:
        values["model"] = tidy(data["model"], "vehicle.model", 120)
    if "model_year" in data:
        values["model_year"] = _model_year(data["model_year"], at)
    return values


def _model_year(year: int | None, at: datetime) -> int | None:
    latest = at.year + 2
    if year is not None and not 1900 <= year <= latest:
        raise refused("vehicle.model_year", str(year), f"a year from 1900 to {latest}")
    return year
