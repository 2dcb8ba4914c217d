"""The API's blueprint and the one way to add an endpoint: method, path, action, schemas in one line.

The wrapper exists because flask-smorest has no types; what it does is all flask-smorest.
"""

from collections.abc import Callable, Collection
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Blueprint as FlaskBlueprint
from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from marshmallow import Schema
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from servicelost.web.api.document import OUTAGE
from servicelost.web.api.parsing import JsonParser
from servicelost.web.csrf import harmless
from servicelost.web.errors import answer_json
from servicelost.web.guard import guard
from servicelost.web.permissions import Action, allowed_for

F = TypeVar("F", bound=Callable[..., Any])
SchemaType = type[Schema] | Schema | None

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_OF_BODIES = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)


class _Blueprint(Blueprint):  # type: ignore[misc] # flask-smorest has no types
    ARGUMENTS_PARSER = JsonParser()

    def register_views_in_doc(self, api: Any, *arguments: Any, **named: Any) -> None:
        """Leave the description until it is asked for."""
        api.describe_later(partial(super().register_views_in_doc, api, *arguments, **named))


blueprint = _Blueprint("servicelost_api", __name__, template_folder="templates", static_folder="static")
guard(blueprint, answer_json)


def endpoint(
    method: str,
    path: str,
    action: Action,
    *,
    tag: str,
    answer: SchemaType = None,
    status: HTTPStatus = HTTPStatus.OK,
    body: SchemaType = None,
    query: SchemaType = None,
    doc: dict[str, Any] | None = None,
    refusals: Collection[HTTPStatus] = (),
    outage: SchemaType = None,
) -> Callable[[F], F]:
    """Make a function an endpoint of the API; it gets `body`, then `query`, then the path's values.

    `refusals` are the statuses it may answer beside those that follow from its form, `outage` is the shape
    of its 503 where that is not the usual error.
    """
    has_body = body is not None or "requestBody" in (doc or {})
    usual = refused_with(action, path, has_body=has_body, has_query=query is not None)

    def add(view: F) -> F:
        described: Any = blueprint.alt_response("default", response="DEFAULT_ERROR")(view)
        for refusal in sorted({*usual, *refusals}):
            described = blueprint.alt_response(refusal, response=refusal.name)(described)
        told = {"response": OUTAGE} if outage is None else {"schema": outage}
        described = blueprint.alt_response(HTTPStatus.SERVICE_UNAVAILABLE, **told)(described)
        # Only the description is wanted of these: each would be one more call in every request.
        made: Any = blueprint.response(status, answer)(_described_as(view, described))
        if query is not None:
            made = blueprint.arguments(_made_once(query), location="query")(made)
        if body is not None:
            made = blueprint.arguments(_made_once(body), location="json")(made)
        if doc:
            made = blueprint.doc(**doc)(made)
        blueprint.add_url_rule(path, view.__name__, allowed_for(action)(made), methods=[method], tags=[tag])
        return view

    return add


def _described_as(view: F, described: Any) -> F:
    view.__dict__["_apidoc"] = described._apidoc
    return view


def _made_once(schema: type[Schema] | Schema) -> Schema:
    """The schema itself: given its class, one would be made for every request."""
    return schema() if isinstance(schema, type) else schema


def refused_with(action: Action, path: str, *, has_body: bool, has_query: bool) -> set[HTTPStatus]:
    """The statuses by which any endpoint of this form may refuse a call."""
    statuses: set[HTTPStatus] = set()
    if action is not Action.PUBLIC:
        statuses |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    if "<" in path:
        statuses.add(HTTPStatus.NOT_FOUND)
    if has_body:
        statuses |= _OF_BODIES
    if has_query:
        statuses.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    return statuses


@harmless
@allowed_for(Action.PUBLIC)
def nothing_here(**_path: str) -> ResponseReturnValue:
    """Answer for paths and methods that are not in the API, which would else get the host's own page."""
    allowed = [method for method in _METHODS if _is_possible(method)]
    if allowed:
        raise MethodNotAllowed(allowed, f"{request.method} is not possible here, only {', '.join(allowed)}")
    raise NotFound(f"there is nothing at {request.path}; what there is, openapi.json says")


def _is_possible(method: str) -> bool:
    adapter = current_app.url_map.bind_to_environ(request.environ)
    try:
        rule, _ = adapter.match(method=method, return_rule=True)
    except (NotFound, MethodNotAllowed, RequestRedirect):
        return False
    return bool(rule.endpoint != request.endpoint)


def add_undescribed(path: str, name: str, view: Callable[..., Any], *methods: str) -> None:
    """Add a view that is not part of what the OpenAPI document describes."""
    FlaskBlueprint.add_url_rule(blueprint, path, name, view, methods=list(methods or ("GET",)))


def add_catch_all() -> None:
    """Answer everything below the API's path that no endpoint answers; call it once, last."""
    # A path converter stops at a line break, which a plain one takes as any other sign.
    for path in ("/<path:rest>", "/<a>", "/<a>/<b>", "/<a>/<b>/<c>"):
        add_undescribed(path, "nothing_here", nothing_here, *_METHODS)
