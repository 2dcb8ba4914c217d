"""The first sign-ins of a new installation, with passwords made up here and shown once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from servicelost.directory.dealerships import list_dealerships
from servicelost.directory.models import Employee
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.kernel.book import Book
from servicelost.runtime import Runtime
from servicelost.standalone.accounts import create_account
from servicelost.standalone.models import Account
from servicelost.standalone.passwords import make_password

_DEMO_ROLES = (Role.SERVICE_MANAGER, Role.SERVICE_ADVISOR, Role.BDC_AGENT)


@dataclass(frozen=True)
class SignIn:
    """A new account with its password, to be shown once and forgotten."""

    username: str
    password: str
    roles: tuple[Role, ...]
    person: str | None = None


def make_first_accounts(runtime: Runtime, *, demo: bool = False) -> list[SignIn]:
    """An account for an administrator, in a demonstration also for people of the dealership.

    Gives nothing and changes nothing where there is an account already.
    """
    with runtime.unit(SYSTEM) as book:
        if book.connection.scalar(select(Account.id).limit(1)) is not None:
            return []
        everything = SignIn("admin", make_password(), (Role.ADMIN, Role.GROUP_MANAGER))
        create_account(book, everything.username, everything.password, everything.roles)
        return [everything, *(_demo_accounts(book) if demo else ())]


def _demo_accounts(book: Book) -> Iterable[SignIn]:
    """One account for each kind of work at the first dealership, in the name of somebody who does it."""
    dealership = list_dealerships(book)[0]
    people = book.connection.execute(
        select(Employee.id).where(Employee.dealership_id == dealership.id).order_by(Employee.id)
    )
    employees = [book.get(Employee, row.id) for row in people]
    for role in _DEMO_ROLES:
        person = next((one for one in employees if role.value in one.roles), None)
        if person is None:
            continue
        username = person.name.split()[0].casefold()
        made = SignIn(username, make_password(), (role,), person.name)
        create_account(
            book,
            username,
            made.password,
            made.roles,
            dealership_ids=[dealership.id],
            employee_id=person.id,
        )
        yield made
