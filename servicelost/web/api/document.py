"""flask-smorest made to own nothing: no handlers, commands or pages on the host's application.

The description of the API is built when somebody first asks for it, since it takes longer than all else that
mounting does, and is kept per application.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any, cast

from flask import Flask
from flask_smorest import Api, Blueprint

from servicelost import __version__
from servicelost.intake.catalogue import event_schemas
from servicelost.web.schemas.problems import ProblemSchema

OUTAGE = "OUTAGE"
_OUTAGE = {
    "description": "What is needed for this does not work at the moment (DATABASE_UNAVAILABLE, BUSY, "
    "TOOK_TOO_LONG, STORAGE_FULL): send the same again after Retry-After seconds.",
    "headers": {"Retry-After": {"schema": {"type": "integer"}}},
    "content": {"application/json": {"schema": ProblemSchema}},
}
# The name under which flask-smorest keeps our Api beside a host's own.
_CONFIG_PREFIX = "SERVICELOST_"
_ABOUT = """Facts go in as events, decisions about lines are made on visits, what was lost is read from the
ledger and from reports. Call with `Authorization: Bearer <token>`; amounts are decimal strings, times carry
an offset, errors always have one shape."""


class HostFriendlyApi(Api):  # type: ignore[misc] # flask-smorest has no types
    """An Api that describes our blueprint and leaves the rest of the application alone."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._undescribed: list[Callable[[], None]] = []
        self._describing = Lock()

    def describe_later(self, describe: Callable[[], None]) -> None:
        """Add to the description when it is first asked for."""
        self._undescribed.append(describe)

    def document(self) -> dict[str, Any]:
        """The description of everything that is registered."""
        with self._describing:
            while self._undescribed:
                self._undescribed.pop(0)()
            return cast(dict[str, Any], self.spec.to_dict())

    def _register_error_handlers(self) -> None:
        """Register nothing: the stock Api would turn the host's own 404 page into JSON."""

    def _register_doc_blueprint(self) -> None:
        """Register nothing: our pages show the document, without assets from elsewhere."""

    def _init_spec(self, **options: Any) -> None:
        """Make the document, but take the command away that this adds to the host's command line."""
        commands = self._app.cli.commands
        had_one = "openapi" in commands
        super()._init_spec(**options)
        if not had_one:
            commands.pop("openapi", None)


def describe_api(app: Flask, blueprint: Blueprint, url_prefix: str) -> None:
    """Register the blueprint with the application and prepare the description of what is in it."""
    api = HostFriendlyApi(config_prefix=_CONFIG_PREFIX)
    api.init_app(
        app,
        spec_kwargs={
            "title": "servicelost",
            "version": __version__,
            "openapi_version": "3.1.0",
            "info": {"description": _ABOUT},
        },
    )
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.options["security"] = [{"token": []}]
    api.spec.components.response(OUTAGE, _OUTAGE, lazy=True)
    api.register_blueprint(blueprint, url_prefix=url_prefix)
    api.describe_later(lambda: _describe_events(api))


def openapi_document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of the application's API."""
    api: HostFriendlyApi = app.extensions["flask-smorest"]["apis"][_CONFIG_PREFIX]["ext_obj"]
    return api.document()


def _describe_events(api: HostFriendlyApi) -> None:
    one_of = list(event_schemas().values())
    about = "One fact from a source, as the event catalogue says."
    api.spec.components.schema("Event", {"oneOf": one_of, "description": about})
