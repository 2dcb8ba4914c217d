"""The text somebody searched for last, kept by his own browser alone, so that going back finds it again.

An address would carry a customer's name into histories and logs. The cookie goes to the page of the search
and nowhere else, is forgotten with the browser's session, and says nothing to somebody else who signs in.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Response, request, url_for

from servicelost.web.current import current_runtime
from servicelost.web.searching import LONGEST_TEXT
from servicelost.web.signing import signature

COOKIE = "servicelost_search"
_PURPOSE = "search"


def keep_text(response: Response, text: str) -> None:
    """Let the browser keep the text; an empty one is forgotten."""
    packed = urlsafe_b64encode(text.encode()).decode()
    response.set_cookie(
        COOKIE,
        f"{packed}.{signature(_PURPOSE, packed)}" if text else "",
        max_age=None if text else 0,
        path=url_for(".search"),
        httponly=True,
        samesite="Strict",
        secure=request.is_secure or current_runtime().settings.secure_cookies,
    )


def kept_text() -> str:
    """The text as this person sent it last, nothing if there is none."""
    packed, _, signed = request.cookies.get(COOKIE, "").partition(".")
    if not packed or not hmac.compare_digest(signature(_PURPOSE, packed).encode(), signed.encode()):
        return ""
    return urlsafe_b64decode(packed).decode()[:LONGEST_TEXT]
