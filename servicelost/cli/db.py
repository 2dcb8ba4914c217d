"""`db`: the tables of the installation."""

import click

from servicelost.cli.drafting import draft_migration
from servicelost.cli.installation import NotUpgraded, installation
from servicelost.migrations import find_drift, is_current, upgrade


@click.group()
def db() -> None:
    """Create, update and check the database tables."""


@db.command("upgrade")
def upgrade_command() -> None:
    """Bring our tables up to date; other tables of the database are not touched."""
    engine = installation().bare_runtime.engine
    upgrade(engine)
    click.echo(f"The tables are up to date ({engine.dialect.name}).", err=True)


@db.command()
def check() -> None:
    """Fail if the tables are not those this version works with."""
    found = installation()
    if not is_current(found.bare_runtime.engine):
        raise NotUpgraded(f"{found.program} db upgrade")
    drift = find_drift(found.bare_runtime.engine)
    if drift:
        raise click.ClickException("the tables were changed by somebody else:\n  " + "\n  ".join(drift))
    click.echo("The tables are up to date.", err=True)


@db.command(hidden=True)
@click.argument("message")
def draft(message: str) -> None:
    """Write a migration for what the models have and the latest migration has not (for developers)."""
    click.echo(draft_migration(message))
