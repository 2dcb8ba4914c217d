"""Names as long as they come and money of many digits: every page keeps within its window."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from servicelost.directory.causes import define_cause
from servicelost.directory.models import Dealership, Employee
from servicelost.intake.results import Outcome
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM
from servicelost.simulate.dealership import NORTH
from servicelost.taxonomy.causes import Cause
from servicelost.workflow.models.visits import Visit
from tests.browser.conftest import DESKTOP, NOW, PHONE, Open, Site

pytestmark = pytest.mark.browser

WORD = "Verkehrsbetriebsgenossenschaftsfahrzeugflottenverwaltungsgesellschaftshauptniederlassungen"
WORDS = f"Internationale Kraftfahrzeugversicherungsgesellschaft Nord {WORD}"
PART = "KX-4471-" + "0123456789" * 3 + "XX"
MUCH = "9999999.99"
REPORTS = ("/?period=all", "/reports/parts-demand")


def told(number: int, kind: str, **data: Any) -> dict[str, Any]:
    """An event of this morning."""
    return {
        "type": kind, "event_id": f"long-{number}", "source": "test", "dealership": NORTH.code,
        "occurred_at": (NOW - timedelta(minutes=90 - number)).isoformat(), "data": data,
    }  # fmt: skip


def what_happened() -> list[dict[str, Any]]:
    """Somebody overdue, a car in the house, work declined and waiting, a part not supplied, a missed call."""
    one, other = {"id": "LONG-1", "name": WORD}, {"id": "LONG-2", "name": WORDS, "phone": "+49 30 23125999"}
    car = {"id": "LONG", "plate": "XX-LONG 99999", "make": WORD[:60], "model": WORD[:80]}
    work = {"visit_id": "LONG", "severity": "RED", "amount": MUCH, "part_number": PART}
    at = (NOW - timedelta(minutes=45)).isoformat()
    why = {"competitor": WORDS, "competitor_price": MUCH, "note": WORDS}
    part = {"part_number": PART, "quantity": "12345.5", "unit_price": MUCH, "cause": "MISSING_PARTS"}
    return [
        told(1, "appointment.booked", appointment_id="LONG", scheduled_at=at, customer=one, vehicle=car,
             expected_amount=MUCH),
        told(2, "visit.opened", visit_id="LONG", customer=other, vehicle=car),
        told(3, "line.recommended", line_id="WAITS", op_code="LONG", description=WORDS, **work),
        told(4, "line.quoted", line_id="WAITS", visit_id="LONG", amount=MUCH),
        told(5, "line.recommended", line_id="LOST", description=f"{WORD} {WORD}", **work),
        told(6, "line.declined", line_id="LOST", visit_id="LONG", cause="LONG", **why),
        told(7, "part.not_supplied", request_id="LONG", customer=one, **part),
        told(8, "call.missed", call_id="LONG", customer=one, service=WORDS),
        told(9, "complaint.recorded", complaint_id="LONG", visit_id="LONG", text=WORD * 3),
    ]  # fmt: skip


@pytest.fixture
def visit(site: Site) -> int:
    """The visit of somebody with a very long name."""
    with site.runtime.unit(SYSTEM) as book:
        north = select(Dealership.id).where(Dealership.code == NORTH.code)
        define_cause(book, book.get(Dealership, book.connection.scalars(north).one()), "LONG", WORDS,
                     Cause.PRICE_TOO_HIGH)  # fmt: skip
        advisors = book.connection.scalars(select(Employee.id)).all()
        for employee_id in advisors:
            book.get(Employee, employee_id).name = f"{WORDS} {employee_id}"
    results = receive(lambda: site.runtime.unit(SYSTEM), what_happened())
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}, results
    with site.runtime.unit(SYSTEM, reading=True) as book:
        found = select(Visit.id).where(Visit.source == "test", Visit.source_id == "LONG")
        return book.connection.scalars(found).one()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_page_scrolls_sideways(site: Site, open_page: Open, visit: int, size: dict[str, int]) -> None:
    pages = (
        *("/today", f"/visits/{visit}", "/visits", "/board", "/board/new", "/ledger", "/log?kind=part"),
        *(f"/settings/{name}" for name in ("causes", "competitors", "people", "mapping")),
    )
    with open_page(size) as page:
        wide = {}
        for path in (*pages, *REPORTS):
            page.goto(f"{site.url}{path}")
            if path in REPORTS:
                expect(page.locator("#definitions")).to_be_visible()
            wide[path] = page.evaluate("document.documentElement.scrollWidth")
        page.goto(f"{site.url}/search")
        page.get_by_role("searchbox").fill(WORD[:20])
        page.get_by_role("searchbox").press("Enter")
        expect(page.locator(".sl-found li").first).to_be_visible()
        wide["/search"] = page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in wide.items() if width > size["width"]} == {}
