"""What the directory states as facts: people and cars that can no longer be customers.

Rooms above listen, for instance to stop follow-ups; nothing here says what they do.
"""

from dataclasses import dataclass
from datetime import datetime

from servicelost.directory.models import Customer, Vehicle
from servicelost.kernel.events import DomainEvent


@dataclass(frozen=True)
class VehicleSold(DomainEvent):
    """The owner no longer has the car."""

    vehicle: Vehicle
    at: datetime


@dataclass(frozen=True)
class VehicleTotalled(DomainEvent):
    """The car is a total loss."""

    vehicle: Vehicle
    at: datetime


@dataclass(frozen=True)
class CustomerMoved(DomainEvent):
    """The customer moved out of reach."""

    customer: Customer
    at: datetime


@dataclass(frozen=True)
class CustomerDeceased(DomainEvent):
    """The customer has died."""

    customer: Customer
    at: datetime
