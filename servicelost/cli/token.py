"""`token`: the secrets by which other systems call the API."""

from collections.abc import Sequence
from datetime import timedelta

import click

from servicelost.cli.installation import open_runtime
from servicelost.directory.dealerships import dealership_by_code
from servicelost.kernel.actor import SYSTEM
from servicelost.web.scopes import Scope, read_scopes
from servicelost.web.tokens import create_token, list_tokens, revoke_token


@click.group()
def token() -> None:
    """Make, list and revoke API tokens."""


@token.command()
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, help=f"One of {', '.join(Scope)}; repeat it."
)
@click.option("--dealership", "codes", multiple=True, help="Code of a dealership it may see; default: all.")
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires; default: never.")
def create(name: str, scopes: Sequence[str], codes: Sequence[str], days: int | None) -> None:
    """Make a token for the system NAME and print it: it cannot be shown again."""
    runtime = open_runtime()
    with runtime.unit(SYSTEM) as book:
        sight = [dealership_by_code(book, code).id for code in codes] or None
        expires_at = None if days is None else book.now + timedelta(days=days)
        made, secret = create_token(
            book, name, read_scopes(scopes), dealership_ids=sight, expires_at=expires_at
        )
    click.echo(f"Token {made.name!r} made; keep it safe, it is not shown again:", err=True)
    click.echo(secret)


@token.command("list")
def list_command() -> None:
    """List all tokens, without their secrets."""
    with open_runtime().unit(SYSTEM, reading=True) as book:
        for row in list_tokens(book):
            state = (
                "revoked"
                if row.revoked_at
                else f"expires {row.expires_at:%Y-%m-%d}"
                if row.expires_at
                else "good"
            )
            click.echo(f"{row.name}\t{row.hint}...\t{state}\t{' '.join(row.scopes)}")


@token.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Make the token NAME worthless from now on."""
    with open_runtime().unit(SYSTEM) as book:
        revoke_token(book, name)
    click.echo(f"Token {name!r} is revoked.", err=True)
