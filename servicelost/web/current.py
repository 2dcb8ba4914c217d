"""What belongs to the application and the request at hand, reached in one place.

Only lookups; what an actor may do stands in `permissions`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from flask import current_app, request

from servicelost.kernel.actor import Actor
from servicelost.runtime import NAME, Runtime

WEB = f"{NAME}_web"
_MOST_ID_CHARS = 64

Identity = Callable[[], Actor | None]


@dataclass(frozen=True)
class WebState:
    """How one application mounts us.

    `identity` names who is signed in at the host; `sign_in_url` gives the page to send anybody else to, if
    the application has one.
    """

    identity: Identity
    sign_in_url: Callable[[], str] | None = None


def current_runtime() -> Runtime:
    """The runtime of the current application."""
    return cast(Runtime, current_app.extensions[NAME])


def current_state() -> WebState:
    """How the current application mounts us."""
    return cast(WebState, current_app.extensions[WEB])


def kept() -> dict[str, Any]:
    """What we remember for the length of this request.

    Not in `flask.g`, which a host may keep open over several requests, as tests do.
    """
    return cast(dict[str, Any], request.environ.setdefault(NAME, {}))


def current_request_id() -> str:
    """The id this request is known by in answers and logs: the caller's own if it sent a plain one."""
    if "request_id" not in kept():
        sent = request.headers.get("X-Request-ID", "")
        plain = sent.isascii() and sent.replace("-", "").isalnum() and len(sent) <= _MOST_ID_CHARS
        kept()["request_id"] = sent if plain else uuid4().hex
    return cast(str, kept()["request_id"])
