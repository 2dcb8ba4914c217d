"""Proof that a form of ours was sent from a page of ours: a random cookie and a token signed over it.

It needs neither the host's session nor anything app-wide. Calls with an API token need no proof. The token
looks different on every page, so that a packed page does not give it away by its length.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
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
_PROOF_BYTES = 32
_ATTRIBUTE = "servicelost_harmless"


def csrf_token() -> str:
    """The token for the forms on the page being made; sets the cookie with the answer if there is none."""
    nonce = _nonce()
    if nonce is None:
        nonce = kept()["csrf"] = secrets.token_urlsafe(32)
    if "csrf_pad" not in kept():
        kept()["csrf_pad"] = secrets.token_bytes(_PROOF_BYTES)
    pad = kept()["csrf_pad"]
    return urlsafe_b64encode(pad + _mixed(pad, _proof(nonce))).decode().rstrip("=")


def require_csrf() -> None:
    """Before every view: refuse an unsafe request of a browser without the token. Raises Forbidden."""
    if request.method in _SAFE or _is_harmless() or _called_by_token():
        return
    nonce = _nonce()
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if nonce is None or not hmac.compare_digest(_proof(nonce), _unmasked(sent)):
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


def _proof(nonce: str) -> bytes:
    return bytes.fromhex(signature("csrf", nonce))


def _unmasked(token: str) -> bytes:
    """The proof in a token; nothing in what is no token."""
    try:
        mixed = urlsafe_b64decode(f"{token}==".encode("ascii"))
    except ValueError:
        return b""
    return _mixed(mixed[:_PROOF_BYTES], mixed[_PROOF_BYTES:])


def _mixed(pad: bytes, proof: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(pad, proof, strict=False))
