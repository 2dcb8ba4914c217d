"""`demo`: a simulated dealership, so that there is something to look at."""

import click

from servicelost.cli.installation import open_runtime
from servicelost.runtime import Runtime


@click.command()
def demo() -> None:
    """Load a simulated dealership into an empty database."""
    load_demo(open_runtime())


def load_demo(runtime: Runtime) -> None:
    """Load the simulated dealership unless there are dealerships already; shows progress on stderr."""
    raise NotImplementedError(runtime)
