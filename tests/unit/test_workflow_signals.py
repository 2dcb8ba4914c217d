"""Calls, part requests, stock, capacity and competitors' offers."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, IllegalMove, InvalidInput
from servicelost.taxonomy.causes import Cause
from servicelost.workflow import facts
from servicelost.workflow.models.signals import STOCK_OF_PART
from servicelost.workflow.reason import Reason
from servicelost.workflow.signals import (
    PartAsk,
    not_supply_part,
    record_call_missed,
    record_call_received,
    record_capacity,
    record_offer,
    record_stock,
    request_part,
    sell_part,
)
from tests.factories import DEALERSHIP, House, at, house


@pytest.fixture
def world() -> Iterator[House]:
    with house() as made:
        yield made


@pytest.fixture
def book(world: House) -> Iterator[Book]:
    with world.unit() as made:
        yield made


def ask(**values: Any) -> PartAsk:
    known: dict[str, Any] = {
        "dealership_id": DEALERSHIP, "source": "counter", "source_id": "P-1", "part_number": "1K0-698",
        "quantity_milli": 2000,
    }  # fmt: skip
    return PartAsk(**{**known, **values})


def test_a_call_is_told_once_and_is_answered_or_missed(world: House, book: Book) -> None:
    call: dict[str, Any] = {"dealership_id": DEALERSHIP, "source": "pbx", "at": at(1), "phone_key": "+491"}
    missed = record_call_missed(book, source_id="C-1", waited_seconds=40, **call)
    assert record_call_missed(book, source_id="C-1", **call) is missed
    record_call_received(book, source_id="C-2", agent_id=3, **call)

    assert world.told_names() == ["CallMissed", "CallReceived"]
    with pytest.raises(Conflict, match="known as missed"):
        record_call_received(book, source_id="C-1", **call)


def test_a_part_request_has_one_outcome(world: House, book: Book) -> None:
    request = request_part(book, ask(), at=at(1))
    not_supply_part(book, ask(on_hand_milli=0), at=at(2), reason=Reason(cause=Cause.MISSING_PARTS))
    not_supply_part(book, ask(), at=at(2))
    request_part(book, ask(emergency=True), at=at(1))

    assert (request.state, request.on_hand_milli, request.emergency) == ("NOT_SUPPLIED", 0, True)
    assert [fact.reason.cause for fact in world.told(facts.PartNotSupplied)] == [Cause.MISSING_PARTS]
    with pytest.raises(IllegalMove):
        sell_part(book, ask(), at=at(3))


def test_a_part_can_be_sold_without_a_request_before(book: Book) -> None:
    sold = sell_part(book, ask(), at=at(1))
    assert sell_part(book, ask(), at=at(2)) is sold
    assert sold.state == "SOLD"


def test_one_request_is_for_one_part(book: Book) -> None:
    request_part(book, ask(), at=at(1))
    with pytest.raises(Conflict, match="2 × 1K0-698"):
        request_part(book, ask(quantity_milli=500), at=at(1))
    with pytest.raises(InvalidInput):
        request_part(book, ask(source_id="P-2", quantity_milli=0), at=at(1))


def test_capacity_is_restated_by_newer_words_only(book: Book) -> None:
    known: dict[str, Any] = {"dealership_id": DEALERSHIP, "day": date(2026, 3, 2), "skill": "BRAKES"}
    day = record_capacity(book, at=at(5), available_centihours=1600, booked_centihours=800, **known)
    record_capacity(book, at=at(3), available_centihours=900, booked_centihours=900, **known)
    assert (day.available_centihours, day.booked_centihours) == (1600, 800)
    record_capacity(book, at=at(6), available_centihours=1600, booked_centihours=1600, **known)
    assert (day.booked_centihours, day.occurred_at) == (1600, at(6))


def test_stock_and_offers_are_kept_as_they_come(book: Book) -> None:
    stock: dict[str, Any] = {"dealership_id": DEALERSHIP, "part_number": "1K0-698"}
    record_stock(book, at=at(1), on_hand_milli=3000, **stock)
    record_stock(book, at=at(2), on_hand_milli=0, back_order_until=date(2026, 3, 20), **stock)
    kept = book.many(STOCK_OF_PART, DEALERSHIP, "1K0-698")
    assert [row.on_hand_milli for row in kept] == [3000, 0]
    with pytest.raises(InvalidInput):
        record_stock(book, at=at(1), on_hand_milli=-1, **stock)

    offer = record_offer(book, dealership_id=DEALERSHIP, at=at(3), competitor_id=8, price_minor=8900)
    assert (offer.competitor_id, offer.price_minor) == (8, 8900)
