"""The headers of our answers, and that no page of ours needs what they forbid."""

import re
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient

from servicelost.kernel.actor import Role
from tests.web.conftest import World

PAGES = ["/service/", "/service/visits", "/service/reports", "/service/ledger", "/service/api/v1/docs"]


@pytest.mark.parametrize("path", [*PAGES, "/service/api/v1/openapi.json", "/service/nope"])
def test_answers_of_ours_carry_the_headers(world: World, client: FlaskClient, path: str) -> None:
    world.sign_in(Role.SERVICE_MANAGER)
    with client.get(path) as answer:
        ours = path != "/service/nope"
        policy = answer.headers.get("Content-Security-Policy", "")
        assert ("default-src 'none'" in policy) is ours
        assert "unsafe" not in policy
        assert ("nosniff" in answer.headers.get("X-Content-Type-Options", "")) is ours


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_nothing_inline_and_nothing_from_elsewhere(
    world: World, client: FlaskClient, path: str
) -> None:
    world.sign_in(Role.SERVICE_MANAGER)
    page = client.get(path)
    assert page.status_code == HTTPStatus.OK
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page.text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page.text)


def test_private_pages_stay_out_of_caches(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_MANAGER)
    assert client.get("/service/visits").headers["Cache-Control"] == "no-store"
