"""The API's own description: as a document for tools, and as a page for people that needs no network."""

from typing import Any

from flask import current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from servicelost.web.api.blueprint import add_undescribed
from servicelost.web.api.document import openapi_document
from servicelost.web.permissions import Action, allowed_for

_METHODS = ("get", "post", "put", "patch", "delete")


@allowed_for(Action.PUBLIC)
def show_document() -> ResponseReturnValue:
    """The OpenAPI document."""
    return jsonify(openapi_document(current_app))


@allowed_for(Action.PUBLIC)
def show_page() -> ResponseReturnValue:
    """The document to read."""
    document = openapi_document(current_app)
    schemas = document["components"]["schemas"]
    return render_template(
        "servicelost_api/docs.html",
        info=document["info"],
        operations=_operations(document),
        events=schemas["Event"]["oneOf"],
        schemas={name: schema for name, schema in schemas.items() if "properties" in schema},
    )


def _operations(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Every operation under its tag, with its method and path."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                operation = item[method]
                shared = item.get("parameters", [])
                shown = {**operation, "method": method.upper(), "path": path}
                shown["parameters"] = [*shared, *operation.get("parameters", [])]
                grouped.setdefault(operation["tags"][0], []).append(shown)
    return grouped


add_undescribed("/openapi.json", "openapi", show_document)
add_undescribed("/docs", "docs", show_page)
