"""Mounted into a host, the module works, and everything of the host stays as it was."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.orm import Session

from examples.host_dms.app import User, create_app
from servicelost import ServiceLost
from servicelost.directory.dealerships import upsert_dealership
from servicelost.intake.catalogue import parse_event
from servicelost.intake.service import apply_in
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.db import PREFIX
from servicelost.migrations import find_drift, is_current, upgrade
from servicelost.runtime import NAME, Runtime
from servicelost.web.scopes import Scope
from servicelost.web.tokens import create_token

NORTH = {"code": "NORTH", "name": "North", "timezone": "UTC", "currency": "EUR", "country": "DE"}


def walk_in(number: int) -> dict[str, Any]:
    return {
        "type": "visit.walk_in",
        "event_id": f"e{number}",
        "source": "dms",
        "occurred_at": "2026-05-20T08:00:00Z",
        "dealership": "NORTH",
        "data": {"visit_id": f"RO-{number}"},
    }


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Flask]:
    """The example host, its tables and ours in one database file."""
    app = create_app(tmp_path)
    engine = create_engine(f"sqlite:///{tmp_path}/dms.db")
    with Session(engine) as database, database.begin():
        database.add_all([User(name="ana", job="advisor"), User(name="max", job="manager")])
    engine.dispose()
    runtime = runtime_of(app)
    upgrade(runtime.engine)
    with runtime.unit(SYSTEM) as book:
        upsert_dealership(book, NORTH)
    yield app
    runtime.dispose()


def runtime_of(app: Flask) -> Runtime:
    runtime: Runtime = app.extensions[NAME]
    return runtime


def bare_host() -> Flask:
    """The same host without us, to compare with."""
    app = Flask("bare")
    app.secret_key = "x"
    return app


def test_the_hosts_pages_stay_its_own(host: Flask) -> None:
    host.config["PROPAGATE_EXCEPTIONS"] = False
    client = host.test_client()
    assert "Our DMS" in client.get("/").text
    for path in ("/nope", "/service", "/service/nope"):
        missing = client.get(path)
        if missing.status_code == HTTPStatus.NOT_FOUND:
            assert "The DMS has no such page" in missing.text, path
            assert missing.mimetype == "text/html"
    failed = client.get("/broken")
    assert (failed.status_code, "The DMS is sorry" in failed.text) == (500, True)
    for answer in (client.get("/"), client.get("/nope")):
        assert "Content-Security-Policy" not in answer.headers
        assert "X-Request-ID" not in answer.headers


def test_our_errors_are_ours_although_the_host_handles_everything(host: Flask) -> None:
    client = host.test_client()
    answer = client.get("/service/api/v1/visits/999")
    assert (answer.status_code, answer.json and answer.json["code"]) == (401, "NOT_SIGNED_IN")
    answer = client.get("/service/api/v1/nope")
    assert answer.json is not None
    page = client.get("/service/visits")
    assert (page.status_code, page.headers["Location"]) == (302, "/login")


def test_nothing_is_registered_on_the_host() -> None:
    bare, mounted = bare_host(), bare_host()
    ServiceLost().init_app(mounted)
    for name in (
        "before_request_funcs",
        "after_request_funcs",
        "teardown_request_funcs",
        "error_handler_spec",
        "template_context_processors",
        "url_value_preprocessors",
    ):
        before, after = getattr(bare, name), getattr(mounted, name)
        assert before.get(None) == after.get(None) or len(before[None]) == len(after[None]), name
    assert len(bare.teardown_appcontext_funcs) == len(mounted.teardown_appcontext_funcs)
    assert bare.jinja_env.globals.keys() == mounted.jinja_env.globals.keys()
    assert bare.jinja_env.filters.keys() == mounted.jinja_env.filters.keys()
    assert mounted.cli.commands.keys() - bare.cli.commands.keys() == {"servicelost"}
    assert mounted.config == bare.config
    ours = {rule.endpoint.partition(".")[0] for rule in mounted.url_map.iter_rules()} - {"static"}
    assert all(name.startswith("servicelost_") for name in ours)
    assert all(
        rule.rule.startswith("/service")
        for rule in mounted.url_map.iter_rules()
        if rule.endpoint.startswith("servicelost_")
    )


def test_the_hosts_session_signs_in(host: Flask) -> None:
    client = host.test_client()
    assert client.post("/login", data={"name": "ana"}).status_code == HTTPStatus.FOUND
    assert client.get("/service/visits").status_code == HTTPStatus.OK
    assert client.get("/service/ledger").status_code == HTTPStatus.FORBIDDEN
    with client.session_transaction() as session:
        assert dict(session) == {"user": "ana", "job": "advisor"}


def test_the_hosts_tables_are_left_alone(host: Flask) -> None:
    engine = runtime_of(host).engine
    tables = set(inspect(engine).get_table_names())
    assert {name for name in tables if not name.startswith(PREFIX)} == {"users"}
    assert is_current(engine)
    assert find_drift(engine) == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM users")).scalar() == 2


def test_two_applications_in_one_process_know_nothing_of_each_other(tmp_path: Path) -> None:
    extension = ServiceLost()
    apps = []
    for name in ("one", "two"):
        app = Flask(name, instance_path=str(tmp_path / name))
        app.config["SERVICELOST_URL_PREFIX"] = f"/{name}"
        extension.init_app(app)
        upgrade(runtime_of(app).engine)
        apps.append(app)
    one, two = apps
    with runtime_of(one).unit(SYSTEM) as book:
        _, secret = create_token(book, "dms", [Scope.REPORTS_READ])
    headers = {"Authorization": f"Bearer {secret}"}
    assert one.test_client().get("/one/api/v1/reports", headers=headers).status_code == HTTPStatus.OK
    assert (
        two.test_client().get("/two/api/v1/reports", headers=headers).status_code == HTTPStatus.UNAUTHORIZED
    )
    assert two.test_client().get("/one/api/v1/reports", headers=headers).status_code == HTTPStatus.NOT_FOUND
    assert runtime_of(one).bus is not runtime_of(two).bus
    for app in apps:
        runtime_of(app).dispose()


def test_an_unknown_setting_is_refused_with_the_nearest_known_one() -> None:
    app = Flask("host")
    app.config["SERVICELOST_DATABSE_URL"] = "sqlite://"
    with pytest.raises(Exception, match="did you mean SERVICELOST_DATABASE_URL"):
        ServiceLost().init_app(app)


@pytest.mark.parametrize("commits", [True, False])
def test_facts_join_the_hosts_own_transaction(pg_url: str, commits: bool) -> None:
    engine = create_engine(pg_url)
    app = Flask("host")
    ServiceLost(engine=lambda: engine).init_app(app)
    runtime = runtime_of(app)
    assert runtime.engine is engine
    upgrade(engine)
    with runtime.unit(SYSTEM) as book:
        upsert_dealership(book, NORTH)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE orders (number text)"))
    told: list[str] = []
    with Session(engine) as database:
        database.execute(text("INSERT INTO orders VALUES ('RO-1')"))
        with runtime.unit(SYSTEM, host=database) as book:
            apply_in(book, [(0, parse_event(walk_in(1)))])
            book.after_commit(lambda: told.append("after"))
        assert not told
        database.commit() if commits else database.rollback()
    assert told == (["after"] if commits else [])
    with engine.connect() as connection:
        orders = connection.execute(text("SELECT count(*) FROM orders")).scalar()
        visits = connection.execute(text("SELECT count(*) FROM servicelost_visit")).scalar()
    assert (orders, visits) == ((1, 1) if commits else (0, 0))
    engine.dispose()


def test_a_refused_fact_leaves_the_hosts_work_standing(pg_url: str) -> None:
    engine = create_engine(pg_url)
    app = Flask("host")
    ServiceLost(engine=engine).init_app(app)
    runtime = runtime_of(app)
    upgrade(engine)
    with Session(engine) as database:
        database.execute(text("CREATE TABLE orders (number text)"))
        with pytest.raises(RuntimeError, match="no"), runtime.unit(SYSTEM, host=database) as book:
            upsert_dealership(book, NORTH)
            book.flush()
            raise RuntimeError("no")
        database.execute(text("INSERT INTO orders VALUES ('RO-1')"))
        database.commit()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM orders")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM servicelost_dealership")).scalar() == 0
    engine.dispose()
