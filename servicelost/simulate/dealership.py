"""The invented dealerships and their people, as plain data for whoever creates the directory rows.

Customers and cars are in `people`; how the staff works is in `habits`.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from servicelost.kernel.actor import Role

SOURCE = "simulated"


@dataclass(frozen=True)
class Employee:
    """One member of staff; `source_id` is what events name as actor, advisor or technician."""

    source_id: str
    name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Dealership:
    """An invented dealership with everything the directory needs to know of it."""

    code: str
    name: str
    country: str
    timezone: str
    currency: str
    locale: str
    employees: tuple[Employee, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The dealership's own time zone."""
        return ZoneInfo(self.timezone)

    def staff(self, role: Role) -> tuple[str, ...]:
        """The ids of everybody with this role."""
        return tuple(person.source_id for person in self.employees if role in person.roles)


def _staff(prefix: str, *rows: tuple[str, Role]) -> tuple[Employee, ...]:
    return tuple(
        Employee(f"{prefix}-{number}", name, (role,)) for number, (name, role) in enumerate(rows, start=1)
    )


NORTH = Dealership(
    "NORTH", "Northgate Motors", "DE", "Europe/Berlin", "EUR", "en",
    _staff(
        "N",
        ("Ana Fairweather", Role.SERVICE_ADVISOR),
        ("Boris Greyling", Role.SERVICE_ADVISOR),
        ("Carla Thistlewood", Role.SERVICE_ADVISOR),
        ("Dora Quickwater", Role.BDC_AGENT),
        ("Emil Stonebridge", Role.TECHNICIAN),
        ("Frida Oakhollow", Role.TECHNICIAN),
        ("Gus Lanternfield", Role.TECHNICIAN),
        ("Hanna Silverbrook", Role.SERVICE_MANAGER),
    ),
)  # fmt: skip

SOUTH = Dealership(
    "SOUTH", "Southbank Motors", "DE", "Europe/Berlin", "EUR", "en",
    _staff(
        "S",
        ("Ivo Merryfield", Role.SERVICE_ADVISOR),
        ("Jola Windermoor", Role.SERVICE_ADVISOR),
        ("Karl Pebblestone", Role.BDC_AGENT),
        ("Lena Copperdale", Role.TECHNICIAN),
        ("Milo Hazelbank", Role.TECHNICIAN),
        ("Nora Amberley", Role.SERVICE_MANAGER),
    ),
)  # fmt: skip

DEALERSHIPS = (NORTH, SOUTH)
