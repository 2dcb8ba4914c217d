"""The standalone application: signing in and out, throttled, with cookies no script or stranger can use."""

import gzip
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from servicelost.kernel.actor import SYSTEM, Role
from servicelost.kernel.clock import FrozenClock
from servicelost.kernel.errors import Conflict, InvalidInput
from servicelost.migrations import upgrade
from servicelost.runtime import NAME, Runtime
from servicelost.standalone.accounts import change_password, create_account, set_active
from servicelost.standalone.app import create_app, kept_secret
from servicelost.standalone.models import Account
from servicelost.standalone.throttle import PER_ACCOUNT, PER_ADDRESS, WINDOW
from tests.web.conftest import NOW

PASSWORD = "correct-horse-battery"
SIGN_IN = "/service/sign-in"
MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[MakeApp]:
    """A maker of standalone applications with one account, ana."""
    made: list[Runtime] = []

    def make(**settings: str) -> Flask:
        app = create_app({"SERVICELOST_INSTANCE_PATH": str(tmp_path), **settings})
        runtime: Runtime = app.extensions[NAME]
        runtime.clock = FrozenClock(NOW)
        upgrade(runtime.engine)
        made.append(runtime)
        with runtime.unit(SYSTEM) as book:
            create_account(book, "Ana", PASSWORD, [Role.SERVICE_MANAGER])
        return app

    yield make
    for runtime in made:
        runtime.dispose()


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def sign_in(client: FlaskClient, name: str = "ana", password: str = PASSWORD, **more: Any) -> TestResponse:
    """Fill in the form as a person does."""
    page = client.get(SIGN_IN, **more)
    token = re.search(r'name="csrf_token" value="([\w-]+)"', page.text)
    assert token, page.text
    form = {"csrf_token": token[1], "username": name, "password": password}
    return client.post(SIGN_IN, data=form, **more)


def test_who_is_not_signed_in_is_sent_to_the_form_and_back(client: FlaskClient) -> None:
    away = client.get("/service/ledger?kind=LOSS")
    assert away.status_code == HTTPStatus.FOUND
    form = client.get(away.headers["Location"])
    fields = dict(re.findall(r'name="(csrf_token|next)" value="([^"]*)"', form.text))
    fields |= {"username": " ANA ", "password": PASSWORD}
    back = client.post(SIGN_IN, data=fields)
    assert (back.status_code, back.headers["Location"]) == (303, "/service/ledger?kind=LOSS")
    assert client.get("/service/ledger").status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "javascript:x", "/a\nb"],
)
def test_nobody_is_sent_elsewhere(client: FlaskClient, elsewhere: str) -> None:
    page = client.get(SIGN_IN, query_string={"next": elsewhere})
    token = re.search(r'name="csrf_token" value="([\w-]+)"', page.text)
    assert token
    form = {"csrf_token": token[1], "username": "ana", "password": PASSWORD, "next": elsewhere}
    assert client.post(SIGN_IN, data=form).headers["Location"] == "/service"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ana", "wrong"),
        ("nobody", PASSWORD),
        ("ana", ""),
        ("", PASSWORD),
        ("ana", "x" * 10_000),
        ("x" * 9000, "y"),
    ],
)
def test_a_wrong_pair_is_refused_without_saying_which(client: FlaskClient, name: str, password: str) -> None:
    answer = sign_in(client, name, password)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "Name or password is not right." in answer.text
    assert client.get("/service/ledger").status_code == HTTPStatus.FOUND


def test_signing_in_needs_a_form_of_ours(client: FlaskClient) -> None:
    answer = client.post(SIGN_IN, data={"username": "ana", "password": PASSWORD})
    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_signing_out_ends_it(client: FlaskClient) -> None:
    sign_in(client)
    page = client.get("/service/visits")
    token = re.search(r'name="csrf_token" value="([\w-]+)"', page.text)
    assert token
    assert client.post("/service/sign-out").status_code == HTTPStatus.FORBIDDEN
    assert client.post("/service/sign-out", data={"csrf_token": token[1]}).status_code == HTTPStatus.SEE_OTHER
    assert client.get("/service/visits").status_code == HTTPStatus.FOUND


@pytest.mark.parametrize(
    ("scheme", "setting", "secure"), [("http", "no", False), ("https", "no", True), ("https", "yes", True)]
)
def test_the_session_cookie(make_app: MakeApp, scheme: str, setting: str, secure: bool) -> None:
    client = make_app(SERVICELOST_SECURE_COOKIES=setting).test_client()
    answer = sign_in(client, base_url=f"{scheme}://localhost")
    [cookie] = [text for text in answer.headers.getlist("Set-Cookie") if "servicelost_session" in text]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is secure


@pytest.mark.parametrize(("proxies", "secure"), [("0", False), ("1", True)])
def test_a_proxy_is_believed_only_where_it_is_expected(make_app: MakeApp, proxies: str, secure: bool) -> None:
    client = make_app(SERVICELOST_TRUSTED_PROXIES=proxies).test_client()
    answer = sign_in(client, headers={"X-Forwarded-Proto": "https"})
    assert any("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie")) is secure


def test_another_password_or_a_locked_account_ends_open_sessions(app: Flask) -> None:
    runtime = app.extensions[NAME]
    for change in (
        lambda book: change_password(book, "ana", "another-long-password"),
        lambda book: set_active(book, "ana", active=False),
    ):
        client = app.test_client()
        with runtime.unit(SYSTEM) as book:
            change_password(book, "ana", PASSWORD)
        sign_in(client)
        assert client.get("/service/visits").status_code == HTTPStatus.OK
        with runtime.unit(SYSTEM) as book:
            change(book)
        assert client.get("/service/visits").status_code == HTTPStatus.FOUND
    assert sign_in(app.test_client()).status_code == HTTPStatus.UNAUTHORIZED


def test_passwords_are_kept_as_hashes(app: Flask) -> None:
    with app.extensions[NAME].unit(SYSTEM, reading=True) as book:
        kept = book.connection.scalars(select(Account.password_hash)).one()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_guessing_one_account_is_slowed_down(app: Flask) -> None:
    clock = app.extensions[NAME].clock
    client = app.test_client()
    for _ in range(PER_ACCOUNT):
        assert sign_in(client, password="wrong").status_code == HTTPStatus.UNAUTHORIZED
    slowed = sign_in(client)
    assert slowed.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert slowed.headers["Retry-After"] == "900"
    clock.move(WINDOW + timedelta(seconds=1))
    assert sign_in(client).status_code == HTTPStatus.SEE_OTHER


def test_guessing_from_one_address_is_slowed_down(app: Flask) -> None:
    client = app.test_client()
    for number in range(PER_ADDRESS):
        assert sign_in(client, name=f"user{number}", password="wrong").status_code == HTTPStatus.UNAUTHORIZED
    assert sign_in(client).status_code == HTTPStatus.TOO_MANY_REQUESTS
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "198.51.100.7"}}
    assert sign_in(app.test_client(), **elsewhere).status_code == HTTPStatus.SEE_OTHER


def test_accounts_are_checked_when_they_are_made(app: Flask) -> None:
    with app.extensions[NAME].unit(SYSTEM) as book:
        with pytest.raises(Conflict, match="already an account 'ana'"):
            create_account(book, "ANA", PASSWORD, [Role.ADMIN])
        with pytest.raises(InvalidInput, match="10 characters or more"):
            create_account(book, "boris", "short", [Role.ADMIN])
        with pytest.raises(InvalidInput, match="one or more roles"):
            create_account(book, "boris", PASSWORD, [])
        with pytest.raises(InvalidInput, match="without blanks"):
            create_account(book, "bo ris", PASSWORD, [Role.ADMIN])


def test_the_secret_key_is_kept_and_is_nobody_elses(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    assert file.stat().st_mode & 0o077 == 0
    assert len(file.read_text()) >= 32
    assert create_app({"SERVICELOST_INSTANCE_PATH": str(tmp_path)}).secret_key == app.secret_key


def test_the_root_leads_to_the_module(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"] == "/service/"


_DIES_WHILE_KEEPING_A_SECRET = """
import os, signal, sys
from pathlib import Path
from servicelost.standalone import app

def die(size):
    os.kill(os.getpid(), signal.SIGKILL)

app.secrets.token_urlsafe = die
app.kept_secret(Path(sys.argv[1]))
"""


def test_a_process_killed_while_it_makes_the_secret_key_leaves_no_empty_one(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    program = [sys.executable, "-c", _DIES_WHILE_KEEPING_A_SECRET, str(file)]
    assert subprocess.run(program).returncode == -signal.SIGKILL
    assert not file.exists()
    assert len(kept_secret(file)) == 64
    assert kept_secret(file) == file.read_text()


def test_pages_go_out_packed_where_that_is_taken_and_everything_else_as_it_is(make_app: MakeApp) -> None:
    client = make_app().test_client()
    plain, packed = (client.get(SIGN_IN, headers={"Accept-Encoding": how}) for how in ("identity", "gzip"))
    assert (plain.content_encoding, packed.content_encoding) == (None, "gzip")
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) < len(plain.data)
    assert 'name="password"' in gzip.decompress(packed.data).decode()
    health = client.get("/service/api/v1/health", headers={"Accept-Encoding": "gzip"})
    assert health.content_encoding is None
