"""`report`: which reports there are, and running one here or by a worker."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from servicelost.analytics.exports import FORMATS, export
from servicelost.analytics.exports.terminal import print_report
from servicelost.analytics.present import present
from servicelost.analytics.registry import REPORTS
from servicelost.cli.installation import open_runtime
from servicelost.cli.printing import terminal
from servicelost.cli.writing import TERMINAL, write_whole
from servicelost.kernel.actor import SYSTEM
from servicelost.runtime import Runtime
from servicelost.web.reporting import start_run
from servicelost.wiring.inline import run_now

F = TypeVar("F", bound=Callable[..., Any])

_HELP = {
    "from": "First day, such as 2026-01-01.",
    "to": "Last day.",
    "dealership": "Code of a dealership; repeat it for several.",
    "grain": "Length of a period: week, month, quarter or year.",
    "part": "Number of a part; repeat it for several.",
    "skill": "Skill as the workshop's capacity names it; repeat it, 'none' is work that says none.",
    "weekday": "Day of the week from 1 (Monday) to 7; repeat it for several.",
    "group_by": "What else to group by; 'report list' says what is possible.",
}
PARAMETERS = tuple(dict.fromkeys(name for spec in REPORTS.values() for name in spec.parameters))


def parameter_options(command: F) -> F:
    """An option for each parameter that any report has."""
    for name in reversed(PARAMETERS):
        text = _HELP.get(name, "Only these; repeat it for several, 'none' is where nothing is recorded.")
        command = click.option(f"--{name.replace('_', '-')}", f"p_{name}", multiple=True, help=text)(command)
    return command


@click.group()
def report() -> None:
    """List reports and run them."""


@report.command("list")
def list_command() -> None:
    """List the reports with the question each answers."""
    for spec in REPORTS.values():
        click.echo(f"{spec.name:<18} {spec.question}")
        click.echo(f"{'':<18} group by: {', '.join(spec.groups) or '-'}")


@report.command("run")
@click.argument("name")
@parameter_options
@click.option(
    "--format",
    "kind",
    type=click.Choice(["table", *FORMATS]),
    default="table",
    show_default=True,
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default=str(TERMINAL),
    help="File to write; default: the terminal.",
)
@click.option("--queue", is_flag=True, help="Let a worker compute it and say where it will be.")
def run_command(name: str, kind: str, output: Path, queue: bool, **given: tuple[str, ...]) -> None:
    """Run the report NAME and print it; on unchanged data the result is there at once."""
    runtime = open_runtime()
    values: dict[str, Any] = {key.removeprefix("p_"): list(value) for key, value in given.items() if value}
    for single in ("from", "to", "grain", "group_by"):
        if single in values:
            values[single] = values[single][-1]
    if queue:
        run = start_run(runtime, SYSTEM, name, values)
        click.echo(f"Report run {run.id} is {run.state}.")
        return
    document = run_now(runtime, SYSTEM, name, values)
    _write(runtime, document, kind, output)


def _write(runtime: Runtime, document: dict[str, Any], kind: str, output: Path) -> None:
    with runtime.unit(SYSTEM, reading=True) as book:
        shown = present(document, book.connection)
    if kind == "table":
        print_report(shown, terminal())
    else:
        write_whole(output, export(shown, kind))
