"""`demo`: a simulated dealership, so that there is something to look at."""

import click

from servicelost.analytics.exports.terminal import print_report
from servicelost.analytics.present import present
from servicelost.cli.installation import open_runtime
from servicelost.cli.printing import terminal
from servicelost.cli.progress import progress_bars
from servicelost.kernel.actor import SYSTEM
from servicelost.runtime import Runtime
from servicelost.simulate.demo import load_demo
from servicelost.wiring.inline import run_now


@click.command()
def demo() -> None:
    """Load a simulated dealership into the database, unless it is there already, and show its losses."""
    load_and_show(open_runtime())


def load_and_show(runtime: Runtime) -> None:
    """Load the simulated dealership and print the lost-revenue summary."""
    with progress_bars() as tell:
        summary = load_demo(runtime, lambda done, total: tell("events", done, total))
    if summary.events:
        click.echo(
            f"Loaded the simulated dealership {summary.dealership}: {summary.events:,} events.", err=True
        )
    for problem in summary.problems:
        click.echo(f"not as expected: {problem}", err=True)
    document = run_now(runtime, SYSTEM, "lost-revenue", {})
    with runtime.unit(SYSTEM, reading=True) as book:
        shown = present(document, book.connection)
    print_report({**shown, "sections": shown["sections"][:1]}, terminal())
