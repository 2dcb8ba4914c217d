"""What an advisor does in the browser: find a visit, decline in place, take it back; also without script."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Open, Site

pytestmark = pytest.mark.browser


def test_declining_opens_under_the_line_and_can_be_undone(site: Site, open_page: Open) -> None:
    visit_id, line_id = site.undecided()
    with open_page() as page:
        page.goto(f"{site.url}/visits/{visit_id}")
        strip = page.locator(f"#decline-{line_id}")
        expect(strip).to_be_hidden()
        page.locator(f"[data-sl-opens=decline-{line_id}]").click()
        expect(strip).to_be_visible()
        expect(strip.get_by_label("Competitor", exact=True)).to_be_hidden()
        strip.get_by_label("Too expensive").check()
        strip.get_by_label("Competitor", exact=True).fill("Speedy Spanner")
        strip.get_by_label("Their price").fill("99.00")
        strip.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_contain_text("declined, too expensive, Speedy Spanner")
        assert site.line(line_id).state == "DECLINED"
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name="Undo")).to_have_count(0)
        expect(page.locator(f"#line-{line_id}").get_by_role("button", name="Approve")).to_be_visible()


def test_fields_follow_the_cause(site: Site, open_page: Open) -> None:
    visit_id, line_id = site.undecided()
    with open_page() as page:
        page.goto(f"{site.url}/visits/{visit_id}?decline={line_id}")
        strip = page.locator(f"#decline-{line_id}")
        strip.get_by_text("More", exact=True).click()
        strip.get_by_label("Competitor's offer").check()
        expect(strip.get_by_label("Competitor", exact=True)).to_be_visible()
        strip.get_by_label("No time today").check()
        expect(strip.get_by_label("Competitor", exact=True)).to_be_hidden()
        strip.get_by_label("Other", exact=True).check()
        strip.get_by_role("button", name="Save").click()
        expect(strip.get_by_label("Note")).to_be_focused()
        assert site.line(line_id).state == "QUOTED"


def test_the_keyboard_is_enough(site: Site, open_page: Open) -> None:
    visit_id, line_id = site.undecided()
    with open_page() as page:
        page.goto(f"{site.url}/visits")
        page.keyboard.press("/")
        page.keyboard.type(page.locator(f"a[href$='/visits/{visit_id}']").first.inner_text())
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/visits/{visit_id}")
        page.locator(f"[data-sl-opens=decline-{line_id}]").focus()
        page.keyboard.press("Enter")
        page.locator(f"#decline-{line_id}").get_by_text("More", exact=True).press("Enter")
        page.locator(f"#decline-{line_id}").get_by_label("No budget now").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("declined, no budget now")
        assert site.line(line_id).state == "DECLINED"


def test_escape_closes_the_strip_and_gives_the_focus_back(site: Site, open_page: Open) -> None:
    visit_id, line_id = site.undecided()
    with open_page() as page:
        page.goto(f"{site.url}/visits/{visit_id}")
        opener = page.locator(f"[data-sl-opens=defer-{line_id}]")
        opener.click()
        page.keyboard.press("Escape")
        expect(page.locator(f"#defer-{line_id}")).to_be_hidden()
        expect(opener).to_be_focused()


def test_everything_works_without_script(site: Site, open_page: Open) -> None:
    visit_id, line_id = site.undecided()
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site.url}/visits/{visit_id}")
        page.locator(f"#line-{line_id}").get_by_role("button", name="Postpone").click()
        strip = page.locator(f"#defer-{line_id}")
        strip.get_by_label("3 months").check()
        strip.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_contain_text("postponed until 16 Sept 2026")
        assert site.line(line_id).state == "DEFERRED"


@pytest.mark.parametrize(
    "path", ["/visits", "/visits?state=all", "/ledger", "/reports", "{visit}?decline={line}"]
)
def test_a_phone_shows_it_without_scrolling_sideways(site: Site, open_page: Open, path: str) -> None:
    visit_id, line_id = site.undecided()
    with open_page(PHONE) as page:
        page.goto(site.url + path.format(visit=f"/visits/{visit_id}", line=line_id))
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for target in page.locator(".sl-btn, .sl-input, .sl-nav a, .sl-chip span").all():
            if target.is_visible():
                box = target.bounding_box()
                assert box is not None
                assert box["height"] >= 44, target.inner_text()


def test_the_chosen_theme_stays(site: Site, open_page: Open) -> None:
    with open_page(color_scheme="light") as page:
        page.goto(f"{site.url}/visits")
        ground = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(ground)
        page.get_by_role("button", name="Light or dark").click()
        dark = page.evaluate(ground)
        assert dark != light
        page.goto(f"{site.url}/ledger")
        assert page.evaluate(ground) == dark


def test_without_a_choice_the_system_decides(site: Site, open_page: Open) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        with open_page(color_scheme=scheme, java_script_enabled=False) as page:
            page.goto(f"{site.url}/visits")
            grounds.append(page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor"))
    assert grounds[0] != grounds[1]
