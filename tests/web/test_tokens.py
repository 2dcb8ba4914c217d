"""API tokens: shown once, kept as a hash, good until they expire or are revoked."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.errors import Conflict, InvalidInput, NotFound
from servicelost.web.models import ApiToken
from servicelost.web.scopes import Scope, read_scopes
from servicelost.web.tokens import create_token, revoke_token
from tests.web.conftest import NOW, World

REPORTS = "/service/api/v1/reports"


def test_the_secret_is_nowhere_in_the_database(world: World) -> None:
    secret = world.token(Scope.REPORTS_READ)["Authorization"].removeprefix("Bearer ")
    with world.runtime.unit(SYSTEM, reading=True) as book:
        row = book.connection.execute(select(ApiToken.__table__)).mappings().one()
    assert not any(secret in str(value) for value in row.values())
    assert secret.startswith(row["hint"])


def test_a_token_ends_when_it_expires(world: World, client: FlaskClient) -> None:
    with world.runtime.unit(SYSTEM) as book:
        _, secret = create_token(book, "soon", [Scope.REPORTS_READ], expires_at=NOW + timedelta(days=1))
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get(REPORTS, headers=headers).status_code == HTTPStatus.OK
    world.clock.move(timedelta(days=1))
    assert client.get(REPORTS, headers=headers).status_code == HTTPStatus.UNAUTHORIZED


def test_a_revoked_token_is_worthless_at_once(world: World, client: FlaskClient) -> None:
    headers = world.token(Scope.REPORTS_READ, name="lost")
    with world.runtime.unit(SYSTEM) as book:
        revoke_token(book, "lost")
    assert client.get(REPORTS, headers=headers).status_code == HTTPStatus.UNAUTHORIZED


def test_names_and_scopes_are_checked(world: World) -> None:
    world.token(Scope.REPORTS_READ, name="dms")
    with world.runtime.unit(SYSTEM) as book:
        with pytest.raises(Conflict, match="already a token named 'dms'"):
            create_token(book, "dms", [Scope.REPORTS_READ])
        with pytest.raises(InvalidInput, match="needs a name"):
            create_token(book, " ", [Scope.REPORTS_READ])
        with pytest.raises(NotFound):
            revoke_token(book, "nobody")
    with pytest.raises(InvalidInput, match="'all' is not a scope; known are: events:write"):
        read_scopes(["events:write", "all"])
