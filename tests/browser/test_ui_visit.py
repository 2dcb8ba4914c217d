"""The visit page as an advisor uses it: a second chance, two taps to decline, several at once, one question.

On a desktop, on a phone, by keyboard alone and without script; and it hurts nobody.
"""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from servicelost.intake.results import Outcome
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.simulate.dealership import NORTH
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from tests.browser.conftest import NOW, PHONE, Open, Site

pytestmark = pytest.mark.browser
CAR = {"customer": {"id": "C-77", "name": "Jo Jansen"}, "vehicle": {"id": "V-77", "make": "Borealis"}}


@pytest.fixture
def visit_url(site: Site) -> str:
    """A car with something declined on its first visit, and three things on offer on its second."""
    numbers = count(1)

    def said(kind: str, days_ago: float, **data: Any) -> dict[str, Any]:
        return {
            "type": kind, "event_id": f"v{next(numbers)}", "source": "test", "dealership": NORTH.code,
            "occurred_at": (NOW - timedelta(days=days_ago)).isoformat(), "data": data,
        }  # fmt: skip

    until = (NOW + timedelta(days=8)).date().isoformat()
    told = [
        said("visit.walk_in", 60, visit_id="V1", **CAR),
        said("line.recommended", 59.9, visit_id="V1", line_id="OLD", service="Brake fluid", amount="89.00"),
        said("line.declined", 59.8, visit_id="V1", line_id="OLD", cause="PRICE_TOO_HIGH"),
        said("visit.closed", 59.7, visit_id="V1"),
        said("visit.walk_in", 0.1, visit_id="V2", **CAR),
        *(
            said("line.recommended", 0.09, visit_id="V2", line_id=line_id, service=service, amount=amount,
                 severity=severity, **part)
            for line_id, service, severity, amount, part in (
                ("BELT", "Timing belt", "RED", "780.00", {"part_number": "TB-1"}),
                ("PADS", "Rear brake pads", "YELLOW", "240.00", {}),
                ("WIPERS", "Wiper blades", "YELLOW", "32.00", {}),
            )
        ),
        said("quote.sent", 0.08, visit_id="V2", channel="IN_PERSON"),
        said("part.availability", 0.07, part_number="TB-1", on_hand="0", back_order_until=until),
    ]  # fmt: skip
    results = receive(lambda: site.runtime.unit(SYSTEM), told)
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}, results
    with site.runtime.unit(SYSTEM, reading=True) as book:
        found = select(Visit.id).where(Visit.source_id == "V2", Visit.source == "test")
        return f"{site.url}/visits/{book.connection.scalars(found).one()}"


def line(site: Site, source_id: str) -> Line:
    with site.runtime.unit(SYSTEM, reading=True) as book:
        found = select(Line.id).where(Line.source_id == source_id, Line.source == "test")
        return book.get(Line, book.connection.scalars(found).one())


def losses(site: Site, source_id: str) -> list[LedgerEntry]:
    with site.runtime.unit(SYSTEM, reading=True) as book:
        found = select(LedgerEntry.id).where(LedgerEntry.line_id == line(site, source_id).id)
        return [book.get(LedgerEntry, row) for row in book.connection.scalars(found.order_by(LedgerEntry.id))]


def row_of(page: Page, site: Site, source_id: str) -> Locator:
    return page.locator(f"#line-{line(site, source_id).id}")


@pytest.mark.parametrize("size", [None, PHONE])
def test_declining_takes_two_taps_and_undo_one(
    site: Site, open_page: Open, visit_url: str, size: dict[str, int] | None
) -> None:
    with open_page(**({"size": size} if size else {})) as page:
        page.goto(visit_url)
        row = row_of(page, site, "BELT")
        row.get_by_role("button", name="Decline").click()
        row.get_by_role("button", name="Part not available").click()
        expect(page.get_by_role("status")).to_contain_text("Timing belt: declined, part not available.")
        [loss] = losses(site, "BELT")
        assert loss.evidence is not None
        assert (loss.cause, loss.evidence["inferred"]) == ("MISSING_PARTS", "MISSING_PARTS")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("status")).to_contain_text("Taken back")
        assert line(site, "BELT").state == "QUOTED"
        assert page.evaluate("document.documentElement.scrollWidth") <= (size or {"width": 1280})["width"]


def test_a_second_chance_is_one_tap(site: Site, open_page: Open, visit_url: str) -> None:
    with open_page(PHONE) as page:
        page.goto(visit_url)
        chance = page.locator("#earlier li", has_text="Brake fluid")
        expect(chance).to_contain_text("too expensive")
        chance.get_by_role("button", name="Add to this visit").click()
        expect(page.get_by_role("status")).to_contain_text("Brake fluid: recommended.")
        expect(page.locator("#earlier")).to_have_count(0)


def test_several_lines_are_ticked_and_decided_at_once(site: Site, open_page: Open, visit_url: str) -> None:
    with open_page() as page:
        page.goto(visit_url)
        several = page.locator("#several")
        expect(several).to_be_hidden()
        for name in ("Rear brake pads", "Wiper blades"):
            page.get_by_label(f"Tick {name}").check()
        expect(several).to_contain_text("Ticked: 2")
        several.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("status")).to_contain_text("2 lines: approved.")
        assert (line(site, "PADS").state, line(site, "WIPERS").state) == ("AUTHORIZED", "AUTHORIZED")
        assert line(site, "BELT").state == "QUOTED"


def test_leaving_asks_one_question(site: Site, open_page: Open, visit_url: str) -> None:
    with open_page(PHONE) as page:
        page.goto(visit_url)
        page.get_by_role("button", name="Finish: 3 lines undecided").click()
        page.locator("#finish").get_by_role("button", name="Still open").click()
        expect(page.get_by_role("status")).to_contain_text("It stays open")
        page.get_by_role("button", name="Finish: 3 lines undecided").click()
        page.locator("#finish").get_by_role("button", name="Price").click()
        expect(page.get_by_role("status")).to_contain_text("3 lines: declined.")
        expect(page.locator("#finish")).to_contain_text("Nothing is left open")
        assert [loss.cause for loss in losses(site, "PADS")] == ["PRICE_TOO_HIGH"]


def test_all_of_it_works_without_script(site: Site, open_page: Open, visit_url: str) -> None:
    with open_page(java_script_enabled=False) as page:
        page.goto(visit_url)
        row_of(page, site, "BELT").get_by_role("button", name="Take off the order").click()
        strip = page.locator(f"#remove-{line(site, 'BELT').id}")
        strip.get_by_label("No time today").check()
        strip.get_by_role("button", name="Take off", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("Timing belt: taken off, no time today.")
        page.get_by_label("Tick Rear brake pads").check()
        several = page.locator("#several")
        several.locator("summary", has_text="Decline, postpone").click()
        several.get_by_label("3 months").check()
        several.get_by_role("button", name="Postpone", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("Rear brake pads: postponed until")
        page.locator("#problems").get_by_text("Record a problem").click()
        page.get_by_label("What the customer says").fill("Brakes squeal again")
        page.locator("#problems").get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_contain_text("The problem is recorded.")
        expect(page.locator("#problems")).to_contain_text("Brakes squeal again")


def test_the_keyboard_is_enough(site: Site, open_page: Open, visit_url: str) -> None:
    with open_page() as page:
        page.goto(visit_url)
        row_of(page, site, "BELT").get_by_role("button", name="Decline").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Timing belt: declined, part not available.")


def test_the_enter_key_in_a_field_saves_what_was_chosen(site: Site, open_page: Open, visit_url: str) -> None:
    with open_page() as page:
        page.goto(visit_url)
        row = row_of(page, site, "BELT")
        row.get_by_role("button", name="Decline").click()
        strip = page.locator(f"#decline-{line(site, 'BELT').id}")
        strip.get_by_label("No time today").check()
        strip.get_by_label("Note").fill("comes on Friday")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("declined, no time today, comes on Friday")


@pytest.mark.parametrize("query", ["", "?finish=yes", "?decline={belt}", "?remove={belt}"])
def test_nobody_is_shut_out(site: Site, open_page: Open, visit_url: str, query: str) -> None:
    for options in ({"size": PHONE}, {"color_scheme": "dark"}):
        with open_page(**options) as page:
            page.goto(visit_url + query.format(belt=line(site, "BELT").id))
            page.locator("summary", has_text="Record a problem").click()
            found = [
                (item["id"], [node["html"][:160] for node in item["nodes"][:3]])
                for item in Axe().run(page).response["violations"]
                if item["impact"] in ("serious", "critical")
            ]
            assert found == []
            for target in page.locator(".sl-btn, .sl-input, .sl-chip span").all():
                if target.is_visible():
                    box = target.bounding_box()
                    assert box is not None
                    assert box["height"] >= 44, target.inner_text()
