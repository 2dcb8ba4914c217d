"""The blueprint of the pages and the one way to add a page: path, action and method in one line.

What a page shows stands in the view's own file; the checks around every view come from `web.guard`.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from servicelost.web.current import current_state
from servicelost.web.guard import guard
from servicelost.web.permissions import Action, allowed_for
from servicelost.web.problems import Problem
from servicelost.web.ui.refusals import in_words
from servicelost.web.ui.sending_again import unsent_form

F = TypeVar("F", bound=Callable[..., Any])

# The beginning of a path's row id, such as f"/visits/{ID}visit_id>": no larger than the database knows.
ID = f"<int(max={2**63 - 1}):"


def answer_page(problem: Problem) -> ResponseReturnValue:
    """The problem as a page that says what happened, what is safe and what to do."""
    state = current_state()
    if (
        problem.status == HTTPStatus.UNAUTHORIZED
        and state.sign_in_url is not None
        and request.method == "GET"
    ):
        return redirect(state.sign_in_url())
    return (
        render_template("servicelost/problem.html", problem=in_words(problem), unsent=unsent_form(problem)),
        int(problem.status),
        dict(problem.headers),
    )


pages = Blueprint("servicelost_ui", __name__, template_folder="templates", static_folder=None)
guard(pages, answer_page)


def page(path: str, action: Action, *, method: str = "GET", endpoint: str | None = None) -> Callable[[F], F]:
    """Make a function a page of ours; the endpoint is its name unless another is given."""

    def add(view: F) -> F:
        pages.add_url_rule(path, endpoint or view.__name__, allowed_for(action)(view), methods=[method])
        return view

    return add
