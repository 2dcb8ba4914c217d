"""The frame around the pages: where one may go, refusals as pages, assets, a host that frames us itself."""

import gzip
import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from jinja2 import ChoiceLoader, DictLoader

from servicelost.analytics.charts.palette import DARK, LIGHT, contrast
from servicelost.kernel.actor import Role
from servicelost.web import ui
from tests.web.conftest import World
from tests.web.ui_pages import words

STATIC = Path(ui.__file__).parent / "static"


@pytest.mark.parametrize(
    ("role", "places"),
    [
        (Role.SERVICE_ADVISOR, ["Today", "Board", "Visits"]),
        (
            Role.SERVICE_MANAGER,
            # A phone shows the first four, and the rest again behind More.
            [
                "Today",
                "Board",
                "Overview",
                "Visits",
                "Reports",
                "Ledger",
                "Settings",
                "More",
                "Reports",
                "Ledger",
                "Settings",
            ],
        ),
    ],
)
def test_one_sees_where_one_may_go(world: World, client: FlaskClient, role: Role, places: list[str]) -> None:
    world.sign_in(role)
    page = client.get("/service/visits").text
    nav = words(page[page.index("<nav") : page.index("</nav>")])
    assert nav == " ".join(["service lost", *places])


def test_an_advisor_begins_with_today(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    assert client.get("/service/").location == "/service/today"


def test_a_refusal_is_a_page_that_says_what_is_safe(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.TECHNICIAN)
    answer = client.get("/service/ledger")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "ana needs the role" in answer.text
    assert "Nothing was changed." in answer.text


def test_a_page_holds_no_script_and_no_style_of_its_own(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_MANAGER)
    for path in ("/", "/visits", "/ledger", "/reports"):
        page = client.get(f"/service{path}").text
        assert " style=" not in page
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]* src=)", page)
        assert not re.search(r"\son[a-z]+=", page)


def test_assets_are_kept_by_browsers_as_long_as_they_are_the_same(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_MANAGER)
    page = client.get("/service/visits").text
    addresses = re.findall(r'(?:href|src)="(/service/assets/[^"]+)"', page)
    assert len(addresses) == 6
    world.sign_out()
    for address in addresses:
        with client.get(address) as answer:
            assert answer.status_code == HTTPStatus.OK
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        with client.get(address.partition("?")[0]) as answer:
            assert "immutable" not in answer.headers["Cache-Control"]


def test_assets_are_packed_for_who_takes_that(client: FlaskClient) -> None:
    address = "/service/assets/plotly.js"
    with client.get(address) as plain, client.get(address, headers={"Accept-Encoding": "gzip"}) as packed:
        assert (plain.content_encoding, packed.content_encoding) == (None, "gzip")
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data) / 2.5
        assert packed.mimetype == plain.mimetype
        assert packed.vary.as_set(preserve_casing=True) >= {"Accept-Encoding"}
        assert packed.get_etag() != plain.get_etag()
        unchanged = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    with client.get(address, headers=unchanged) as again:
        assert again.status_code == HTTPStatus.NOT_MODIFIED


@pytest.mark.parametrize("name", ["nothing.css", "..%2fassets.py", "assets.py", "%2e%2e"])
def test_nothing_else_is_an_asset(client: FlaskClient, name: str) -> None:
    assert client.get(f"/service/assets/{name}").status_code == HTTPStatus.NOT_FOUND


def test_a_host_can_put_its_own_frame_around_us(
    make_world: Callable[..., World],
) -> None:
    world = make_world()
    frame = "<html><head>{% block head %}{% endblock %}</head><body>ACME DMS{% block content %}{% endblock %}"
    loader = DictLoader({"servicelost/frame.html": frame})
    assert world.app.jinja_loader is not None
    world.app.jinja_loader = ChoiceLoader([loader, world.app.jinja_loader])
    world.sign_in(Role.SERVICE_ADVISOR)
    page = world.app.test_client().get("/service/visits").text
    assert "ACME DMS" in page
    assert "RO-1" in page
    assert "sl-rail" not in page


def _variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"--sl-([a-z-]+): (#[0-9a-f]{6});", block))


def _themes() -> list[dict[str, str]]:
    css = (STATIC / "servicelost.css").read_text()
    return [_variables(block) for block in re.findall(r"\{[^{}]*--sl-ground:[^{}]*\}", css)]


def test_the_dark_theme_is_the_same_by_choice_and_by_system() -> None:
    light, by_system, by_choice = _themes()
    assert by_system == by_choice
    assert light.keys() == by_choice.keys()


@pytest.mark.parametrize("theme", [0, 2], ids=["light", "dark"])
def test_words_can_be_read_in_every_colour(theme: int) -> None:
    colours = _themes()[theme]
    named = set(colours) - {"ground", "surface", "sunken", "line", "accent-ink", "accent-soft"}
    for name in named:
        for ground in ("surface", "ground"):
            assert contrast(colours[name], colours[ground]) >= 4.5, f"{name} on {ground}"
    assert contrast(colours["accent-ink"], colours["accent"]) >= 4.5
    assert contrast(colours["accent"], colours["accent-soft"]) >= 4.5


@pytest.mark.parametrize("state", ["potential", "lost", "won"])
def test_money_has_one_colour_on_pages_and_in_figures(state: str) -> None:
    light, _, dark = _themes()
    assert (light[state], dark[state]) == (getattr(LIGHT, state), getattr(DARK, state))
