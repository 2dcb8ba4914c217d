"""`demo`: a simulated group of two dealerships, so that there is something to look at.

Signing in to it is the host's business, or of the standalone `demo`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import click

from servicelost.analytics.exports.terminal import print_report
from servicelost.analytics.present import present
from servicelost.cli.installation import open_runtime
from servicelost.cli.printing import terminal
from servicelost.cli.progress import progress_bars
from servicelost.kernel.actor import SYSTEM
from servicelost.runtime import Runtime
from servicelost.simulate.dealership import DEALERSHIPS
from servicelost.simulate.demo import DemoSummary, load_demo
from servicelost.simulate.generate import SEED
from servicelost.simulate.sizes import FEWEST, MOST, SIZES, morning_of, size_of
from servicelost.wiring import housekeeping
from servicelost.wiring.inline import run_now

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Wanted:
    """Which demonstration: so many visits of the group, up to that day (now if none), from this seed."""

    visits: int
    until: datetime | None = None
    seed: int = SEED


def read_size(_ctx: click.Context, _param: click.Parameter, text: str) -> int:
    """The number of visits that a size stands for; raises BadParameter."""
    if text in SIZES:
        return SIZES[text]
    if not (text.isascii() and text.isdigit() and FEWEST <= int(text) <= MOST):
        names = ", ".join(f"{name} ({visits:,})" for name, visits in SIZES.items())
        raise click.BadParameter(f"expected {names} or a number of visits from {FEWEST} to {MOST:,}")
    return int(text)


def demo_options(command: F) -> F:
    """The options that say which demonstration is wanted."""
    size = "small, normal, large, or a number of visits of both dealerships."
    until = "The last day of the story, YYYY-MM-DD, told to half past ten; default: this very moment."
    for option in (
        click.option("--seed", type=click.IntRange(min=0), default=SEED, show_default=True,
                     help="Another seed tells another story."),
        click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help=until),
        click.option("--size", "visits", callback=read_size, default="normal", show_default=True, help=size),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command()
@demo_options
def demo(visits: int, until: datetime | None, seed: int) -> None:
    """Load two simulated dealerships into the database, unless they are there, and show their losses."""
    load_and_show(open_runtime(), Wanted(visits, until, seed))


def load_and_show(runtime: Runtime, wanted: Wanted) -> None:
    """Load the simulated dealerships and print the lost-revenue summary."""
    summaries = load_group(runtime, wanted)
    for summary in summaries:
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


def load_group(runtime: Runtime, wanted: Wanted) -> list[DemoSummary]:
    """Load what is not there yet, and let time act on it as the periodic jobs would."""
    now = runtime.clock.now()
    until = morning_of(wanted.until.date(), now) if wanted.until else now
    with progress_bars() as tell:
        summaries = [
            load_demo(
                runtime,
                partial(tell, place.name),
                dealership=place,
                size=size_of(wanted.visits, place),
                seed=wanted.seed,
                until=until,
            )
            for place in DEALERSHIPS
        ]
    if any(summary.events for summary in summaries):
        for job in (housekeeping.mark_no_shows, housekeeping.expire_quotes, housekeeping.lapse_deferrals,
                    housekeeping.clear_board):  # fmt: skip
            job(runtime)
    return summaries
