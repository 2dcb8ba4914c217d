"""Settings: defaults that just work, every value checked, unknown keys refused, secrets never shown."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.config import ConfigError, Settings, known_keys

DOCS = Path(__file__).parents[2] / "docs" / "configuration.md"


def read(**settings: Any) -> Settings:
    return Settings.from_mapping({f"SERVICELOST_{key}": value for key, value in settings.items()})


def refusal(**settings: Any) -> str:
    with pytest.raises(ConfigError) as refused:
        read(**settings)
    return refused.value.message


def test_with_nothing_configured_everything_lies_in_the_instance_folder() -> None:
    settings = Settings.from_mapping({})
    assert settings.instance_path == Path.cwd() / "instance"
    assert settings.database_url == f"sqlite:///{Path.cwd()}/instance/servicelost.db"
    assert settings.lake_url == str(Path.cwd() / "instance" / "lake")
    assert settings.redis_url is None


def test_the_instance_folder_moves_what_lies_in_it(tmp_path: Path) -> None:
    settings = read(INSTANCE_PATH=str(tmp_path))
    assert settings.database_url == f"sqlite:///{tmp_path}/servicelost.db"
    assert settings.lake_url == str(tmp_path / "lake")


def test_a_host_may_give_another_default_for_the_instance_folder(tmp_path: Path) -> None:
    assert Settings.from_mapping({}, instance_path=tmp_path).instance_path == tmp_path
    chosen = {"SERVICELOST_INSTANCE_PATH": str(tmp_path / "chosen")}
    assert Settings.from_mapping(chosen, instance_path=tmp_path).instance_path == tmp_path / "chosen"


@pytest.mark.parametrize(
    ("key", "given_value", "expected"),
    [
        ("DATABASE_URL", "postgresql+psycopg://u:p@db/x", "postgresql+psycopg://u:p@db/x"),
        ("REDIS_URL", "unix:///run/valkey.sock", "unix:///run/valkey.sock"),
        ("REDIS_URL", "rediss://cache:6380/1", "rediss://cache:6380/1"),
        ("LAKE_URL", "s3://bucket/lake", "s3://bucket/lake"),
        ("LAKE_URL", Path("/srv/lake"), "/srv/lake"),
        ("URL_PREFIX", "/", ""),
        ("URL_PREFIX", "/dms/service", "/dms/service"),
        ("PLUGINS", "adf, odoo adf", ("adf", "odoo")),
        ("PLUGINS", ["adf", "odoo"], ("adf", "odoo")),
        ("PLUGIN_CONFIG", '{"adf": {"to": "x@example.com"}}', {"adf": {"to": "x@example.com"}}),
        ("PLUGIN_CONFIG", {"adf": {"to": "x@example.com"}}, {"adf": {"to": "x@example.com"}}),
        ("PORT", "8080", 8080),
        ("PORT", 8080, 8080),
        ("JOB_TIMEOUT", "90", timedelta(seconds=90)),
        ("JOB_TIMEOUT", timedelta(minutes=2), timedelta(minutes=2)),
        ("SECURE_COOKIES", "Yes", True),
        ("SECURE_COOKIES", False, False),
        ("SECURE_COOKIES", "off", False),
    ],
)
def test_values_come_as_text_or_as_python_values(key: str, given_value: Any, expected: Any) -> None:
    assert getattr(read(**{key: given_value}), key.lower()) == expected


@pytest.mark.parametrize(
    ("key", "wrong", "expected"),
    [
        ("DATABASE_URL", "mysql://db/x", "begins with sqlite: or postgresql:"),
        ("DATABASE_URL", 5, "a text that is not empty"),
        ("REDIS_URL", "localhost:6379", "begins with redis: or rediss: or unix:"),
        ("ANALYTICS_ENGINE", "excel", "one of duckdb, pyspark"),
        ("URL_PREFIX", "service", "begins and does not end with a slash"),
        ("URL_PREFIX", "/service/", "begins and does not end with a slash"),
        ("URL_PREFIX", "//host/x", "begins and does not end with a slash"),
        ("PLUGINS", {"adf": 1}, "names separated by commas"),
        ("PLUGIN_CONFIG", "[1]", "one JSON object for each name"),
        ("PLUGIN_CONFIG", "{", "expected JSON"),
        ("PORT", "80.5", "a whole number from 0 to 65535, got '80.5'"),
        ("PORT", "70000", "a whole number from 0 to 65535"),
        ("PORT", True, "a whole number from 0 to 65535"),
        ("MAX_BODY_BYTES", "0", "a whole number from 1024"),
        ("JOB_TIMEOUT", "soon", "a whole number from 1 to 86400"),
        ("QUEUE_NAME", "a:b", "letters, digits, hyphens"),
        ("SECRET_KEY", "short", "32 characters or more"),
        ("SECURE_COOKIES", "maybe", "yes or no"),
        ("LOG_LEVEL", "LOUD", "one of DEBUG, INFO, WARNING, ERROR"),
        ("INSTANCE_PATH", 5, "a text that is not empty"),
    ],
)
def test_a_wrong_value_is_refused_with_key_and_expectation(key: str, wrong: Any, expected: str) -> None:
    message = refusal(**{key: wrong})
    assert message.startswith(f"SERVICELOST_{key}: ")
    assert expected in message


def test_an_unknown_key_is_refused_with_the_nearest_known_name() -> None:
    assert refusal(DATABASEURL="x") == (
        "SERVICELOST_DATABASEURL: there is no such setting; did you mean SERVICELOST_DATABASE_URL?"
    )


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        read(PORT="x", REDISURL="y", LOG_LEVEL="z")
    assert {problem.field for problem in refused.value.errors} == {
        "SERVICELOST_PORT", "SERVICELOST_REDISURL", "SERVICELOST_LOG_LEVEL",
    }  # fmt: skip


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_leaves_the_default(nothing: str | None) -> None:
    assert read(**dict.fromkeys(("PORT", "REDIS_URL", "PLUGINS", "URL_PREFIX"), nothing)) == Settings()


def test_keys_of_others_are_not_looked_at() -> None:
    assert (
        Settings.from_mapping({"SECRET_KEY": "x", "SQLALCHEMY_DATABASE_URI": "y", "PATH": "z"}) == Settings()
    )


def test_secrets_show_neither_in_repr_nor_in_errors() -> None:
    secrets = {
        "DATABASE_URL": "postgresql://user:hunter2@db/x",
        "REDIS_URL": "redis://:hunter2@cache",
        "SECRET_KEY": "hunter2" * 8,
        "PLUGIN_CONFIG": {"odoo": {"password": "hunter2"}},
    }
    assert "hunter2" not in repr(read(**secrets))
    assert "hunter2" not in refusal(
        DATABASE_URL="hunter2", REDIS_URL="hunter2", SECRET_KEY="hunter2", PLUGIN_CONFIG='"hunter2"'
    )


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


@given(st.dictionaries(st.sampled_from(sorted(known_keys())), st.text() | st.integers() | st.none()))
def test_whatever_is_configured_is_accepted_or_refused_by_name(mapping: Mapping[str, Any]) -> None:
    try:
        Settings.from_mapping(mapping)
    except ConfigError as refused:
        assert {problem.field for problem in refused.errors} <= mapping.keys()


def test_every_setting_is_documented_with_its_meaning() -> None:
    rows = dict(re.findall(r"^\| `(SERVICELOST_\w+)` \| .* \| (.*) \|$", DOCS.read_text(), re.MULTILINE))
    assert rows == {key: setting.metadata["meaning"] for key, setting in known_keys().items()}


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = "import sys, servicelost; print(*sorted(m.partition('.')[0] for m in sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(DOCS.parents[1])}
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    ).stdout.split()
    assert "servicelost" in loaded
    assert not {"flask", "sqlalchemy", "redis", "pandas", "ibis", "plotly"} & set(loaded)
