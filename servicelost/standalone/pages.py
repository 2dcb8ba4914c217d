"""The pages of signing in and out, below the module's own prefix and guarded like all of its pages."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.standalone.sign_in import begin_session, end_session, try_sign_in
from servicelost.web.current import current_runtime
from servicelost.web.guard import guard
from servicelost.web.languages import current_language
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action, allowed_for
from servicelost.web.problems import Problem
from servicelost.web.ui.addresses import local_address

blueprint = Blueprint("servicelost_standalone", __name__, template_folder="templates", static_folder="static")


def sign_in_url() -> str:
    """Where to sign in and come back to the page that was asked for."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
    return url_for("servicelost_standalone.sign_in", next=wanted or None)


@blueprint.get("/sign-in")
@allowed_for(Action.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Show the form."""
    return _form()


@blueprint.post("/sign-in")
@allowed_for(Action.PUBLIC)
def sign_in_now() -> ResponseReturnValue:
    """Check name and password; on success go where the person wanted to."""
    form = request.form
    name, password = form.get("username", ""), form.get("password", "")
    account = try_sign_in(current_runtime(), name, password, request.remote_addr or "")
    if account is None:
        return _form(_("Name or password is not right.")), HTTPStatus.UNAUTHORIZED
    begin_session(account)
    return redirect(local_address(form.get("next", "")) or _home(), HTTPStatus.SEE_OTHER)


@blueprint.post("/sign-out")
@allowed_for(Action.PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End the session."""
    end_session()
    return redirect(url_for("servicelost_standalone.sign_in"), HTTPStatus.SEE_OTHER)


def _form(problem: str | None = None) -> str:
    wanted = local_address(request.values.get("next", ""))
    return render_template(
        "servicelost_standalone/sign_in.html",
        problem=problem,
        next=wanted,
        username=request.form.get("username", "")[:100],
        language=current_language(),
        _=_,
    )


def _answer(problem: Problem) -> ResponseReturnValue:
    return _form(_(problem.message)), int(problem.status), dict(problem.headers)


def _home() -> str:
    return request.script_root + (current_runtime().settings.url_prefix or "/")


guard(blueprint, _answer)
