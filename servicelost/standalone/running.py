"""`run`: a whole installation on one machine, from an empty folder to a page that can be opened.

What each process does is said where it lives; here they are only prepared, started and named.
"""

import fcntl
import logging
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.error import URLError
from urllib.request import urlopen

import click

from servicelost.cli.demo import Wanted, load_and_show
from servicelost.cli.installation import installation
from servicelost.config import Settings
from servicelost.jobs.leftovers import Roll
from servicelost.jobs.queue import serving_queue
from servicelost.jobs.supervisor import Command, supervise
from servicelost.kernel.errors import ServiceLostError
from servicelost.simulate.sizes import SIZES
from servicelost.standalone.first_start import SignIn, make_first_accounts, show_sign_ins
from servicelost.standalone.serving import address_of

_SCRIPT = (sys.executable, "-m", "servicelost.standalone.script")
_READY_SECONDS = 20.0
_LEFTOVER_SECONDS = 10.0


class CannotRun(ServiceLostError):
    """Something on this machine stands in the way."""


@click.command()
@click.option("--demo", is_flag=True, help="Load two simulated dealerships first, if they are not there.")
def run(demo: bool) -> None:
    """Start everything on this machine: web server, worker, scheduler and queue; Ctrl-C stops it."""
    found = installation()
    settings = found.bare_runtime.settings
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with _alone(settings):
        roll = Roll(settings.instance_path / "run.children")
        if left := roll.end_leftovers(_LEFTOVER_SECONDS):
            click.echo(f"Ended {left} processes of an earlier start that was killed.", err=True)
        settings = _with_port(settings)
        runtime = found.runtime
        if demo:
            load_and_show(runtime, Wanted(SIZES["small"]))
        sign_ins = make_first_accounts(runtime, demo=demo)
        runtime.dispose()
        # Held here as well, so that the queue server outlives each of the processes.
        with serving_queue(settings):
            supervise(_commands(settings), started=lambda: _announce(settings, sign_ins), roll=roll)
    click.echo("Stopped.", err=True)


def _commands(settings: Settings) -> list[Command]:
    environment = {"SERVICELOST_PORT": str(settings.port)}
    return [Command(name, (*_SCRIPT, name), environment) for name in ("web", "worker", "cron")]


def _announce(settings: Settings, sign_ins: list[SignIn]) -> None:
    address = address_of(settings)
    if not _answers(f"{address}api/v1/health"):
        click.echo("The web server has not answered yet; see the messages above.", err=True)
    click.echo(f"\nservicelost is running: {address}")
    show_sign_ins(sign_ins)
    click.echo("Stop with Ctrl-C.")


def _answers(url: str) -> bool:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=2):  # noqa: S310 - our own address
                return True
        except (URLError, OSError):
            time.sleep(0.1)
    return False


def _with_port(settings: Settings) -> Settings:
    """The settings with a port that is free now; raises CannotRun when the one asked for is not."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            message = f"cannot listen on {settings.host} port {settings.port}: {error.strerror}; "
            raise CannotRun("PORT", f"{message}choose another with SERVICELOST_PORT") from error
        return replace(settings, port=probe.getsockname()[1])


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Refuse to run twice in one instance folder."""
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    with (settings.instance_path / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"servicelost already runs in {settings.instance_path}: stop it, or use another"
            raise CannotRun("RUNS_ALREADY", f"{message} SERVICELOST_INSTANCE_PATH") from None
        yield
