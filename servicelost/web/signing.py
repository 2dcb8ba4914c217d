"""Signatures over what a browser keeps for us: with the application's key, for one purpose and one person.

What is signed is not hidden by it.
"""

import hashlib
import hmac

from flask import current_app

from servicelost.web.current import current_runtime
from servicelost.web.identity import find_caller


def signature(purpose: str, text: str) -> str:
    """What only we can write under this text, and only for the caller of this request."""
    caller = find_caller()
    who = "" if caller is None else caller.actor.name
    return hmac.new(_key(), f"servicelost {purpose}\n{text}\n{who}".encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    key = current_app.secret_key or current_runtime().settings.secret_key or b""
    return key.encode() if isinstance(key, str) else key
