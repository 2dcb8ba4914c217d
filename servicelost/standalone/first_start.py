"""The first sign-ins of a new installation, with passwords made up here and shown once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import click
from sqlalchemy import select

from servicelost.directory.dealerships import dealership_by_code
from servicelost.directory.models import EMPLOYEE_BY_SOURCE
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.kernel.book import Book
from servicelost.runtime import Runtime
from servicelost.simulate.dealership import NORTH, SOURCE
from servicelost.standalone.accounts import create_account
from servicelost.standalone.models import ACCOUNT_BY_NAME, Account
from servicelost.standalone.passwords import make_password

_DEMO_ROLES = (Role.SERVICE_ADVISOR, Role.BDC_AGENT, Role.SERVICE_MANAGER, Role.GROUP_MANAGER)
_SHOWN_ONCE = (
    "Sign in as (the passwords are not shown again; 'servicelost account password NAME' makes a new one):"
)
_SHOWN_BEFORE = "Sign-ins were shown at the first start; 'servicelost account list' has the names."


@dataclass(frozen=True)
class SignIn:
    """A new account with its password, to be shown once and forgotten."""

    username: str
    password: str
    roles: tuple[Role, ...]
    person: str | None = None


def make_first_accounts(runtime: Runtime, *, demo: bool = False) -> list[SignIn]:
    """An account for an administrator, in a demonstration also for people of the dealership.

    Where there is an account already, none for an administrator is made; a demonstration never touches one.
    """
    with runtime.unit(SYSTEM) as book:
        first = book.connection.scalar(select(Account.id).limit(1)) is None
        return [*(_administrator(book) if first else ()), *(_demo_accounts(book) if demo else ())]


def show_sign_ins(sign_ins: Sequence[SignIn]) -> None:
    """Print new accounts with their passwords."""
    click.echo(_SHOWN_ONCE if sign_ins else _SHOWN_BEFORE)
    for sign_in in sign_ins:
        who = ", ".join(filter(None, [sign_in.person, *sign_in.roles]))
        click.echo(f"  {sign_in.username:<10} {sign_in.password}   {who}")


def _administrator(book: Book) -> Iterable[SignIn]:
    made = SignIn("admin", make_password(), (Role.ADMIN, Role.GROUP_MANAGER))
    create_account(book, made.username, made.password, made.roles)
    yield made


def _demo_accounts(book: Book) -> Iterable[SignIn]:
    """One account for each kind of work at the first dealership, in the name of somebody who does it.

    Whoever has an account keeps it; a group manager sees all dealerships.
    """
    dealership = dealership_by_code(book, NORTH.code)
    for role in _DEMO_ROLES:
        source_id = NORTH.staff(role)[0]
        person = book.one(EMPLOYEE_BY_SOURCE, dealership.id, SOURCE, source_id)
        if person is None:
            continue
        made = SignIn(person.name.split()[0].casefold(), make_password(), (role,), person.name)
        if book.one(ACCOUNT_BY_NAME, made.username) is not None:
            continue
        sight = None if role is Role.GROUP_MANAGER else [dealership.id]
        create_account(
            book, made.username, made.password, made.roles, dealership_ids=sight, employee_id=person.id
        )
        yield made
