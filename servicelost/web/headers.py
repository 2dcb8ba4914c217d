"""The security headers of our answers: no inline script or style, nothing from elsewhere, no framing.

A host that frames our pages in a template of its own sets its own policy; ours then steps back.
"""

from collections.abc import Mapping

from flask import Response

from servicelost.web.current import current_request_id

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def add_headers(response: Response) -> Response:
    """After every view: add what the answer does not say otherwise; keep private pages out of caches."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = current_request_id()
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
