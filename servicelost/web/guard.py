"""What every request to one of our blueprints passes: size, permission, proof of origin, headers.

One call a blueprint, so that no view can forget it.
"""

from flask import Blueprint, request

from servicelost.kernel.errors import NotFound
from servicelost.web.csrf import csrf_token, require_csrf, set_csrf_cookie
from servicelost.web.current import current_runtime
from servicelost.web.errors import Answer, handle_errors
from servicelost.web.headers import add_headers
from servicelost.web.permissions import require_permission
from servicelost.web.schemas.fields import HIGHEST_ID


def guard(blueprint: Blueprint, answer: Answer) -> None:
    """Put the checks before, the headers after the blueprint's views, and tell its errors by `answer`."""
    blueprint.before_request(_limit_body)
    blueprint.before_request(_refuse_impossible_ids)
    blueprint.before_request(require_permission)
    blueprint.before_request(require_csrf)
    blueprint.after_request(set_csrf_cookie)
    blueprint.after_request(add_headers)
    blueprint.context_processor(lambda: {"csrf_token": csrf_token})
    handle_errors(blueprint, answer)


def _limit_body() -> None:
    request.max_content_length = current_runtime().settings.max_body_bytes


def _refuse_impossible_ids() -> None:
    """No row has an id that no database could hold."""
    for name, value in (request.view_args or {}).items():
        if isinstance(value, int) and value > HIGHEST_ID:
            raise NotFound("NOT_FOUND", f"there is no {name.removesuffix('_id')} with so large an id")
