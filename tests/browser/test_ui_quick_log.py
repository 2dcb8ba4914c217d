"""The quick log as people use it: by keyboard from any page, on a phone, and without script."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Open, Site


def test_a_missed_call_is_logged_by_keyboard_and_taken_back(site: Site, open_page: Open) -> None:
    with open_page() as page:
        page.goto(f"{site.url}/visits")
        page.keyboard.press("n")
        expect(page.get_by_role("heading", name="Quick log")).to_be_visible()
        page.keyboard.type("030 901820")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Recorded:")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Taken back.")).to_be_visible()


def test_a_competitors_price_is_asked_only_where_it_belongs(site: Site, open_page: Open) -> None:
    with open_page(PHONE) as page:
        page.goto(f"{site.url}/log?kind=part")
        competitor = page.get_by_label("Competitor", exact=True)
        expect(competitor).to_be_hidden()
        page.get_by_label("Competitor's offer").check()
        expect(competitor).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_part_is_logged_without_script(site: Site, open_page: Open) -> None:
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site.url}/log?kind=part")
        page.get_by_label("Part number").fill("X-100")
        page.get_by_label("Price of one").fill("12.50")
        page.get_by_role("button", name="Record it").click()
        expect(page.get_by_text("Recorded: €12.50 lost.")).to_be_visible()
