"""The `servicelost` command: all shared commands and those that only a standalone installation has.

Imported for every call, so it loads nothing but click and the list of commands.
"""

from importlib import import_module

import click

from servicelost import __version__
from servicelost.cli.group import LazyCommand, command_group

_OPENING = "servicelost.standalone.opening"

main = command_group(
    "servicelost",
    run=LazyCommand("servicelost.standalone.running:run", "Start web server, worker, scheduler and queue."),
    web=LazyCommand("servicelost.standalone.serving:web", "Start the web server alone."),
    demo=LazyCommand(
        "servicelost.standalone.demo_command:demo", "Load two simulated dealerships and sign-ins."
    ),
    account=LazyCommand("servicelost.standalone.account_commands:account", "Manage who may sign in."),
)
click.version_option(__version__)(main)


@click.pass_context
def _open(ctx: click.Context) -> None:
    ctx.obj = import_module(_OPENING).standalone_installation()


main.callback = _open

if __name__ == "__main__":
    main(prog_name="servicelost")
