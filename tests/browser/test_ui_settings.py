"""The settings pages as a manager uses them: by keyboard, on a phone, without script, and axe."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import NO_SHOW_AFTER
from servicelost.directory.dealerships import list_dealerships
from servicelost.kernel.actor import SYSTEM, Actor, Role
from tests.browser.conftest import PHONE, Open, Site

pytestmark = pytest.mark.browser
GROUP = Actor("gus", frozenset({Role.GROUP_MANAGER}), None)
TABS = ("", "/causes", "/competitors", "/mapping", "/people", "/tokens", "/log")


def no_show_after(site: Site) -> int:
    with site.runtime.unit(SYSTEM, reading=True) as book:
        return read_setting(book, list_dealerships(book)[0].id, NO_SHOW_AFTER)


def add_cause(page: Page) -> None:
    page.get_by_label("What people will read").fill("Snow on the road")
    page.get_by_label("Stands for, for good").select_option(label="No time today")
    page.get_by_label("made from the words").press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_a_threshold_is_changed_in_three_interactions(site: Site, open_page: Open) -> None:
    with open_page() as page:
        page.goto(f"{site.url}/settings")
        page.get_by_role("textbox", name="No-show after minutes").click(click_count=3)
        page.keyboard.type("45")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Saved.")).to_be_visible()
        assert no_show_after(site) == 45
        page.get_by_role("button", name="Back to 30").press("Enter")
        own = page.locator("#no_show_after_minutes")
        expect(own.get_by_text("changed", exact=True)).to_have_count(0)
        assert no_show_after(site) == 30


def test_causes_are_added_and_translated_by_keyboard(site: Site, open_page: Open) -> None:
    with open_page() as page:
        page.goto(f"{site.url}/settings/causes")
        add_cause(page)
        page.get_by_role("link", name="Snow on the road").press("Enter")
        page.get_by_label("Nederlands").fill("Sneeuw")
        page.get_by_label("Offer it to people").press("Space")
        page.get_by_role("button", name="Save").press("Enter")
        expect(page.get_by_text("switched off")).to_be_visible()


def test_op_codes_are_mapped_one_by_one_and_several_at_once(site: Site, open_page: Open) -> None:
    with open_page() as page:
        page.goto(f"{site.url}/settings/mapping?only=unmapped")
        rows = page.get_by_role("row")
        before = rows.count()
        page.get_by_label("Category of OIL", exact=True).select_option(label="Oil service")
        page.get_by_role("button", name="Save the categories").press("Enter")
        expect(rows).to_have_count(before - 1)
        for tick in page.get_by_role("checkbox").all()[:3]:
            tick.press("Space")
        page.get_by_label("All ticked ones are").select_option(label="Inspection")
        page.get_by_role("button", name="Map the ticked ones").press("Enter")
        expect(rows).to_have_count(before - 4)


def test_a_token_is_made_and_revoked(site: Site, open_page: Open) -> None:
    site.actor[0] = GROUP
    with open_page() as page:
        page.goto(f"{site.url}/settings/tokens")
        page.get_by_label("Which system will use it?").fill("Our DMS")
        page.get_by_label("Send events").press("Space")
        page.keyboard.press("Enter")
        expect(page.get_by_text(re.compile(r"^slt_[\w-]{40,}$"))).to_be_visible()
        page.goto(f"{site.url}/settings/tokens")
        expect(page.get_by_text(re.compile(r"^slt_[\w-]{40,}$"))).to_have_count(0)
        page.get_by_role("button", name="Revoke Our DMS").press("Enter")
        expect(page.get_by_text("revoked", exact=True)).to_be_visible()


def test_everything_works_without_script(site: Site, open_page: Open) -> None:
    site.actor[0] = GROUP
    with open_page(PHONE, java_script_enabled=False) as page:
        page.goto(f"{site.url}/settings")
        field = page.get_by_role("textbox", name="No-show after minutes")
        field.fill("45")
        field.press("Enter")
        expect(page.get_by_text("Saved.")).to_be_visible()
        page.goto(f"{site.url}/settings/causes")
        add_cause(page)
        page.goto(f"{site.url}/settings/mapping")
        page.get_by_label("Category of OIL", exact=True).select_option(label="Oil service")
        page.get_by_role("button", name="Save the categories").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        page.goto(f"{site.url}/settings/log")
        for told in ("Setting changed", "Cause added", "Operation mapped"):
            expect(page.locator("strong", has_text=told).first).to_be_visible()


@pytest.mark.parametrize("path", TABS)
def test_a_phone_and_axe_find_nothing_wrong(site: Site, open_page: Open, path: str) -> None:
    site.actor[0] = GROUP
    with open_page(PHONE) as page:
        page.goto(f"{site.url}/settings{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        found = Axe().run(page).response["violations"]
        assert not [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("path", ["people", "competitors"])
def test_the_page_of_one_fits_a_phone_and_axe(site: Site, open_page: Open, path: str) -> None:
    with open_page(PHONE) as page:
        page.goto(f"{site.url}/settings/{path}")
        page.locator(".sl-list a").first.click()
        expect(page.get_by_role("button", name="Save")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        found = Axe().run(page).response["violations"]
        assert not [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]
