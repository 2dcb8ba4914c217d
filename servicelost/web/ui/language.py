"""Choosing the language of the pages, for oneself and from now on."""

from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.administration.people import LANGUAGE, choose
from servicelost.kernel.errors import FieldProblem, InvalidInput
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import LANGUAGES
from servicelost.web.permissions import Action
from servicelost.web.ui.addresses import local_address
from servicelost.web.ui.blueprint import page


@page("/language", Action.CHOOSE_LANGUAGE, method="POST")
def choose_language() -> ResponseReturnValue:
    """Speak the chosen language to this person, and go back to where she was."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        expected = ", ".join(LANGUAGES)
        message = f"{language!r} is not a language of these pages; there are {expected}"
        raise InvalidInput(
            "LANGUAGE", message, errors=[FieldProblem("language", message, language, expected)]
        )
    with current_runtime().unit(current_actor()) as book:
        choose(book, LANGUAGE, language)
    return redirect(local_address(request.form.get("next", "")) or url_for(".home"), HTTPStatus.SEE_OTHER)
