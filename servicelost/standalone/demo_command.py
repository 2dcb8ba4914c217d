"""`demo` of the standalone application: the simulated dealerships, and sign-ins to look at them."""

from datetime import datetime

import click

from servicelost.cli.demo import Wanted, demo_options, load_and_show
from servicelost.cli.installation import open_runtime
from servicelost.standalone.first_start import make_first_accounts, show_sign_ins


@click.command()
@demo_options
def demo(visits: int, until: datetime | None, seed: int) -> None:
    """Load two simulated dealerships into the database, unless they are there, and show their losses."""
    runtime = open_runtime()
    load_and_show(runtime, Wanted(visits, until, seed))
    show_sign_ins(make_first_accounts(runtime, demo=True))
    click.echo("Start with 'servicelost run'.")
