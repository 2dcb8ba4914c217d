"""The web process: the standalone application behind waitress."""

import gc
import logging
import signal
from types import FrameType

import click
import waitress

from servicelost.cli.installation import installation
from servicelost.config import Settings

# Beyond this the server itself hangs up; up to it, a body that is too large gets a proper answer from us.
_ANSWERED_BODIES = 16
# Open connections, most of them idle: a browser keeps up to six. Beyond it nobody new is let in, so it is far
# above what waitress would allow, and below the 1,024 files that a process may usually have open.
_CONNECTIONS = 900


@click.command()
def web() -> None:
    """Start the web server alone, for a machine whose workers run elsewhere."""
    found = installation()
    settings = found.runtime.settings  # refuses a database that is not up to date
    found.runtime.dispose()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # It warns of every request that waits for a thread, which is nothing to act on.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = found.app
    signal.signal(signal.SIGTERM, _stop)
    # What is loaded now stays. Requests would wait while each search for garbage looks through all of it.
    gc.collect()
    gc.freeze()
    waitress.serve(
        app,
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        ident=None,
        max_request_body_size=_ANSWERED_BODIES * settings.max_body_bytes,
        connection_limit=_CONNECTIONS,
        asyncore_use_poll=True,
    )


def address_of(settings: Settings) -> str:
    """Where a browser on this machine finds the first page."""
    host = "localhost" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - only compared
    return f"http://{host}:{settings.port}{settings.url_prefix}/"


def _stop(_number: int, _frame: FrameType | None) -> None:
    # waitress ends in good order on this, as on Ctrl-C.
    raise SystemExit(0)
