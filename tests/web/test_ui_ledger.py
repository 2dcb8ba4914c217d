"""The pages of the ledger: the list and its filters, one entry with its history, taking a loss back."""

from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from servicelost.kernel.actor import SYSTEM, Role
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.taxonomy.causes import Cause
from servicelost.web import deciding
from tests.web.conftest import World
from tests.web.ui_pages import forms, submit, words


@pytest.fixture
def loss_url(world: World) -> str:
    """The page of a loss at NORTH, seen by its manager; SOUTH has one too."""
    for code in ("NORTH", "SOUTH"):
        with world.runtime.unit(SYSTEM) as book:
            deciding.decline(book, world.line_id("L-1", code), None, {"cause": Cause.NO_TIME})
    world.sign_in(Role.SERVICE_MANAGER, name="mia")
    with world.runtime.unit(SYSTEM, reading=True) as book:
        at_north = LedgerEntry.dealership_id == world.ids["NORTH"]
        return f"/service/ledger/{book.connection.scalars(select(LedgerEntry.id).where(at_north)).one()}"


def test_the_list_shows_entries_of_ones_own_dealership(client: FlaskClient, loss_url: str) -> None:
    page = client.get("/service/ledger")
    assert "20 May 2026 Lost Rear brake pads Jo Doe Quote declined Reception No time today" in words(
        page.text
    )
    assert page.text.count("/service/ledger/") == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=LOSS", True),
        ("kind=RECOVERY", False),
        ("cause=NO_TIME&stage=RECEPTION", True),
        ("cause=FORGOT", False),
        ("from=2026-05-20&to=2026-05-20", True),
        ("from=2026-05-21", False),
        ("kind=&cause=", True),
    ],
)
def test_filters(client: FlaskClient, loss_url: str, query: str, found: bool) -> None:
    page = client.get(f"/service/ledger?{query}").text
    assert (loss_url in page) == found
    assert ("No entry fits" in page) != found


def test_a_filter_that_says_nonsense_is_named(client: FlaskClient, loss_url: str) -> None:
    page = client.get("/service/ledger?kind=GAIN&from=yesterday")
    assert page.status_code == HTTPStatus.OK
    assert "Kind:" in page.text
    assert "From: Not a valid date" in page.text


def test_an_entry_tells_its_history(client: FlaskClient, loss_url: str) -> None:
    text = words(client.get(loss_url).text)
    assert "Rear brake pads Lost €240.00" in text
    assert "Where Reception, quote declined Why No time today" in text
    assert "What happened" in text


def test_taking_a_loss_back_appends_an_entry(world: World, client: FlaskClient, loss_url: str) -> None:
    answer = submit(client, loss_url, "/reverse", {"reason": "ENTRY_ERROR", "note": "wrong car"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    text = words(client.get(loss_url).text)
    assert "Ledger: taken back · €240.00 20 May 2026, 12:00 · mia" in text
    assert "wrong car" in text
    assert not forms(client.get(loss_url).text)
    assert "−€240.00" in client.get("/service/ledger?kind=REVERSAL").text


def test_a_loss_is_not_taken_back_without_a_word(client: FlaskClient, loss_url: str) -> None:
    answer = submit(client, loss_url, "/reverse", {"reason": "DUPLICATE", "note": " "})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Note: Missing data for required field" in answer.text
    assert "No entry fits" in client.get("/service/ledger?kind=REVERSAL").text


def test_who_may_only_look_gets_no_form(world: World, client: FlaskClient, loss_url: str) -> None:
    world.sign_in(Role.ADMIN, name="root")
    assert not forms(client.get(loss_url).text)
