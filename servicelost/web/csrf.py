"""Proof that a form of ours was sent from a page of ours: a random cookie and a token signed over it.

It needs neither the host's session nor anything app-wide. Calls with an API token need no proof.
"""

import hmac
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, current_app, request

from servicelost.kernel.errors import Forbidden
from servicelost.web.current import current_runtime, kept
from servicelost.web.identity import find_caller
from servicelost.web.signing import signature

F = TypeVar("F", bound=Callable[..., Any])

COOKIE = "servicelost_csrf"
FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_NONCE_CHARS = 43
_ATTRIBUTE = "servicelost_harmless"


def csrf_token() -> str:
    """The token for a form on the page being made; sets the cookie with the answer if there is none."""
    nonce = _nonce()
    if nonce is None:
        nonce = kept()["csrf"] = secrets.token_urlsafe(32)
    return _sign(nonce)


def require_csrf() -> None:
    """Before every view: refuse an unsafe request of a browser without the token. Raises Forbidden."""
    if request.method in _SAFE or _is_harmless() or _called_by_token():
        return
    nonce = _nonce()
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if nonce is None or not hmac.compare_digest(_sign(nonce).encode(), sent.encode()):
        raise Forbidden(
            "CSRF", "this form is no longer valid: reload the page and send it again (nothing was changed)"
        )


def set_csrf_cookie(response: Response) -> Response:
    """After every view: hand out the cookie where a token was made without one."""
    if "csrf" in kept():
        settings = current_runtime().settings
        response.set_cookie(
            COOKIE,
            kept()["csrf"],
            path=(request.script_root + settings.url_prefix) or "/",
            httponly=True,
            samesite="Lax",
            secure=request.is_secure or settings.secure_cookies,
        )
    return response


def harmless(view: F) -> F:
    """Say that a view changes nothing, whatever the method; then nobody needs to prove anything."""
    setattr(view, _ATTRIBUTE, True)
    return view


def _is_harmless() -> bool:
    return getattr(current_app.view_functions[request.endpoint or ""], _ATTRIBUTE, False)


def _called_by_token() -> bool:
    caller = find_caller()
    return caller is not None and caller.by_token


def _nonce() -> str | None:
    nonce: str = kept().get("csrf") or request.cookies.get(COOKIE, "")
    return nonce if len(nonce) == _NONCE_CHARS and nonce.isascii() else None


def _sign(nonce: str) -> str:
    return signature("csrf", nonce)
