"""A form that comes too late keeps what was typed; one that another site sent is never offered."""

from http import HTTPStatus

import pytest
from flask.testing import FlaskClient

from servicelost.kernel.actor import Role
from tests.web.conftest import World
from tests.web.ui_pages import forms, words

LOG = "/service/log"
TYPED = {"note": "has it done by his brother", "why": ["a", "b"]}
OURS = {"Sec-Fetch-Site": "same-origin"}


def address(client: FlaskClient) -> str:
    """Where some form of the quick log goes."""
    return next(iter(forms(client.get(LOG).text)))


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}], ids=["new", "old"]
)
def test_who_was_signed_out_signs_in_and_sends_again(
    world: World, client: FlaskClient, headers: dict[str, str]
) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    to = address(client)
    world.sign_out()
    refused = client.post(to, data=TYPED, headers=headers)
    assert refused.status_code == HTTPStatus.UNAUTHORIZED
    held = forms(refused.text)[to]
    assert (held["note"], held["why"]) == ("has it done by his brother", "b")
    world.sign_in(Role.SERVICE_ADVISOR)
    once_more = client.post(to, data=held, headers=headers)  # the page was made for nobody
    assert once_more.status_code == HTTPStatus.FORBIDDEN
    assert "What you typed is kept: send it again" in words(once_more.text)
    taken = client.post(to, data=forms(once_more.text)[to], headers=headers)
    assert taken.status_code not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, {"Origin": "http://evil"}, {}]
)
def test_what_another_site_sends_is_not_offered(
    world: World, client: FlaskClient, headers: dict[str, str]
) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    to = address(client)
    refused = client.post(to, data=TYPED, headers=headers)
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert to not in forms(refused.text)
    assert "his brother" not in refused.text


def test_who_may_not_do_it_is_not_told_to_send_it_again(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    refused = client.post("/service/settings/causes", data=TYPED, headers=OURS)
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "Not saved yet" not in refused.text
