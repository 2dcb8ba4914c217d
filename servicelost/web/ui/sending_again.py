"""What was typed into a form that came too late, so that it can be sent again: nothing typed is lost.

A session that has ended or a page that was open too long is no reason to type everything twice. What
another site sends in a person's name is never offered.
"""

from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import request

from servicelost.web.csrf import FIELD
from servicelost.web.current import current_state
from servicelost.web.problems import Problem

_MOST_FIELDS = 500


class Unsent(NamedTuple):
    """A form that was not taken: where it goes, what it holds, and where to sign in first, if one has to."""

    url: str
    fields: list[tuple[str, str]]
    sign_in_url: str | None


def unsent_form(problem: Problem) -> Unsent | None:
    """The form of this request, if it was refused for coming too late and came from a page of ours."""
    signed_out = problem.status == HTTPStatus.UNAUTHORIZED
    if request.method != "POST" or not (signed_out or problem.code == "CSRF") or not _from_our_page():
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != FIELD]
    sign_in = current_state().sign_in_url
    return Unsent(
        request.full_path.rstrip("?"), fields[:_MOST_FIELDS], sign_in() if signed_out and sign_in else None
    )


def _from_our_page() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host
