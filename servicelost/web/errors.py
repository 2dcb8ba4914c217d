"""Error answers of our blueprints, and of them only: a host's own pages keep the host's handlers.

Handlers are registered by status code, since a blueprint's handler for a class loses to a host's for a code.
"""

from collections.abc import Callable

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from servicelost.kernel.errors import ServiceLostError
from servicelost.web.problems import Problem, describe

_STATUSES = (400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 414, 415, 422, 428, 429, 500, 503)

Answer = Callable[[Problem], ResponseReturnValue]


def handle_errors(blueprint: Blueprint, answer: Answer) -> None:
    """Let the blueprint's errors be told by `answer`."""

    def handle(error: Exception) -> ResponseReturnValue:
        return answer(describe(error))

    for status in _STATUSES:
        blueprint.register_error_handler(status, handle)
    for kind in (ServiceLostError, SQLAlchemyError, OSError):
        blueprint.register_error_handler(kind, handle)


def answer_json(problem: Problem) -> ResponseReturnValue:
    """The problem in the one JSON shape of the API."""
    return jsonify(problem.as_json()), int(problem.status), dict(problem.headers)
