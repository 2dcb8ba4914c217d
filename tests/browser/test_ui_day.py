"""A whole day of an advisor and a manager's review: page after page, as they do it.

On a desktop, on a phone, and without any script; what the day did to the ledger is added up at the end.
"""

import re
from collections import Counter
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from servicelost.intake.results import Outcome
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM, Actor, Role
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.simulate.dealership import NORTH
from tests.browser.conftest import NOW, PHONE, Open, Site
from tests.browser.test_ui_reports import computed
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("morning")]

CAR = {"customer": {"id": "C-88", "name": "Marta Oudendijk"}, "vehicle": {"id": "V-88", "plate": "XX-88"}}
WAYS = [
    pytest.param({}, id="desktop"),
    pytest.param({"size": PHONE}, id="phone"),
    pytest.param({"java_script_enabled": False}, id="no script"),
]


@pytest.fixture
def morning(site: Site) -> None:
    """Somebody who has not come; a car in the house with work declined on its last visit."""
    numbers = count(1)

    def said(kind: str, days_ago: float, **data: Any) -> dict[str, Any]:
        return {
            "type": kind, "event_id": f"day{next(numbers)}", "source": "test", "dealership": NORTH.code,
            "occurred_at": (NOW - timedelta(days=days_ago)).isoformat(), "data": data,
        }  # fmt: skip

    found = (("BELT", "Timing belt", "RED", "780.00"), ("PADS", "Rear brake pads", "YELLOW", "240.00"),
             ("WIPERS", "Wiper blades", "YELLOW", "32.00"))  # fmt: skip
    told = [
        said("appointment.booked", 2, appointment_id="LATE", expected_amount="289.00",
             scheduled_at=(NOW - timedelta(minutes=45)).isoformat(),
             customer={"id": "LATE", "name": "Lotte Latecomer"}),
        said("visit.walk_in", 60, visit_id="D1", **CAR),
        said("line.recommended", 59.9, visit_id="D1", line_id="OLD", service="Brake fluid", amount="89.00"),
        said("line.declined", 59.8, visit_id="D1", line_id="OLD", cause="PRICE_TOO_HIGH"),
        said("visit.closed", 59.7, visit_id="D1"),
        said("visit.walk_in", 0.1, visit_id="D2", **CAR),
        *(said("line.recommended", 0.09, visit_id="D2", line_id=line_id, service=service, amount=amount,
               severity=severity) for line_id, service, severity, amount in found),
        said("quote.sent", 0.08, visit_id="D2", channel="IN_PERSON"),
    ]  # fmt: skip
    results = receive(lambda: site.runtime.unit(SYSTEM), told)
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}, results


def entries(site: Site) -> Counter[tuple[str, str, int]]:
    """Every entry of the ledger: kind, event and amount in cents."""
    with site.runtime.unit(SYSTEM, reading=True) as book:
        found = select(LedgerEntry.kind, LedgerEntry.event, LedgerEntry.amount_minor)
        return Counter(tuple(row) for row in book.connection.execute(found))


def says(page: Page, text: str) -> None:
    """The page says so at its top."""
    expect(page.get_by_role("status")).to_contain_text(text)


@pytest.mark.parametrize("way", WAYS)
def test_an_advisors_day(site: Site, open_page: Open, way: dict[str, Any]) -> None:
    site.actor[0] = Actor("ana", frozenset({Role.SERVICE_ADVISOR}), None)
    before = entries(site)
    with open_page(**way) as page:
        page.goto(f"{site.url}/")
        nobody_came(page)
        open_the_car(page)
        decide(page)
        log_a_call(page)
        if "size" in way:
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert entries(site) - before == Counter(
        [
            ("LOSS", "APPT_NO_SHOW", 289_00),
            ("LOSS", "QUOTE_DECLINED", 780_00),
            ("LOSS", "CALL_MISSED", 210_00),
        ]
    ), "a sale recovers once it is invoiced; what was undone or put off is no loss"


def nobody_came(page: Page) -> None:
    """Today: one tap."""
    row = page.locator("[data-sl-row]", has_text="Lotte Latecomer")
    expect(row).to_contain_text("no-show?")
    row.get_by_role("button", name="No-show").click()
    expect(row).to_contain_text("Did not come")


def open_the_car(page: Page) -> None:
    """The search: by a part of the name."""
    page.get_by_role("searchbox").fill("oudend")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name=re.compile("Oudendijk")).first.click()
    expect(page.get_by_role("heading", name="D2")).to_be_visible()


def decide(page: Page) -> None:
    """The visit: a second chance is sold, one line is declined, one approved, one put off, a wrong tap."""
    earlier = page.locator("#earlier li", has_text="Brake fluid")
    earlier.get_by_role("button", name="Add to this visit").click()
    says(page, "Brake fluid: recommended.")
    page.get_by_role("button", name="Approve Brake fluid").click()
    says(page, "Brake fluid: approved.")
    page.get_by_role("button", name="Decline Timing belt").click()
    strip = page.locator("form[id^=decline-]:visible")
    strip.get_by_label("No time today").check()
    strip.get_by_role("button", name="Save").last.click()
    says(page, "Timing belt: declined, no time today.")
    page.get_by_role("button", name="Approve Wiper blades").click()
    says(page, "Wiper blades: approved.")
    page.get_by_role("button", name="Undo").click()
    says(page, "Taken back")
    page.get_by_role("button", name="Postpone Rear brake pads").click()
    strip = page.locator("form[id^=defer-]:visible")
    strip.get_by_label("1 month").check()
    strip.get_by_role("button", name="Save").last.click()
    says(page, "Rear brake pads: postponed until")


def log_a_call(page: Page) -> None:
    """The quick log: a call that nobody took."""
    page.get_by_role("link", name="Quick log").first.click()
    page.get_by_label("Phone, if known").fill("030 901820")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Recorded:")).to_be_visible()


@pytest.mark.parametrize("way", WAYS[:2])
def test_a_managers_review(site: Site, open_page: Open, way: dict[str, Any]) -> None:
    before = entries(site)
    with open_page(**way) as page:
        page.goto(f"{site.url}/?period=all")
        computed(page)
        follow_a_number(page)
        take_a_loss_back(page, site)
        change_a_threshold(page)
        read_about_parts(page, site)
    taken_back = entries(site) - before
    assert [kind for kind, _event, _amount in taken_back] == ["REVERSAL"]


def follow_a_number(page: Page) -> None:
    """From the heat map to the rows that add up to the cell, and to a file of them."""
    cell = page.locator(".sl-heat a").first
    shown = cell.inner_text()
    cell.click()
    gross = page.locator("dt", has_text="Lost, gross").locator("+ dd").inner_text()
    assert round(float(gross.strip("€").replace(",", ""))) == int(shown.strip("€").replace(",", ""))
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()
    assert saved.value.path().read_text(encoding="utf-8-sig").startswith("Business day,")


def take_a_loss_back(page: Page, site: Site) -> None:
    """The ledger: an entry that never was a loss."""
    page.goto(f"{site.url}/ledger?kind=LOSS")
    page.locator("tbody th a").first.click()
    page.get_by_label("Entered by mistake").check()
    page.get_by_label("Why, in words").fill("Clicked on the wrong car")
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Ledger: taken back")).to_be_visible()


def change_a_threshold(page: Page) -> None:
    """The settings: patience with those who do not come; the log tells who changed it."""
    if page.locator(".sl-rest summary").is_visible():
        page.locator(".sl-rest summary").click()
    page.get_by_role("link", name="Settings").locator("visible=true").click()
    field = page.get_by_role("textbox", name="No-show after")
    field.fill("45")
    field.press("Enter")
    expect(page.get_by_text("Saved. What was changed stands under Changes.")).to_be_visible()
    page.get_by_role("link", name="Changes").click()
    expect(page.locator("main")).to_contain_text("hanna")


def read_about_parts(page: Page, site: Site) -> None:
    """The report of parts, drawn and defined."""
    page.goto(f"{site.url}/reports")
    page.get_by_role("link", name="Parts demand").first.click()
    computed(page)
    wait_for(lambda: page.locator(".js-plotly-plot .main-svg").count())
