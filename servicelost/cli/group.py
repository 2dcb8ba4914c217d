"""The list of commands, known without loading any of them, so that help and completion answer at once.

Every error of the house becomes one sentence on stderr here, with its exit code; no command does that itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click
from typing_extensions import override

from servicelost.kernel.errors import InvalidInput, NotFound, ServiceLostError, Unavailable

_MOST_PROBLEMS = 10


@dataclass(frozen=True)
class LazyCommand:
    """Where a command is found (``module:name``) and the line of help it shows in lists."""

    target: str
    help: str

    def load(self) -> click.Command:
        """Import the command."""
        module, _, name = self.target.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


COMMANDS: Mapping[str, LazyCommand] = {
    "demo": LazyCommand("servicelost.cli.demo:demo", "Load two simulated dealerships to look at."),
    "db": LazyCommand("servicelost.cli.db:db", "Create, update and check the database tables."),
    "import": LazyCommand("servicelost.cli.importing:import_command", "Import a dealer's exported files."),
    "report": LazyCommand("servicelost.cli.report:report", "List reports and run them."),
    "lake": LazyCommand("servicelost.cli.lake:lake", "Look after the store that reports are computed from."),
    "worker": LazyCommand("servicelost.cli.processes:worker", "Run jobs until stopped."),
    "cron": LazyCommand("servicelost.cli.processes:cron", "Ask for the periodic jobs until stopped."),
    "token": LazyCommand("servicelost.cli.token:token", "Make, list and revoke API tokens."),
    "openapi": LazyCommand("servicelost.cli.openapi:openapi", "Print the description of the HTTP API."),
}


class LazyGroup(click.Group):
    """A group that imports a command only when it is run or asked for its help."""

    def __init__(self, *args: Any, lazy: Mapping[str, LazyCommand], **options: Any) -> None:
        super().__init__(*args, **options)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order they were declared."""
        return [*self._lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        lazy = self._lazy.get(cmd_name)
        return lazy.load() if lazy else super().get_command(ctx, cmd_name)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from what is known without importing them."""
        rows = [(name, lazy.help) for name, lazy in self._lazy.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of the house becomes a sentence and an exit code."""
        try:
            return super().invoke(ctx)
        except ServiceLostError as error:
            raise _failure(error) from error
        except Exception as error:
            told = _foreign(error)
            if told is None:
                raise
            raise click.ClickException(told) from error


class Misuse(click.ClickException):
    """What was asked cannot be done as it was written; other errors were understood and failed (code 1)."""

    exit_code = 2


def command_group(name: str, **more: LazyCommand) -> LazyGroup:
    """All commands under this name, with the caller's own first, also in place of the shared ones."""
    text = "Finds what a service department loses, where and why."
    return LazyGroup(
        name, lazy={**more, **{key: own for key, own in COMMANDS.items() if key not in more}}, help=text
    )


def _foreign(error: Exception) -> str | None:
    """A sentence for what files, database and missing packages do to us; None for a fault of our own."""
    if isinstance(error, ModuleNotFoundError) and error.name == "psycopg":
        return "PostgreSQL needs a driver: pip install 'servicelost[postgres]'"
    # Imported only now: help must not wait for SQLAlchemy.
    outage = import_module("servicelost.kernel.outages").outage_of(error)
    if outage is not None:
        return str(outage)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return None


def _failure(error: ServiceLostError) -> click.ClickException:
    listed = [f"  {problem.field}: {problem.message}" for problem in error.errors[:_MOST_PROBLEMS]]
    already_said = len(error.errors) <= 1 or all(problem.message in error.message for problem in error.errors)
    told = str(error) if isinstance(error, Unavailable) else error.message
    text = "\n".join([told, *([] if already_said else listed)])
    misused = isinstance(error, InvalidInput | NotFound) or error.code == "CONFIG"
    return Misuse(text) if misused else click.ClickException(text)
