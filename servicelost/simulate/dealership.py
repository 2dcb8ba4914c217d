"""The invented dealerships and their people, as plain data for whoever creates the directory rows.

Customers and cars are in `people`; how anybody behaves is in `parameters`.
"""

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from servicelost.kernel.actor import Role

SOURCE = "simulated"
_WEAK = 0.8


@dataclass(frozen=True)
class Employee:
    """One member of staff; `source_id` is what events name as actor, advisor or technician.

    `strength` says how well somebody does the work: 1 is usual.
    """

    source_id: str
    name: str
    roles: tuple[Role, ...]
    strength: float = 1.0

    @property
    def weak(self) -> bool:
        """Whether somebody should help this person."""
        return self.strength < _WEAK


@dataclass(frozen=True)
class Dealership:
    """An invented dealership with everything the directory needs to know of it.

    `share` is its part of the group's visits, `price_level` what it asks beside the group.
    """

    code: str
    name: str
    country: str
    timezone: str
    currency: str
    locale: str
    employees: tuple[Employee, ...]
    share: float = 1.0
    price_level: float = 1.0

    @cached_property
    def zone(self) -> ZoneInfo:
        """The dealership's own time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def people(self) -> dict[str, Employee]:
        """Everybody by the id that events name."""
        return {person.source_id: person for person in self.employees}

    @cached_property
    def by_role(self) -> dict[Role, tuple[str, ...]]:
        """The ids of everybody by role."""
        return {
            role: tuple(person.source_id for person in self.employees if role in person.roles)
            for role in Role
        }

    def staff(self, role: Role) -> tuple[str, ...]:
        """The ids of everybody with this role."""
        return self.by_role[role]


def _staff(prefix: str, *rows: tuple[str, Role, float]) -> tuple[Employee, ...]:
    return tuple(
        Employee(f"{prefix}-{number}", name, (role,), strength)
        for number, (name, role, strength) in enumerate(rows, start=1)
    )


NORTH = Dealership(
    "NORTH", "Northgate Motors", "DE", "Europe/Berlin", "EUR", "en",
    _staff(
        "N",
        ("Ana Fairweather", Role.SERVICE_ADVISOR, 1.25),
        ("Boris Greyling", Role.SERVICE_ADVISOR, 0.7),
        ("Carla Thistlewood", Role.SERVICE_ADVISOR, 1.0),
        ("Dora Quickwater", Role.BDC_AGENT, 1.25),
        ("Emil Stonebridge", Role.TECHNICIAN, 1.0),
        ("Frida Oakhollow", Role.TECHNICIAN, 1.2),
        ("Gus Lanternfield", Role.TECHNICIAN, 0.75),
        ("Hanna Silverbrook", Role.SERVICE_MANAGER, 1.0),
        ("Otto Larkspur", Role.BDC_AGENT, 0.7),
        ("Pia Rowanhurst", Role.TECHNICIAN, 1.0),
        ("Gwen Harborough", Role.GROUP_MANAGER, 1.0),
    ),
    share=0.62, price_level=1.06,
)  # fmt: skip

SOUTH = Dealership(
    "SOUTH", "Southbank Motors", "DE", "Europe/Berlin", "EUR", "en",
    _staff(
        "S",
        ("Ivo Merryfield", Role.SERVICE_ADVISOR, 1.2),
        ("Jola Windermoor", Role.SERVICE_ADVISOR, 0.75),
        ("Karl Pebblestone", Role.BDC_AGENT, 0.75),
        ("Lena Copperdale", Role.TECHNICIAN, 1.2),
        ("Milo Hazelbank", Role.TECHNICIAN, 0.75),
        ("Nora Amberley", Role.SERVICE_MANAGER, 1.0),
        ("Rita Elmsworth", Role.BDC_AGENT, 1.2),
    ),
    share=0.38, price_level=0.92,
)  # fmt: skip

DEALERSHIPS = (NORTH, SOUTH)
