"""Employees and API tokens on their pages: who may change whom, and a secret that is seen once."""

import re
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from servicelost.directory.dealerships import dealership_by_code
from servicelost.directory.employees import change_employee, upsert_employee
from servicelost.directory.models import Employee
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.web.models import ApiToken
from servicelost.web.scopes import Scope
from servicelost.web.tokens import create_token
from tests.web.conftest import NOW, World
from tests.web.settings_desk import SETTINGS, Counter, logged
from tests.web.ui_pages import forms, submit, words

PEOPLE, TOKENS = f"{SETTINGS}/people", f"{SETTINGS}/tokens"
REPORTS = "/service/api/v1/reports"


def hire(world: World, number: int, *roles: Role, code: str = "NORTH") -> str:
    """An employee; his page."""
    with world.runtime.unit(SYSTEM) as book:
        row = upsert_employee(
            book, dealership_by_code(book, code), "dms",
            {"id": f"E{number}", "name": f"Person {number}", "roles": list(roles)}, NOW,
        )  # fmt: skip
        return f"{PEOPLE}/{row.id}"


def employee(world: World, url: str) -> Employee:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        return book.get(Employee, int(url.rpartition("/")[2]))


def send(client: FlaskClient, url: str, *roles: str, active: str = "1") -> HTTPStatus:
    held = forms(client.get(url).text)[url]
    kept = {name: held[name] for name in ("csrf_token", "version")}
    return HTTPStatus(client.post(url, data={**kept, "role": list(roles), "active": active}).status_code)


def test_roles_are_changed_and_logged(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_MANAGER, name="mia")
    assert "Nobody is known yet" in client.get(PEOPLE).text
    url, foreign = hire(world, 1, Role.SERVICE_ADVISOR), hire(world, 2, code="SOUTH")
    page = words(client.get(PEOPLE).text)
    assert "Person 1 Service advisor" in page
    assert "Person 2" not in page
    assert "Who may sign in" in page
    assert client.get(foreign).status_code == HTTPStatus.NOT_FOUND
    assert send(client, url, "TECHNICIAN", "BDC_AGENT", active="") is HTTPStatus.SEE_OTHER
    row = employee(world, url)
    assert (row.roles, row.active) == (["BDC_AGENT", "TECHNICIAN"], False)
    assert len(logged(world, "EMPLOYEE_CHANGED")) == 1
    text = words(client.get(f"{SETTINGS}/log").text)
    assert (
        "Employee changed · Person 1 In use: yes → no Roles: Service advisor → Call agent, Technician" in text
    )


def test_only_the_group_gives_and_takes_the_roles_of_the_group(world: World, client: FlaskClient) -> None:
    url = hire(world, 1, Role.GROUP_MANAGER)
    world.sign_in(Role.SERVICE_MANAGER, name="mia")
    assert "only the group can change this" in client.get(url).text
    assert send(client, url, "SERVICE_MANAGER", "ADMIN") is HTTPStatus.SEE_OTHER
    assert employee(world, url).roles == ["GROUP_MANAGER", "SERVICE_MANAGER"]
    world.sign_in(Role.GROUP_MANAGER, name="gus")
    assert send(client, url, "ADMIN") is HTTPStatus.SEE_OTHER
    assert employee(world, url).roles == ["ADMIN"]


def test_a_stale_form_of_an_employee_keeps_the_ticks(world: World, client: FlaskClient) -> None:
    url = hire(world, 1, Role.SERVICE_ADVISOR)
    world.sign_in(Role.SERVICE_MANAGER, name="mia")
    held = forms(client.get(url).text)[url]
    with world.runtime.unit(SYSTEM) as book:
        change_employee(book, book.get(Employee, employee(world, url).id), roles=[], active=True)
    kept = {name: held[name] for name in ("csrf_token", "version")}
    sent = client.post(url, data={**kept, "role": ["TECHNICIAN"]})
    assert sent.status_code == HTTPStatus.CONFLICT
    assert "system changed this meanwhile, at 12:00: Roles: Service advisor → –." in sent.text
    assert re.search(r'value="TECHNICIAN" checked', sent.text)
    assert not re.search(r'name="active" value="1" checked', sent.text)


# Tokens


def typed(world: World, **changes: object) -> dict[str, object]:
    ids = [str(world.ids["NORTH"])]
    return {"name": "Our DMS", "scope": ["reports:read"], "dealership": ids, "days": "30"} | changes


def make(world: World, client: FlaskClient, **changes: object) -> tuple[HTTPStatus, str]:
    [(action, held)] = [
        (url, held) for url, held in forms(client.get(TOKENS).text).items() if "revoke" not in url
    ]
    sent = client.post(action, data={"csrf_token": held["csrf_token"], **typed(world, **changes)})
    return HTTPStatus(sent.status_code), sent.text


def test_a_token_is_shown_once_works_and_is_revoked(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.GROUP_MANAGER, name="gus")
    assert "No system calls yet" in client.get(TOKENS).text
    status, page = make(world, client)
    [secret] = re.findall(r"slt_[\w-]{40,}", page)
    assert status is HTTPStatus.OK
    assert secret not in client.get(TOKENS).text
    assert "never used" in client.get(TOKENS).text
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get(REPORTS, headers=headers).status_code == HTTPStatus.OK
    listed = words(client.get(TOKENS).text)
    assert "Read reports · North made by gus, 20 May 2026, 12:00 · last used 20 May 2026" in listed
    assert "good until 19 Jun 2026" in listed
    submit(client, TOKENS, f"/revoke?dealership={world.ids['NORTH']}", {})
    assert "revoked" in client.get(TOKENS).text
    assert client.get(REPORTS, headers=headers).status_code == HTTPStatus.UNAUTHORIZED
    assert len(logged(world, "TOKEN_CREATED")) == len(logged(world, "TOKEN_REVOKED")) == 1
    assert "Token revoked" in client.get(f"{SETTINGS}/log").text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "taken"}, "name"),
        ({"scope": ["everything"]}, "scope"),
        ({"dealership": []}, "dealership"),
        ({"dealership": ["all"]}, "dealership"),
    ],
)
def test_a_token_that_cannot_be_is_told_beside_its_field(
    world: World, client: FlaskClient, changes: dict[str, object], field: str
) -> None:
    world.token(Scope.VISITS_READ, at="NORTH", name="taken")
    world.sign_in(Role.GROUP_MANAGER, name="gus")
    status, page = make(world, client, **changes)
    assert status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert f'id="wrong-{field}"' in page
    assert f'value="{typed(world, **changes)["name"]}"' in page
    assert not re.findall(r"slt_[\w-]{40,}", page)


def test_nobody_makes_or_sees_a_token_that_sees_more_than_himself(world: World, client: FlaskClient) -> None:
    world.token(Scope.VISITS_READ, name="everywhere")
    world.token(Scope.VISITS_READ, at="SOUTH", name="southern")
    world.sign_in(Role.ADMIN, name="root")
    page = client.get(TOKENS).text
    assert "everywhere" not in page
    assert "southern" not in page
    status, _page = make(world, client, dealership=[str(world.ids["SOUTH"])])
    assert status is HTTPStatus.UNPROCESSABLE_ENTITY
    world.sign_in(Role.ADMIN, at=None, name="root")
    assert make(world, client, name="of all", dealership=["all"], days="")[0] is HTTPStatus.OK
    page = words(client.get(TOKENS).text)
    assert "southern" in page
    with world.runtime.unit(SYSTEM, reading=True) as book:
        row = book.connection.execute(select(ApiToken.__table__).where(ApiToken.name == "of all")).one()
        assert (row.dealership_ids, row.expires_at) == (None, None)


def test_a_service_manager_sees_no_tokens(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_MANAGER, name="mia")
    assert "API tokens" not in client.get(SETTINGS).text
    assert client.get(TOKENS).status_code == HTTPStatus.FORBIDDEN


def test_the_use_of_a_token_is_written_once_a_day(world: World, client: FlaskClient) -> None:
    headers = world.token(Scope.REPORTS_READ)
    versions = []
    for _ in range(3):
        client.get(REPORTS, headers=headers)
        with world.runtime.unit(SYSTEM, reading=True) as book:
            versions.append(book.connection.scalars(select(ApiToken.version)).one())
    assert versions == [2, 2, 2]


def test_people_and_tokens_take_the_same_statements_for_few_and_for_many(
    world: World, client: FlaskClient
) -> None:
    world.sign_in(Role.GROUP_MANAGER, name="gus")
    count = Counter(world, client)
    hire(world, 0)
    world.token(Scope.REPORTS_READ, at="NORTH", name="t")
    few = [count(PEOPLE), count(TOKENS)]
    with world.runtime.unit(SYSTEM) as book:
        for number in range(60):
            create_token(book, f"t{number}", [Scope.REPORTS_READ], dealership_ids=[world.ids["NORTH"]])
    for number in range(1, 30):
        hire(world, number)
    assert [count(PEOPLE), count(TOKENS)] == few
