"""Every setting of an installation: key, default, check and meaning, in one frozen object.

A setting belongs here when it says where and how this installation runs. What a service manager may want to
change (thresholds, windows, default causes) is kept per dealership in `administration` instead.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, TypeVar

from servicelost.config import checks
from servicelost.kernel.errors import FieldProblem, ServiceLostError

PREFIX = "SERVICELOST_"

_SECOND = timedelta(seconds=1)
_MIB = 1024 * 1024
_MINUTE = timedelta(minutes=1)

T = TypeVar("T")


class ConfigError(ServiceLostError):
    """One or more settings are unknown or hold what they must not; each is in `errors`."""

    def __init__(self, problems: Iterable[FieldProblem]) -> None:
        errors = tuple(problems)
        super().__init__("CONFIG", "; ".join(map(_sentence, errors)), errors=errors)


def _sentence(problem: FieldProblem) -> str:
    got = "" if problem.value is None else f", got {problem.value!r}"
    return f"{problem.field}: {problem.message}{got}"


def _setting(default: T, parse: Callable[[Any], T], meaning: str, *, secret: bool = False) -> T:
    """Declare a setting; a secret is kept out of every repr and error message."""
    metadata = {"parse": parse, "meaning": meaning, "secret": secret}
    # A factory, because dataclasses take an empty read-only mapping for a mutable default.
    return field(default_factory=lambda: default, repr=not secret, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    """How this installation runs; read it with `from_mapping`, which checks everything."""

    instance_path: Path = _setting(
        Path("instance"),
        checks.folder,
        "Folder for the embedded database, the lake, the queue server's socket and logs.",
    )
    database_url: str = _setting(
        "",
        checks.url("sqlite", "postgresql"),
        "SQLAlchemy URL of the operational database. Default: an SQLite file in the instance folder.",
        secret=True,
    )
    statement_timeout: timedelta = _setting(
        timedelta(seconds=30),
        checks.duration(_SECOND, 0, 3600),
        "Seconds after which PostgreSQL gives up a statement of the standalone web server; 0: never. Jobs, "
        "imports and commands have no limit, and one that server, role or URL set stands.",
    )
    redis_url: str | None = _setting(
        None,
        checks.url("redis", "rediss", "unix"),
        "URL of a Redis or Valkey server. Default: an embedded one in the instance folder.",
        secret=True,
    )
    queue_name: str = _setting(
        "servicelost", checks.queue_name, "Name of the RQ queue; change it where one server is shared."
    )
    job_timeout: timedelta = _setting(
        timedelta(minutes=15),
        checks.duration(_SECOND, 1, 86_400),
        "Seconds after which a job is stopped and counted as failed.",
    )
    lake_url: str = _setting(
        "",
        checks.location,
        "Folder or URL of the analytics files; shared storage when workers run on several machines. "
        "Default: `lake` in the instance folder.",
    )
    analytics_engine: str = _setting(
        "duckdb", checks.choice("duckdb", "pyspark"), "Engine that computes the reports."
    )
    url_prefix: str = _setting("/service", checks.url_prefix, "Where the module is mounted; `/` is the root.")
    max_body_bytes: int = _setting(
        16 * _MIB, checks.whole(1024, 1024 * _MIB), "Largest request body that is read, in bytes."
    )
    plugins: tuple[str, ...] = _setting(
        (),
        checks.names,
        "Names of the installed plugins to load, separated by commas; this version loads none yet.",
    )
    plugin_config: Mapping[str, Mapping[str, Any]] = _setting(
        MappingProxyType({}),
        checks.tables,
        "Settings for plugins: one JSON object for each plugin, under its name.",
        secret=True,
    )
    host: str = _setting("127.0.0.1", checks.text, "Address the standalone web server listens on.")
    port: int = _setting(
        8000, checks.whole(0, 65_535), "Port of the standalone web server; 0 takes a free one."
    )
    threads: int = _setting(8, checks.whole(1, 256), "Threads of the standalone web server.")
    trusted_proxies: int = _setting(
        0,
        checks.whole(0, 10),
        "Number of reverse proxies in front of the standalone server whose forwarding headers are believed.",
    )
    secret_key: str | None = _setting(
        None,
        checks.secret,
        "Signs the standalone sessions, 32 characters or more. Default: one kept in the instance folder.",
        secret=True,
    )
    secure_cookies: bool = _setting(
        False, checks.switch, "Send the standalone session cookie over HTTPS only."
    )
    session_lifetime: timedelta = _setting(
        timedelta(hours=12),
        checks.duration(_MINUTE, 5, 43_200),
        "Minutes a standalone sign-in lasts without use.",
    )
    log_level: str = _setting(
        "INFO", checks.choice("DEBUG", "INFO", "WARNING", "ERROR"), "Least severity that is logged."
    )

    def __post_init__(self) -> None:
        """Derive what was left open from the instance folder."""
        object.__setattr__(self, "instance_path", self.instance_path.absolute())
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.instance_path / 'servicelost.db'}")
        if not self.lake_url:
            object.__setattr__(self, "lake_url", str(self.instance_path / "lake"))

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], *, instance_path: Path | None = None) -> Self:
        """Read the `SERVICELOST_*` keys of `app.config` or `os.environ`; other keys are not looked at.

        None and the empty string leave a setting at its default; `instance_path` is the default of that one.
        Raises ConfigError, which names every key that is unknown or holds what it must not.
        """
        given = {
            key: value for key, value in mapping.items() if key.startswith(PREFIX) and value not in (None, "")
        }
        values: dict[str, Any] = {} if instance_path is None else {"instance_path": instance_path}
        problems = [_unknown(key) for key in sorted(given.keys() - known_keys())]
        for key, setting in known_keys().items():
            try:
                values |= {setting.name: setting.metadata["parse"](given[key])} if key in given else {}
            except ValueError as error:
                problems.append(_refused(key, setting, given[key], error))
        if problems:
            raise ConfigError(problems)
        return cls(**values)


def known_keys() -> dict[str, Field[Any]]:
    """Every key with the dataclass field that declares it."""
    return {PREFIX + setting.name.upper(): setting for setting in fields(Settings)}


def _unknown(key: str) -> FieldProblem:
    nearest = get_close_matches(key, known_keys(), n=1, cutoff=0.0)[0]
    return FieldProblem(key, f"there is no such setting; did you mean {nearest}?", expected=nearest)


def _refused(key: str, setting: Field[Any], value: Any, error: ValueError) -> FieldProblem:
    shown = None if setting.metadata["secret"] else str(value)
    return FieldProblem(key, str(error), value=shown)
