"""The search as people use it: from any page by keyboard, on a phone, without script; and it hurts nobody."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM
from servicelost.simulate.dealership import NORTH
from tests.browser.conftest import NOW, PHONE, Open, Site

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("known")]


@pytest.fixture
def known(site: Site) -> None:
    """Two customers of one name with a car each."""
    for number in (1, 2):
        car = {"id": f"SEEK-{number}", "make": "VW", "model": "Golf", "plate": f"QQ-Z {number}"}
        said = {
            "type": "visit.walk_in", "event_id": f"seek-{number}", "source": "test", "dealership": NORTH.code,
            "occurred_at": NOW.isoformat(),
            "data": {"visit_id": f"SEEK-{number}",
                     "customer": {"id": f"SEEK-{number}", "name": f"Žofie Quentin {number}"},
                     "vehicle": car},
        }  # fmt: skip
        receive(lambda said=said: site.runtime.unit(SYSTEM), [said])  # type: ignore[misc]


def search(page: Page, text: str) -> None:
    """Type it where one stands and send it."""
    page.keyboard.press("/")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_customer_is_found_and_opened_by_keyboard_alone(site: Site, open_page: Open) -> None:
    with open_page() as page:
        page.goto(f"{site.url}/visits")
        search(page, "zofie quent")
        expect(page.get_by_role("heading", name="Customers and cars 2")).to_be_visible()
        page.wait_for_load_state()  # keys are heard from then on
        assert "zofie" not in page.url.lower()
        page.keyboard.press("/")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("link", name="Žofie Quentin 2")).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="SEEK-1")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("link", name="Žofie Quentin 1")).to_be_visible()


def test_a_phone_shows_what_was_found_without_scrolling_sideways(site: Site, open_page: Open) -> None:
    with open_page(PHONE) as page:
        page.goto(f"{site.url}/today")
        page.get_by_role("searchbox").fill("qqz")
        page.get_by_role("searchbox").press("Enter")
        expect(page.get_by_text("QQ-Z 1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for target in page.locator("main .sl-btn, main .sl-input, main [data-sl-found]").all():
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= 44
        page.goto(f"{site.url}/search")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_it_works_without_script(site: Site, open_page: Open) -> None:
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site.url}/visits")
        page.get_by_role("searchbox").fill("seek-2")
        page.get_by_role("searchbox").press("Enter")
        expect(page.get_by_role("heading", name="SEEK-2")).to_be_visible()
        page.get_by_role("searchbox").fill("quentin")
        page.get_by_role("searchbox").press("Enter")
        page.get_by_role("link", name="Žofie Quentin 1").click()
        expect(page.get_by_role("heading", name="SEEK-1")).to_be_visible()


@pytest.mark.parametrize("text", ["quentin", "seek-", "x", "zzzz"])
def test_nobody_is_shut_out(site: Site, open_page: Open, text: str) -> None:
    with open_page() as page:
        page.goto(f"{site.url}/visits")
        search(page, text)
        page.wait_for_url("**/search")
        page.wait_for_load_state("networkidle")
        found = [
            item
            for item in Axe().run(page).response["violations"]
            if item["impact"] in ("serious", "critical")
        ]
        assert [(item["id"], [node["html"][:120] for node in item["nodes"][:3]]) for item in found] == []
