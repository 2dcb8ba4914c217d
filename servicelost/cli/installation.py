"""The installation a command works on: the host's application, or the standalone one of this machine.

The standalone script puts an `Installation` into click's context; else it is Flask's current application.
"""

from collections.abc import Callable
from functools import cached_property
from typing import cast

import click
from flask import Flask, current_app

from servicelost import migrations
from servicelost.kernel.errors import ServiceLostError
from servicelost.runtime import NAME, Runtime


class NotUpgraded(ServiceLostError):
    """The tables are missing or older than the program."""

    def __init__(self, command: str) -> None:
        super().__init__("NOT_UPGRADED", f"the database tables are missing or out of date: run {command}")


class Installation:
    """One installation, opened as far as a command needs it.

    `embedded` databases of our own are brought up to date without being asked; others are refused until
    somebody has run `db upgrade`.
    """

    def __init__(
        self,
        open_runtime: Callable[[], Runtime],
        open_app: Callable[[], Flask],
        *,
        program: str,
        embedded: bool,
    ) -> None:
        self._open_runtime, self._open_app = open_runtime, open_app
        self.program, self.embedded = program, embedded

    @cached_property
    def bare_runtime(self) -> Runtime:
        """The runtime, whatever state its database is in."""
        return self._open_runtime()

    @cached_property
    def runtime(self) -> Runtime:
        """The runtime with its database up to date; raises NotUpgraded."""
        runtime = self.bare_runtime
        if not migrations.is_current(runtime.engine):
            if not self.embedded:
                raise NotUpgraded(f"{self.program} db upgrade")
            migrations.upgrade(runtime.engine)
        return runtime

    @cached_property
    def app(self) -> Flask:
        """The application."""
        return self._open_app()


def installation() -> Installation:
    """The installation the running command works on."""
    found = click.get_current_context().find_object(Installation)
    return found or Installation(
        lambda: cast(Runtime, current_app.extensions[NAME]),
        lambda: current_app,
        program="flask servicelost",
        embedded=False,
    )


def open_runtime() -> Runtime:
    """The runtime of the installation, its database up to date."""
    return installation().runtime
