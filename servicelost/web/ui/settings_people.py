"""Who works at the dealership, as what, and who no longer does.

Who may sign in is not said here: accounts belong to the application around the module.
"""

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from servicelost.directory.employees import change_employee
from servicelost.directory.models import Employee
from servicelost.kernel.actor import Role
from servicelost.kernel.book import Book
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.settings_place import (
    Refused,
    change_row,
    place_of,
    read_place,
    show,
)
from servicelost.web.ui.settings_words import ROLE_WORDS

_ONE = f"/settings/people/{ID}employee_id>"
_OF_THE_GROUP = (Role.GROUP_MANAGER, Role.ADMIN)


@page("/settings/people", Action.READ_SETTINGS)
def settings_people() -> ResponseReturnValue:
    """Everybody, those who still work here first."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        place = read_place(book)
        people = book.connection.execute(
            select(Employee.id, Employee.name, Employee.roles, Employee.active, Employee.source)
            .where(Employee.dealership_id == place.dealership.id)
            .order_by(Employee.active.desc(), Employee.name, Employee.id)
        ).all()
        return show("settings_people", place, people=people, roles=ROLE_WORDS)


@page(_ONE, Action.READ_SETTINGS, endpoint="settings_people_one")
def employee(employee_id: int) -> ResponseReturnValue:
    """One of them with the roles there are."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return _show_one(book, employee_id)


@page(_ONE, Action.CHANGE_SETTINGS, method="POST", endpoint="settings_people_one__save")
def save_employee(employee_id: int) -> ResponseReturnValue:
    """Other roles, or no longer here."""
    return change_row(Employee, employee_id, "employee", _change, _show_one, "settings_people")


def _change(book: Book, row: Employee) -> None:
    sent = {Role(role) for role in request.form.getlist("role") if role in _offered(book)}
    kept = {Role(role) for role in row.roles if role not in _offered(book)}
    change_employee(book, row, roles=sent | kept, active=request.form.get("active") == "1")


def _show_one(book: Book, employee_id: int, refused: Refused | None = None) -> ResponseReturnValue:
    row = get_visible(book, Employee, employee_id)
    offered = _offered(book)
    chosen = row.roles if refused is None else request.form.getlist("role")
    active = row.active if refused is None else request.form.get("active") == "1"
    return show(
        "settings_person", place_of(book, row.dealership_id), refused, row=row, roles=ROLE_WORDS,
        offered=offered, chosen=chosen, active=active,
    )  # fmt: skip


def _offered(book: Book) -> list[Role]:
    """The roles the actor may give and take: those of the group are for the group's own people."""
    everything = book.actor.has_role(*_OF_THE_GROUP)
    return [role for role in Role if everything or role not in _OF_THE_GROUP]
