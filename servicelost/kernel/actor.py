"""Who does something: a person, a connected system or the house itself.

What a role may do is decided by the rooms that own the deed, not here.
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of the trade."""

    SERVICE_ADVISOR = "SERVICE_ADVISOR"
    BDC_AGENT = "BDC_AGENT"
    TECHNICIAN = "TECHNICIAN"
    SERVICE_MANAGER = "SERVICE_MANAGER"
    GROUP_MANAGER = "GROUP_MANAGER"
    ADMIN = "ADMIN"


@dataclass(frozen=True)
class Actor:
    """Somebody with roles, allowed to see some dealerships (`None`: all of them).

    `name` is a sign-in or system name for the audit trail, never shown to customers.
    """

    name: str
    roles: frozenset[Role]
    dealership_ids: frozenset[int] | None
    employee_id: int | None = None

    def may_see(self, dealership_id: int) -> bool:
        """Whether rows of this dealership are in the actor's sight."""
        return self.dealership_ids is None or dealership_id in self.dealership_ids

    def has_role(self, *roles: Role) -> bool:
        """Whether the actor holds any of these roles; ADMIN does not stand in for others."""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor("system", frozenset(Role), None)
