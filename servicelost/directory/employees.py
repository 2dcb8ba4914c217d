"""Employees: who they are, what they work as, which dealerships they may see.

Signing in is not here; a role noted from an event says what somebody did, it opens no door.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Required, TypedDict

from servicelost.administration.access import MANAGERS, require_manager, require_role
from servicelost.administration.audit import record_audit
from servicelost.directory.models import (
    EMPLOYEE_BY_SOURCE,
    SCOPES_OF_EMPLOYEE,
    Dealership,
    Employee,
    EmployeeScope,
)
from servicelost.directory.news import take_news
from servicelost.directory.texts import needed
from servicelost.kernel.actor import Role
from servicelost.kernel.book import Book

_OF_THE_GROUP = {Role.GROUP_MANAGER.value, Role.ADMIN.value}


class EmployeeData(TypedDict, total=False):
    """What a source says about an employee; a field that is not sent is not touched."""

    id: Required[str]
    name: str
    roles: list[Role]
    active: bool


def upsert_employee(
    book: Book, dealership: Dealership, source: str, data: EmployeeData, at: datetime
) -> Employee:
    """The employee with this source id, made or changed by what was sent as of `at`.

    Idempotent. Naming a manager's role takes a manager; raises Forbidden for anybody else.
    """
    source_id = needed(data["id"], "employee.id", 200)
    if not set(MANAGERS).isdisjoint(data.get("roles", ())):
        require_manager(book, dealership.id)
    values = _values(data)
    row = book.one(EMPLOYEE_BY_SOURCE, dealership.id, source, source_id)
    if row is not None:
        take_news(row, values, at)
        return row
    values = {"name": source_id, "roles": []} | values
    return book.add(
        Employee(dealership_id=dealership.id, source=source, source_id=source_id, as_of=at, **values)
    )


def note_employee(book: Book, dealership: Dealership, source: str, source_id: str, role: Role) -> Employee:
    """The employee an event names, made on first sight; the role is what the event saw him doing."""
    if role in MANAGERS:
        raise ValueError(f"an event cannot make anybody {role}")
    name = needed(source_id, "employee", 200)
    known = book.one(EMPLOYEE_BY_SOURCE, dealership.id, source, name)
    if known is None:
        return book.add(
            Employee(
                dealership_id=dealership.id, source=source, source_id=name, name=name, roles=[role.value]
            )
        )
    if role not in known.roles:
        known.roles = sorted([*known.roles, role.value])
    return known


def change_employee(book: Book, employee: Employee, *, roles: Collection[Role], active: bool) -> None:
    """Say what somebody works as and whether he still does; managers only, audited.

    News of his dealer system from before now will not undo it. Raises Forbidden where somebody who is only
    a service manager gives or takes a role of the group.
    """
    require_manager(book, employee.dealership_id)
    after_roles = sorted({role.value for role in roles})
    after = {"roles": after_roles, "active": active}
    before = {"roles": employee.roles, "active": employee.active}
    if before == after:
        return
    if not _OF_THE_GROUP.isdisjoint(set(employee.roles) ^ set(after_roles)):
        require_role(book, employee.dealership_id, Role.GROUP_MANAGER, Role.ADMIN)
    employee.roles, employee.active, employee.as_of = after_roles, active, book.now
    record_audit(
        book, "EMPLOYEE_CHANGED", "employee", employee.id,
        dealership_id=employee.dealership_id, before=before, after=after,
    )  # fmt: skip


def visible_dealerships(book: Book, employee: Employee) -> frozenset[int]:
    """The ids of the dealerships the employee may see: his own and those granted."""
    granted = (scope.dealership_id for scope in book.many(SCOPES_OF_EMPLOYEE, employee.id) if scope.active)
    return frozenset([employee.dealership_id, *granted])


def grant_dealership(book: Book, employee: Employee, dealership: Dealership) -> None:
    """Let the employee see another dealership; granting twice changes nothing."""
    _set_scope(book, employee, dealership, active=True)


def revoke_dealership(book: Book, employee: Employee, dealership: Dealership) -> None:
    """Take the sight of another dealership away; his own stays."""
    _set_scope(book, employee, dealership, active=False)


def _set_scope(book: Book, employee: Employee, dealership: Dealership, *, active: bool) -> None:
    require_manager(book, dealership.id)
    scopes = book.many(SCOPES_OF_EMPLOYEE, employee.id)
    scope = next((scope for scope in scopes if scope.dealership_id == dealership.id), None)
    if (scope is not None and scope.active) == active:
        return
    if scope is None:
        book.add(EmployeeScope(employee_id=employee.id, dealership_id=dealership.id))
    else:
        scope.active = active
    action = "DEALERSHIP_GRANTED" if active else "DEALERSHIP_REVOKED"
    record_audit(book, action, "employee", employee.id, dealership_id=dealership.id)


def _values(data: EmployeeData) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "name" in data:
        values["name"] = needed(data["name"], "employee.name", 200)
    if "roles" in data:
        values["roles"] = sorted({role.value for role in data["roles"]})
    if "active" in data:
        values["active"] = bool(data["active"])
    return values
