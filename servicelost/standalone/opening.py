"""The installation of this machine, opened from `SERVICELOST_*` environment variables as far as needed."""

import os
from importlib import import_module
from typing import cast

from flask import Flask

from servicelost.cli.installation import Installation
from servicelost.config import Settings
from servicelost.runtime import Runtime
from servicelost.standalone import models as _standalone_models  # noqa: F401 - declares its tables
from servicelost.wiring import build_runtime

_APP = "servicelost.standalone.app"


def standalone_installation() -> Installation:
    """What the commands of the `servicelost` script work on; raises ConfigError."""
    settings = Settings.from_mapping(os.environ)

    def open_runtime() -> Runtime:
        settings.instance_path.mkdir(parents=True, exist_ok=True)
        return build_runtime(settings)

    def open_app() -> Flask:
        # Most commands need no web application, and loading one takes longer than they do.
        return cast(Flask, import_module(_APP).create_app())

    embedded = settings.database_url.startswith("sqlite:")
    return Installation(open_runtime, open_app, program="servicelost", embedded=embedded)
