"""Today as an advisor uses it: one tap, by keyboard, on a phone, without script; and it hurts nobody."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM
from servicelost.simulate.dealership import NORTH
from tests.browser.conftest import NOW, PHONE, Open, Site


@pytest.fixture
def overdue(site: Site) -> None:
    """Somebody who should have been here three quarters of an hour ago."""
    at = (NOW - timedelta(minutes=45)).isoformat()
    said = {
        "type": "appointment.booked", "event_id": "late", "source": "test", "dealership": NORTH.code,
        "occurred_at": (NOW - timedelta(days=2)).isoformat(),
        "data": {"appointment_id": "LATE", "scheduled_at": at, "expected_amount": "289.00",
                 "customer": {"id": "LATE", "name": "Lotte Latecomer"}},
    }  # fmt: skip
    receive(lambda: site.runtime.unit(SYSTEM), [said])


def the_row(page: Page) -> Locator:
    return page.locator("[data-sl-row]", has_text="Lotte Latecomer")


@pytest.mark.usefixtures("overdue")
def test_a_no_show_is_one_tap_and_undone_by_another(site: Site, open_page: Open) -> None:
    with open_page(PHONE) as page:
        page.goto(f"{site.url}/today")
        expect(the_row(page)).to_contain_text("no-show?")
        the_row(page).get_by_role("button", name="No-show").click()
        expect(the_row(page)).to_contain_text("Did not come")
        page.get_by_role("button", name="Undo").click()
        expect(the_row(page)).to_contain_text("minutes late")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.usefixtures("overdue")
def test_the_day_is_worked_by_keyboard_alone(site: Site, open_page: Open) -> None:
    with open_page() as page:
        page.goto(f"{site.url}/today")
        for _ in range(40):
            page.keyboard.press("j")
            if the_row(page).evaluate("row => row === document.activeElement"):
                break
        page.keyboard.press("a")
        expect(the_row(page)).to_contain_text("Arrived")
        page.keyboard.press("u")
        expect(the_row(page)).to_contain_text("minutes late")


@pytest.mark.usefixtures("overdue")
def test_cancelling_and_moving_work_without_script(site: Site, open_page: Open) -> None:
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site.url}/today")
        the_row(page).locator("summary").click()
        the_row(page).get_by_role("button", name="No time today").click()
        expect(the_row(page)).to_contain_text("Cancelled")


@pytest.fixture
def missed(site: Site) -> None:
    """Somebody called a quarter of an hour ago and nobody answered."""
    said = {
        "type": "call.missed", "event_id": "missed", "source": "test", "dealership": NORTH.code,
        "occurred_at": (NOW - timedelta(minutes=15)).isoformat(),
        "data": {"call_id": "MISSED", "phone": "+49 30 901820", "purpose": "SERVICE",
                 "customer": {"id": "MISSED", "name": "Mirja Missed"}},
    }  # fmt: skip
    receive(lambda: site.runtime.unit(SYSTEM), [said])


@pytest.mark.usefixtures("missed")
@pytest.mark.parametrize("script", [True, False])
def test_a_missed_call_is_called_back_with_one_tap(site: Site, open_page: Open, script: bool) -> None:
    with open_page(PHONE, java_script_enabled=script) as page:
        page.goto(f"{site.url}/today")
        row = page.locator(".sl-follow li", has_text="Mirja Missed")
        row.get_by_role("button", name="Called, not reached").click()
        expect(row).to_contain_text("called once")
        row.get_by_role("button", name="Undo").click()
        expect(row).not_to_contain_text("called once")
        row.locator("summary").click()
        row.get_by_role("button", name="Will book").click()
        expect(page.get_by_role("status").first).to_contain_text("Called: will book.")
        expect(row).to_have_count(0)


@pytest.mark.usefixtures("missed")
def test_follow_ups_answer_to_keys(site: Site, open_page: Open) -> None:
    with open_page() as page:
        page.goto(f"{site.url}/follow-ups")
        row = page.locator("[data-sl-row]", has_text="Mirja Missed")
        for _ in range(40):
            page.keyboard.press("j")
            if row.evaluate("row => row === document.activeElement"):
                break
        page.keyboard.press("r")
        expect(row).to_contain_text("called once")
        page.keyboard.press("u")
        expect(row).not_to_contain_text("called once")


@pytest.mark.usefixtures("overdue", "missed")
@pytest.mark.parametrize("path", ["/today", "/follow-ups", "/log?kind=part", "/?period=all"])
def test_nobody_is_shut_out(site: Site, open_page: Open, path: str) -> None:
    with open_page() as page:
        page.goto(f"{site.url}{path}")
        page.wait_for_load_state("networkidle")
        found = [
            item
            for item in Axe().run(page).response["violations"]
            if item["impact"] in ("serious", "critical")
        ]
        assert [(item["id"], [node["html"][:120] for node in item["nodes"][:3]]) for item in found] == []
