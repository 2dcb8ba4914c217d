"""What a manager does in the browser: wait for a report, read it, draw it, go to the rows behind a number."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open, Site
from tests.waiting import wait_for

pytestmark = pytest.mark.browser

NAMES = ("lost-revenue", "where-why", "causes", "trend", "recommendations")


def computed(page: Page) -> None:
    """Wait until the numbers are there."""
    expect(page.locator("#definitions")).to_be_visible()


def numbers_are_there(page: Page) -> bool:
    """Whether they are; if not, look again as who has no script does."""
    if page.locator("#definitions").count():
        return True
    with page.expect_navigation():
        page.get_by_role("link", name="Look again").click()
    return False


@pytest.mark.parametrize("name", NAMES)
def test_a_report_computes_draws_and_defines(site: Site, open_page: Open, name: str) -> None:
    with open_page() as page:
        page.goto(f"{site.url}/reports/{name}")
        computed(page)
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        for note in page.locator(".sl-note a").all():
            assert page.locator(note.get_attribute("href") or "none").count() == 1


def test_a_number_leads_to_its_rows_which_add_up_to_it(site: Site, open_page: Open) -> None:
    with open_page() as page:
        page.goto(f"{site.url}/reports/where-why")
        computed(page)
        cell = page.locator(".sl-heat a").first
        shown = cell.inner_text()
        cell.click()
        expect(page.get_by_role("heading", name="Ledger entries")).to_be_visible()
        gross = page.locator("dt", has_text="Lost, gross").locator("+ dd").inner_text()
        assert round(float(gross.strip("€").replace(",", ""))) == int(shown.strip("€").replace(",", ""))


def test_the_home_page_says_what_was_lost_in_one_look(site: Site, open_page: Open) -> None:
    with open_page(PHONE) as page:
        page.goto(f"{site.url}/?period=all")
        expect(page.get_by_role("heading", name="The largest causes")).to_be_visible()
        expect(page.get_by_text("Lost, net", exact=False).first).to_be_visible()
        expect(page.get_by_role("heading", name="Where and why")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_report_is_read_without_script(site: Site, open_page: Open) -> None:
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site.url}/reports/causes")

        wait_for(lambda: numbers_are_there(page))
        expect(page.get_by_role("heading", name="Causes by money")).to_be_visible()


def test_the_figure_follows_the_theme(site: Site, open_page: Open) -> None:
    with open_page(color_scheme="light") as page:
        page.goto(f"{site.url}/reports/trend")
        computed(page)
        label = page.locator(".js-plotly-plot .xtick text").first
        expect(label).to_be_visible()
        light = label.evaluate("text => getComputedStyle(text).fill")
        page.get_by_role("button", name="Light or dark").click()
        expect(label).not_to_have_css("fill", light)


def test_a_loss_is_taken_back_by_a_manager(site: Site, open_page: Open) -> None:
    with open_page() as page:
        page.goto(f"{site.url}/ledger?kind=LOSS")
        page.locator("tbody th a").first.click()
        page.get_by_label("Entered by mistake").check()
        page.get_by_label("Why, in words").fill("Clicked on the wrong car")
        page.get_by_role("button", name="Take back").click()
        expect(page.get_by_text("Ledger: taken back")).to_be_visible()
        expect(page.get_by_role("button", name="Take back")).to_have_count(0)
