"""The pages of the ledger: the list and its filters, one entry with its history, taking a loss back."""

import re
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
    assert (
        "20 May 2026 Order RO-1 Lost Rear brake pads Jo Doe Quote declined Reception No time today"
        in words(page.text)
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
    assert "Where Reception · Quote declined Why No time today" in text
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


def test_a_file_holds_what_the_filters_leave(client: FlaskClient, loss_url: str) -> None:
    [heading, row] = client.get("/service/ledger?cause=NO_TIME&format=csv").text.strip().splitlines()
    assert heading.startswith("\ufeffDay,Entry,Dealership,Order,Work")
    assert row.startswith("2026-05-20,Lost,North,RO-1,Rear brake pads,Quote declined")
    assert "240.00,EUR" in row
    assert len(client.get("/service/ledger?cause=FORGOT&format=csv").text.strip().splitlines()) == 1
    assert client.get("/service/ledger?format=pdf").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_group_sees_which_dealership_and_chooses_one(
    world: World, client: FlaskClient, loss_url: str
) -> None:
    world.sign_in(Role.GROUP_MANAGER, at=None)
    assert client.get("/service/ledger").text.count("/service/ledger/") == 2
    south = client.get("/service/ledger?dealership=SOUTH").text
    assert south.count("/service/ledger/") == 1
    assert loss_url not in south
    assert '<option value="SOUTH" selected>South' in south


def test_an_entry_shows_its_evidence(world: World, client: FlaskClient) -> None:
    world.send(
        {
            "type": "part.not_supplied", "event_id": "p", "source": "dms", "dealership": "NORTH",
            "occurred_at": "2026-05-20T09:00:00Z",
            "data": {"request_id": "P-1", "part_number": "04465-02250", "quantity": "2", "on_hand": "0.5",
                     "unit_price": "48.00"},
        }
    )  # fmt: skip
    world.sign_in(Role.SERVICE_MANAGER, name="mia")
    listed = client.get("/service/ledger").text
    assert "04465-02250 Part not supplied" in words(listed)
    [url] = re.findall(r"/service/ledger/\d+", listed)
    told = words(client.get(url).text)
    assert "Part number 04465-02250 Asked for 2 On hand then 0.5" in told
