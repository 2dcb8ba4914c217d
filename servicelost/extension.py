"""The Flask extension: mounts the module into an application and owns nothing else of it.

What is mounted stands in `web`, what it works with in `runtime`, how both are put together in `wiring`.
"""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from servicelost.cli.group import command_group
from servicelost.config import Settings
from servicelost.kernel.clock import Clock
from servicelost.runtime import NAME, EngineSource
from servicelost.web.api.mount import mount_api
from servicelost.web.current import WEB, Identity, WebState
from servicelost.web.ui.mount import mount_pages
from servicelost.wiring import build_runtime


class ServiceLost:
    """`ServiceLost(engine=lambda: db.engine, identity=current_service_actor).init_app(app)`.

    `engine` is the host's SQLAlchemy engine or a callable that gives it (default: a database of our own, by
    `SERVICELOST_DATABASE_URL`); `identity` gives the Actor who is signed in, or None; `sign_in_url` gives the
    page to send anybody else to. One object may mount any number of applications; it keeps none of them.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        engine: EngineSource = None,
        identity: Identity = lambda: None,
        sign_in_url: Callable[[], str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._engine = engine
        self._web = WebState(identity, sign_in_url)
        self._clock = clock
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Mount the module; raises ConfigError for a `SERVICELOST_*` setting that is unknown or wrong."""
        settings = Settings.from_mapping(app.config, instance_path=Path(app.instance_path) / NAME)
        app.extensions[NAME] = build_runtime(settings, engine=self._engine, clock=self._clock)
        app.extensions[WEB] = self._web
        mount_pages(app, settings.url_prefix)
        mount_api(app, settings.url_prefix)
        app.cli.add_command(command_group(NAME))
