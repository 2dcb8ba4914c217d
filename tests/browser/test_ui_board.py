"""The board in the browser: dragging, the select, what a colleague does, no script, the phone, and axe."""

from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from servicelost.directory.models import Employee
from servicelost.kernel.actor import SYSTEM, Actor, Role
from servicelost.opportunities.pipeline.board import BoardColumn
from servicelost.opportunities.pipeline.cards import move_card, take_card
from servicelost.opportunities.pipeline.models import Opportunity
from tests.browser.conftest import MANAGER, PHONE, Open, Site

WIDE = {"width": 2100, "height": 900}
pytestmark = pytest.mark.browser


def card_in(site: Site, column: str, **values: Any) -> int:
    """The newest card of a column."""
    with site.runtime.unit(SYSTEM, reading=True) as book:
        found = select(Opportunity.id).where(Opportunity.board_column == column)
        for name, value in values.items():
            found = found.where(getattr(Opportunity, name) == value)
        newest = found.order_by(Opportunity.board_at.desc(), Opportunity.id.desc())
        card_id = book.connection.scalars(newest).first()
        assert card_id is not None, f"the simulated morning has no card in {column}"
        return card_id


def card(site: Site, card_id: int) -> Opportunity:
    with site.runtime.unit(SYSTEM, reading=True) as book:
        return book.get(Opportunity, card_id)


def advisor(site: Site) -> Actor:
    """Somebody of the staff, signed in."""
    with site.runtime.unit(SYSTEM, reading=True) as book:
        found = select(Employee.id).where(Employee.roles.contains("SERVICE_ADVISOR")).order_by(Employee.id)
        employee_id = book.connection.scalars(found).first()
    site.actor[0] = Actor("ana", frozenset({Role.SERVICE_ADVISOR}), None, employee_id)
    return site.actor[0]


def in_column(page: Page, column: str, card_id: int) -> Any:
    return page.locator(f"[data-sl-column={column}] #card-{card_id}")


def drag(page: Page, card_id: int, column: str) -> None:
    """By the card's facts, to the head of the column."""
    facts = page.locator(f"#card-{card_id} .sl-bcard-facts")
    facts.drag_to(page.locator(f"[data-sl-column={column}] h2"), source_position={"x": 5, "y": 5})


def test_a_card_is_dragged_to_where_its_car_may_go(site: Site, open_page: Open) -> None:
    card_id = card_in(site, "WORK")
    with open_page(WIDE) as page:
        page.goto(f"{site.url}/board")
        drag(page, card_id, "QUALITY_CONTROL")
        expect(in_column(page, "QUALITY_CONTROL", card_id)).to_be_visible()
        assert card(site, card_id).board_column == "QUALITY_CONTROL"


def test_a_card_is_not_dropped_where_it_may_not_go(site: Site, open_page: Open) -> None:
    card_id = card_in(site, "WORK")
    with open_page(WIDE) as page:
        page.goto(f"{site.url}/board")
        drag(page, card_id, "PLANNING")
        expect(in_column(page, "WORK", card_id)).to_be_visible()
        expect(page.locator("[data-sl-ends]")).to_be_hidden()
        assert card(site, card_id).board_column == "WORK"


def test_the_select_and_its_button_move_with_the_keyboard_alone(site: Site, open_page: Open) -> None:
    card_id = card_in(site, "WORK")
    with open_page() as page:
        page.goto(f"{site.url}/board")
        page.locator(f"#card-{card_id} select").focus()
        page.keyboard.type("Qua")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(in_column(page, "QUALITY_CONTROL", card_id)).to_be_visible()
        expect(page.locator(f"#card-{card_id} a")).to_be_focused()
        expect(page.locator(".sl-say")).to_contain_text("is in Quality control now")


def test_who_takes_a_card_has_it_and_the_other_is_told(site: Site, chromium: Browser) -> None:
    card_id = card_in(site, "UNSORTED")
    me = advisor(site)
    page = chromium.new_page()  # not `open_page`: a browser writes every refusal of a server on its console
    page.goto(f"{site.url}/board")
    with site.runtime.unit(SYSTEM, reading=True) as book:
        found = select(Employee.id).where(Employee.id != me.employee_id).order_by(Employee.id)
        other = book.connection.scalars(found).first()
    with site.runtime.unit(replace(me, name="ben", employee_id=other)) as book:
        take_card(book, book.get(Opportunity, card_id))
    page.locator(f"#card-{card_id}").get_by_role("button", name="Take").click()
    expect(page.get_by_role("alert")).to_contain_text("has this card already")
    expect(page.locator(f"#card-{card_id}")).to_have_count(0)
    page.close()


def test_what_a_colleague_does_shows_within_seconds(site: Site, open_page: Open) -> None:
    card_id = card_in(site, "WORK")
    with open_page() as page:
        page.goto(f"{site.url}/board")
        expect(in_column(page, "WORK", card_id)).to_be_visible()
        with site.runtime.unit(MANAGER) as book:
            move_card(book, book.get(Opportunity, card_id), BoardColumn.QUALITY_CONTROL)
        expect(in_column(page, "QUALITY_CONTROL", card_id)).to_be_visible()


def undecided_card(site: Site) -> int:
    """A card in the workshop whose visit holds a quote that nobody has answered."""
    visit_id, _line_id = site.undecided()
    with site.runtime.unit(SYSTEM, reading=True) as book:
        found = select(Opportunity.id).where(
            Opportunity.board_visit_id == visit_id, Opportunity.board_column == "WORK"
        )
        return book.connection.scalars(found.order_by(Opportunity.id)).first() or 0


@pytest.mark.parametrize("script", [True, False])
def test_delivery_asks_first_why_nothing_is_decided(site: Site, open_page: Open, script: bool) -> None:
    card_id = undecided_card(site)
    with open_page(PHONE, java_script_enabled=script) as page:
        page.goto(f"{site.url}/board")
        page.locator(f"#card-{card_id} select").select_option("DELIVERY")
        page.locator(f"#card-{card_id}").get_by_role("button", name="Move").click()
        page.wait_for_url("**/visits/*to=DELIVERY*")
        expect(page.locator("#finish-strip")).to_contain_text("Before the car goes on to Delivery")
        assert card(site, card_id).board_column == "WORK"
        page.locator("#finish").get_by_role("button", name="Still open").click()
        expect(page.get_by_role("status").first).to_contain_text("It is in Delivery now.")
        page.get_by_role("link", name="◂ Board").click()
        expect(in_column(page, "DELIVERY", card_id)).to_be_visible()


def test_a_card_dragged_to_delivery_stays_where_it_is_until_it_is_answered(
    site: Site, open_page: Open
) -> None:
    card_id = undecided_card(site)
    with open_page(WIDE) as page:
        page.goto(f"{site.url}/board")
        drag(page, card_id, "DELIVERY")
        page.wait_for_url("**/visits/*to=DELIVERY*")
        expect(page.locator("#finish-strip")).to_be_in_viewport(ratio=1)
        expect(page.locator("#finish-strip")).to_be_focused()
        page.get_by_role("link", name="Do not move it").click()
        expect(in_column(page, "WORK", card_id)).to_be_visible()


def test_giving_a_card_up_asks_where_and_why(site: Site, open_page: Open) -> None:
    card_id = card_in(site, "WORK", state="OPEN")
    with open_page() as page:
        page.goto(f"{site.url}/board")
        page.locator(f"#card-{card_id} select").select_option("lose")
        page.locator(f"#card-{card_id}").get_by_role("button", name="Move").click()
        page.wait_for_url(f"**/board/cards/{card_id}?*open=lose*")
        strip = page.locator("[data-sl-loss]")
        expect(strip.get_by_label("Competitor", exact=True)).to_be_hidden()
        strip.get_by_label("Too expensive").check()
        strip.get_by_label("Competitor", exact=True).fill("Speedy Spanner")
        strip.get_by_role("button", name="Save").click()
        expect(page.get_by_role("button", name="Undo")).to_be_visible()
        assert card(site, card_id).state == "LOST"


def test_everything_works_without_script(site: Site, open_page: Open) -> None:
    card_id = card_in(site, "WORK", state="OPEN")
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site.url}/board")
        shown = page.locator(f"#card-{card_id}")
        shown.locator("select").select_option("QUALITY_CONTROL")
        shown.get_by_role("button", name="Move").click()
        expect(in_column(page, "QUALITY_CONTROL", card_id)).to_be_visible()
        shown.locator("select").select_option("hand")
        shown.get_by_role("button", name="Move").click()
        page.get_by_role("button", name="Hand on").click()
        expect(page.get_by_role("status").first).to_contain_text("is in Quality control now")
        page.goto(f"{site.url}/board")
        page.locator("[data-sl-column=FOLLOW_UP] [data-sl-more]").click()
        expect(page.locator("[data-sl-card]").first).to_be_visible()
        page.goto(f"{site.url}/board/new")
        page.get_by_label("Customer").fill("Kim")
        page.get_by_label("Work").fill("Tyre change")
        page.get_by_role("button", name="Add the card").click()
        expect(page.get_by_role("heading", name="Tyre change")).to_be_visible()


def test_more_cards_are_added_below(site: Site, open_page: Open) -> None:
    with open_page() as page:
        page.goto(f"{site.url}/board")
        column = page.locator("[data-sl-column=FOLLOW_UP]")
        expect(column.locator("[data-sl-card]")).to_have_count(25)
        column.locator("[data-sl-more]").click()
        expect(column.locator("[data-sl-card]")).to_have_count(50)


@pytest.mark.parametrize(
    "path", ["/board", "/board?least=10", "/board/new", "/board/hints", "{card}", "{card}?open=lose"]
)
def test_a_phone_and_axe_find_nothing_wrong(site: Site, open_page: Open, path: str) -> None:
    address = site.url + path.format(card=f"/board/cards/{card_in(site, 'WORK', state='OPEN')}")
    with open_page(PHONE) as page:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for target in page.locator(".sl-btn, .sl-input, .sl-nav a, .sl-chip span, .sl-bcard-who").all():
            if target.is_visible():
                box = target.bounding_box()
                assert box is not None
                assert box["height"] >= 44, target.inner_text()
    for scheme in ("light", "dark"):
        with open_page(color_scheme=scheme) as page:
            page.goto(address)
            found = Axe().run(page).response["violations"]
            grave = [rule for rule in found if rule["impact"] in ("serious", "critical")]
            assert not grave, [(rule["id"], rule["nodes"][0]["html"]) for rule in grave]
