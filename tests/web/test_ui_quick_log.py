"""The quick log: each kind recorded, said twice, refused with all that was typed, taken back for a minute."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from servicelost.administration.preferences import change_setting
from servicelost.administration.settings import AVERAGE_RO
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.models import Opportunity
from tests.ledger_check import check_ledger
from tests.web.conftest import World
from tests.web.ui_pages import forms, submit, words

LOG = "/service/log"


@pytest.fixture
def desk(world: World) -> World:
    world.sign_in(Role.SERVICE_ADVISOR)
    return world


def log(client: FlaskClient, kind: str, **typed: Any) -> TestResponse:
    return submit(client, f"{LOG}?kind={kind}", f"/log/{kind}", typed)


def ledger_of(world: World) -> list[LedgerEntry]:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        ids = book.connection.scalars(select(LedgerEntry.id).order_by(LedgerEntry.id)).all()
        return [book.get(LedgerEntry, entry_id) for entry_id in ids]


def test_a_missed_call_is_worth_a_share_of_an_average_order(desk: World, client: FlaskClient) -> None:
    with desk.runtime.unit(SYSTEM) as book:
        change_setting(book, desk.ids["NORTH"], AVERAGE_RO.key, "300.00")
    answer = log(client, "call", phone="030 901820", minutes_ago="15")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    [loss] = ledger_of(desk)
    assert (loss.event, loss.stage, loss.grade) == ("CALL_MISSED", "LEAD", "D")
    assert 0 < loss.amount_minor < 30_000
    assert loss.occurred_at == desk.clock.now() - timedelta(minutes=15)
    assert "Recorded: €" in words(client.get(answer.location).text)


def test_an_inquiry_is_lost_for_the_price_that_was_named(desk: World, client: FlaskClient) -> None:
    log(
        client,
        "inquiry",
        amount="189.50",
        cause="COMPETITOR_OFFER",
        competitor="Fixit",
        competitor_price="150",
    )
    [loss] = ledger_of(desk)
    assert (loss.event, loss.cause, loss.cause_basis) == ("LEAD_REJECTED", "COMPETITOR_OFFER", "STATED")
    assert (loss.amount_minor, loss.competitor_price_minor, loss.grade) == (18_950, 15_000, "B")


def test_who_only_asked_is_no_loss(desk: World, client: FlaskClient) -> None:
    assert 'value="PRICE_INQUIRY_ONLY"' in client.get(f"{LOG}?kind=inquiry").text
    answer = log(client, "inquiry", amount="189.50", cause="PRICE_INQUIRY_ONLY")
    assert not ledger_of(desk)
    assert "Recorded; nothing is lost by it." in words(client.get(answer.location).text)


def test_a_part_is_lost_at_price_times_quantity(desk: World, client: FlaskClient) -> None:
    log(client, "part", part_number="1k0 407 151", quantity="2.5", on_hand="1", unit_price="10.20")
    [loss] = ledger_of(desk)
    assert (loss.event, loss.cause, loss.amount_minor) == ("PART_NOT_SUPPLIED", "MISSING_PARTS", 2_550)
    assert loss.evidence == {"part_number": "1K0 407 151", "quantity_milli": 2500, "on_hand_milli": 1000}


def test_not_in_stock_is_refused_where_stock_covered_it_unless_explained(
    desk: World, client: FlaskClient
) -> None:
    typed = {"part_number": "X-1", "quantity": "2", "on_hand": "2", "unit_price": "9.90"}
    refused = log(client, "part", **typed)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "the stock covered the quantity at that time" in words(refused.text)
    assert forms(refused.text)["/service/log/part"].items() >= typed.items()
    assert not ledger_of(desk)
    log(client, "part", **typed, note="damaged in the store")
    assert [loss.note for loss in ledger_of(desk)] == ["damaged in the store"]


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("call", {"phone": "030 901820"}),
        ("inquiry", {"amount": "80", "cause": "PRICE_TOO_HIGH"}),
        ("part", {"part_number": "X-1", "unit_price": "5"}),
    ],
)
def test_the_same_form_sent_twice_is_one_loss(
    desk: World, client: FlaskClient, kind: str, typed: dict[str, str]
) -> None:
    held = forms(client.get(f"{LOG}?kind={kind}").text)[f"/service/log/{kind}"]
    for _ in range(2):
        answer = client.post(f"/service/log/{kind}", data={**held, **typed})
        assert answer.status_code == HTTPStatus.SEE_OTHER
    assert len(ledger_of(desk)) == 1


def test_a_loss_is_taken_back_for_a_minute(desk: World, client: FlaskClient) -> None:
    said = client.get(log(client, "part", part_number="X-1", unit_price="5").location).text
    [undo] = [address for address in forms(said) if address.endswith("/undo")]
    answer = client.post(undo, data=forms(said)[undo])
    assert "Taken back." in words(client.get(answer.location).text)
    assert [(entry.kind, entry.reason) for entry in ledger_of(desk)] == [
        ("LOSS", None), ("REVERSAL", "ENTRY_ERROR"),
    ]  # fmt: skip
    with desk.runtime.unit(SYSTEM, reading=True) as book:
        opened = book.get(Opportunity, ledger_of(desk)[0].opportunity_id)
    check_ledger(ledger_of(desk), [opened])


def test_after_a_minute_only_a_manager_can_take_it_back(desk: World, client: FlaskClient) -> None:
    page = log(client, "part", part_number="X-1", unit_price="5").location
    said = client.get(page).text
    [undo] = [address for address in forms(said) if address.endswith("/undo")]
    desk.clock.move(timedelta(seconds=61))
    refused = client.post(undo, data=forms(said)[undo])
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Undo is over after a minute" in words(refused.text)
    assert not [address for address in forms(client.get(page).text) if address.endswith("/undo")]


def test_wrong_input_names_the_field_and_keeps_the_rest(desk: World, client: FlaskClient) -> None:
    refused = log(client, "call", phone="ask Jo")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Phone is no telephone number" in words(refused.text)
    assert 'value="ask Jo"' in refused.text


def test_who_sees_several_dealerships_says_which(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.GROUP_MANAGER, at=None)
    log(client, "part", part_number="X-1", unit_price="5", dealership_id=world.ids["SOUTH"])
    assert [loss.dealership_id for loss in ledger_of(world)] == [world.ids["SOUTH"]]


def test_another_dealerships_service_or_rows_are_not_found(desk: World, client: FlaskClient) -> None:
    held = forms(client.get(f"{LOG}?kind=part").text)["/service/log/part"]
    typed = {"part_number": "X-1", "dealership_id": str(desk.ids["SOUTH"])}
    answer = client.post("/service/log/part", data={**held, **typed})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not ledger_of(desk)


def test_technicians_do_not_log(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.TECHNICIAN)
    assert client.get(LOG).status_code == HTTPStatus.FORBIDDEN
