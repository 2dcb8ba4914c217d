"""What the pages of reports draw: the matrix of where and why, and figures in the language of the page."""

import json
import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from servicelost.directory.dealerships import upsert_dealership
from servicelost.kernel.actor import SYSTEM
from tests.web.conftest import World, event
from tests.web.ui_pages import computed, words


def test_the_matrix_says_where_and_why(manager: World, client: FlaskClient) -> None:
    page = computed(manager, client, "/service/reports/where-why")
    assert "Where Too expensive All causes Reception €240 €240" in words(page)


MANY_CAUSES = (
    "NO_TIME", "NOT_NEEDED", "TRUST_QUALITY", "CANNOT_AFFORD", "MISSING_PARTS", "COMPETITOR_OFFER", "DIY",
    "WAIT_TOO_LONG", "DONE_ELSEWHERE",
)  # fmt: skip


def test_the_matrix_leaves_no_money_out(manager: World, client: FlaskClient) -> None:
    for number, cause in enumerate(MANY_CAUSES, 10):
        line = {"visit_id": "RO-1", "line_id": f"L-{number}", "service": cause, "amount": f"{number}.00"}
        manager.send(
            event("line.recommended", "NORTH", number, **line),
            event("line.declined", "NORTH", number + 20, line_id=f"L-{number}", visit_id="RO-1", cause=cause),
        )
    page = computed(manager, client, "/service/reports/where-why")
    [table] = re.findall(r'<table class="sl-table sl-matrix.*?</table>', page, re.DOTALL)
    cells = re.findall(r'<td class="sl-(?:heat|num)[^"]*"><a href="([^"]+)"[^>]*>€([\d,]+)</a>', table)
    amounts = [int(amount) for _, amount in cells]
    assert "Other causes" in words(table)
    assert sum(amounts[:-1]) == amounts[-1] == 240 + sum(range(10, 19))
    for address, amount in cells:
        assert f"Lost, gross €{amount}.00" in words(client.get(address.replace("&amp;", "&")).text)


def test_figures_are_drawn_and_told_in_the_language_of_the_page(manager: World, client: FlaskClient) -> None:
    with manager.runtime.unit(SYSTEM) as book:
        upsert_dealership(book, {"code": "NORTH", "locale": "ru"})
    page = computed(manager, client, "/service/reports/where-why")
    [told] = re.findall(r'role="img" aria-label="([^"]+)"', page)
    assert told == "Где и почему: Приёмка, Слишком дорого 240\N{NO-BREAK SPACE}€"
    [drawn] = re.findall(r'<script type="application/json" data-theme="light">(.+?)</script>', page)
    trace = json.loads(drawn)["data"][0]
    assert (trace["x"], trace["y"], trace["z"]) == (["Слишком дорого"], ["Приёмка"], [[240.0]])


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("en", "May 2026 so far"),
        ("ru", "май 2026\N{NARROW NO-BREAK SPACE}г. (ещё идёт)"),
        ("nl", "mei 2026 tot nu toe"),
        ("id", "Mei 2026 sejauh ini"),
        ("fr", "mai 2026 (en cours)"),
    ],
)
def test_months_have_names(manager: World, client: FlaskClient, locale: str, told: str) -> None:
    with manager.runtime.unit(SYSTEM) as book:
        upsert_dealership(book, {"code": "NORTH", "locale": locale})
    page = computed(manager, client, "/service/reports/where-why?group_by=period")
    assert f">{told}</th>" in page


@pytest.mark.parametrize(
    ("timezone", "told"), [("America/New_York", "May 2026 so far"), ("Asia/Kathmandu", "May 2026")]
)
def test_a_month_is_over_by_the_calendar_of_the_dealership(
    manager: World, client: FlaskClient, timezone: str, told: str
) -> None:
    """In the first hours of June by UTC it is still May in New York."""
    with manager.runtime.unit(SYSTEM) as book:
        upsert_dealership(book, {"code": "NORTH", "timezone": timezone})
    manager.clock.move(datetime(2026, 6, 1, 2, tzinfo=UTC) - manager.clock.now())
    page = computed(manager, client, "/service/reports/where-why?group_by=period&dealership=NORTH")
    assert f">{told}</th>" in page
