"""`lake`: the columnar store that reports are computed from."""

import click

from servicelost.analytics.lake.condition import status as lake_status
from servicelost.analytics.lake.upkeep import Upkeep
from servicelost.analytics.lake.upkeep import rebuild as rebuild_lake
from servicelost.analytics.lake.upkeep import refresh as refresh_lake
from servicelost.analytics.lake.verification import verify as verify_lake
from servicelost.cli.installation import open_runtime
from servicelost.cli.progress import progress_bars
from servicelost.kernel.actor import SYSTEM
from servicelost.runtime import Runtime


@click.group()
def lake() -> None:
    """Look after the store that reports are computed from."""


@lake.command()
def refresh() -> None:
    """Take over what changed in the database since the last time."""
    runtime = open_runtime()
    with progress_bars() as tell:
        _say(refresh_lake(runtime.engine, runtime.lake_url, runtime.clock, progress=tell))


@lake.command()
def rebuild() -> None:
    """Build the lake anew from the whole database; reports go on meanwhile."""
    runtime = open_runtime()
    with progress_bars() as tell:
        _say(rebuild_lake(runtime.engine, runtime.lake_url, runtime.clock, progress=tell))


@lake.command()
@click.option(
    "--verify", is_flag=True, help="Compare counts and sums with the database; fail if they differ."
)
def status(verify: bool) -> None:
    """Show the lake's state and what waits to be taken over."""
    runtime = open_runtime()
    with runtime.unit(SYSTEM, reading=True) as book:
        found = lake_status(book.connection, runtime.lake_url)
    click.echo(f"folder   {found.folder}")
    if found.as_of is None:
        click.echo("There is no lake yet: the first report builds it, or 'lake refresh'.")
        return
    click.echo(f"state    {found.number} of {found.as_of:%Y-%m-%d %H:%M} UTC")
    since = f", the oldest since {found.oldest_pending:%Y-%m-%d %H:%M} UTC" if found.oldest_pending else ""
    click.echo(f"waiting  {found.pending} changes{since}")
    for fact in found.facts:
        click.echo(f"  {fact.name:<16} {fact.rows:>12,} rows in {fact.files} files, {fact.size:,} bytes")
    if verify:
        _verify(runtime)


def _verify(runtime: Runtime) -> None:
    differences = verify_lake(runtime.engine, runtime.lake_url)
    if differences:
        told = "\n  ".join(str(difference) for difference in differences)
        raise click.ClickException(f"the lake differs from the database; run 'lake rebuild':\n  {told}")
    click.echo("The lake says what the database says.")


def _say(done: Upkeep) -> None:
    what = "rebuilt" if done.rebuilt else "up to date"
    click.echo(f"The lake is {what}: state {done.manifest.number}, {done.rows:,} rows written.", err=True)
