"""`account`: who may sign in to the standalone application."""

from collections.abc import Sequence

import click

from servicelost.cli.installation import open_runtime
from servicelost.directory.dealerships import dealership_by_code
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.standalone.accounts import change_password, create_account, list_accounts, set_active
from servicelost.standalone.passwords import make_password


@click.group()
def account() -> None:
    """Manage who may sign in."""


@account.command()
@click.argument("username")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([*Role]))
@click.option("--dealership", "codes", multiple=True, help="Code of a dealership to see; default: all.")
def add(username: str, roles: Sequence[str], codes: Sequence[str]) -> None:
    """Add the account USERNAME and print a password for it."""
    password = make_password()
    with open_runtime().unit(SYSTEM) as book:
        sight = [dealership_by_code(book, code).id for code in codes] or None
        create_account(book, username, password, [Role(role) for role in roles], dealership_ids=sight)
    click.echo(f"Account {username!r} added; its password, not shown again:", err=True)
    click.echo(password)


@account.command("list")
def list_command() -> None:
    """List all accounts."""
    with open_runtime().unit(SYSTEM, reading=True) as book:
        for row in list_accounts(book):
            state = "active" if row.active else "locked"
            click.echo(f"{row.username}\t{state}\t{' '.join(row.roles)}")


@account.command()
@click.argument("username")
def password(username: str) -> None:
    """Give USERNAME a new password and print it; open sessions end."""
    made = make_password()
    with open_runtime().unit(SYSTEM) as book:
        change_password(book, username, made)
    click.echo(f"The new password of {username!r}, not shown again:", err=True)
    click.echo(made)


@account.command()
@click.argument("username")
def lock(username: str) -> None:
    """Keep USERNAME from signing in; open sessions end."""
    _set_active(username, active=False)


@account.command()
@click.argument("username")
def unlock(username: str) -> None:
    """Let USERNAME sign in again."""
    _set_active(username, active=True)


def _set_active(username: str, *, active: bool) -> None:
    with open_runtime().unit(SYSTEM) as book:
        set_active(book, username, active=active)
    click.echo(f"Account {username!r} is {'active' if active else 'locked'}.", err=True)
