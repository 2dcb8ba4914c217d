"""The standalone application: Flask configured from the environment, our extension, and the sign-in pages."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, redirect, request
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from typing_extensions import override
from werkzeug.middleware.proxy_fix import ProxyFix

from servicelost.config import Settings
from servicelost.config.settings import PREFIX
from servicelost.extension import ServiceLost
from servicelost.runtime import NAME
from servicelost.standalone.packing import pack
from servicelost.standalone.pages import blueprint, sign_in_url
from servicelost.standalone.sign_in import signed_in_actor

_KEY_FILE = "secret_key"


def create_app(environment: Mapping[str, str] = os.environ) -> Flask:
    """The application that `SERVICELOST_*` variables describe; raises ConfigError."""
    settings = Settings.from_mapping(environment)
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    app = Flask("servicelost", instance_path=str(settings.instance_path), static_folder=None)
    app.config.from_mapping(
        {key: value for key, value in environment.items() if key.startswith(PREFIX)},
        SERVICELOST_INSTANCE_PATH=settings.instance_path,
        SECRET_KEY=settings.secret_key or kept_secret(settings.instance_path / _KEY_FILE),
        SESSION_COOKIE_NAME="servicelost_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=settings.session_lifetime,
    )
    app.session_interface = _Sessions()
    if proxies := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, proxies, proxies, proxies)  # type: ignore[method-assign]
    ServiceLost(identity=signed_in_actor, sign_in_url=sign_in_url).init_app(app)
    app.extensions[NAME].limit_statements()
    app.after_request(pack)
    app.register_blueprint(blueprint, url_prefix=settings.url_prefix)
    if settings.url_prefix:
        app.add_url_rule("/", "root", lambda: _redirect_to(settings.url_prefix))
    return app


class _Sessions(SecureCookieSessionInterface):
    """Flask's sessions, whose cookie comes back over HTTPS only if it went out over HTTPS."""

    @override
    def get_cookie_secure(self, app: Flask) -> bool:
        return super().get_cookie_secure(app) or request.is_secure


def kept_secret(file: Path) -> str:
    """The key kept in the file; made up and kept, readable by nobody else, when there is none yet."""
    if not file.exists():
        _keep_new_secret(file)
    return file.read_text()


def _keep_new_secret(file: Path) -> None:
    """Let the file appear with its key in it: killed half-way, the next start would read half a key."""
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(secrets.token_urlsafe(48))
    try:
        file.hardlink_to(fresh)
        fresh.unlink()
    except FileExistsError:  # another process was first: its key counts
        fresh.unlink()
    except OSError:  # a file system without links
        fresh.replace(file)


def _redirect_to(path: str) -> ResponseReturnValue:
    return redirect(f"{path}/")
