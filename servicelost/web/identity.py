"""Who is calling: a person the host or the standalone app has signed in, or a system with an API token.

Nobody is turned away here; what the caller may do is checked by `permissions`.
"""

import logging
from dataclasses import dataclass
from typing import cast

from flask import request
from sqlalchemy.exc import SQLAlchemyError

from servicelost.kernel.actor import SYSTEM, Actor
from servicelost.kernel.errors import ServiceLostError, StaleRow
from servicelost.web.current import current_runtime, current_state, kept
from servicelost.web.models import ApiToken
from servicelost.web.scopes import Scope, roles_of
from servicelost.web.tokens import MARK, find_token, note_use

log = logging.getLogger(__name__)

_BEARER = "Bearer "


class NotSignedIn(ServiceLostError):
    """The request does not say who is calling, or not truly."""

    def __init__(self, message: str = "sign in, or send an API token: Authorization: Bearer slt_...") -> None:
        super().__init__("NOT_SIGNED_IN", message)


@dataclass(frozen=True)
class Caller:
    """Who makes the request; `scopes` is None for a person, whose roles alone decide."""

    actor: Actor
    scopes: frozenset[Scope] | None = None

    @property
    def by_token(self) -> bool:
        """Whether a system calls with a token of ours: then no browser can be tricked into the call."""
        return self.scopes is not None


def find_caller() -> Caller | None:
    """Who makes this request, looked up once; raises NotSignedIn for a token that is not good."""
    if "caller" not in kept():
        kept()["caller"] = None  # where looking fails, the page that says so must not look again
        kept()["caller"] = _identify()
    return cast(Caller | None, kept()["caller"])


def current_caller() -> Caller:
    """Who makes this request; raises NotSignedIn."""
    caller = find_caller()
    if caller is None:
        raise NotSignedIn
    return caller


def current_actor() -> Actor:
    """In whose name this request acts; raises NotSignedIn."""
    return current_caller().actor


def _identify() -> Caller | None:
    sent = request.headers.get("Authorization", "")
    if sent.startswith(_BEARER + MARK):
        return _by_token(sent.removeprefix(_BEARER).strip())
    actor = current_state().identity()
    return None if actor is None else Caller(actor)


def _by_token(secret: str) -> Caller:
    with current_runtime().unit(SYSTEM, glance=True) as book:
        token = find_token(book, secret)
        if token is None:
            raise NotSignedIn("this API token is unknown, expired or revoked")
        known, is_new_day = token, token.last_used_on != book.now.date()
    if is_new_day:
        _note_use(known)
    return _caller_of(known)


def _note_use(token: ApiToken) -> None:
    """Who only reads is not refused because nothing can be written now."""
    try:
        current_runtime().repeated(SYSTEM, lambda book: note_use(book, token.id))
    except (SQLAlchemyError, StaleRow) as error:
        log.warning("that token %s was used today could not be noted: %s", token.id, type(error).__name__)


def _caller_of(token: ApiToken) -> Caller:
    scopes = frozenset(Scope(name) for name in token.scopes)
    sight = None if token.dealership_ids is None else frozenset(token.dealership_ids)
    return Caller(Actor(token.name, roles_of(scopes), sight), scopes)
