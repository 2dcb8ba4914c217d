"""The report `parts-demand` against a story told in events and added up by hand."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from servicelost.analytics.specs.parts_demand import HINTS
from tests.integration.reports_world import column, measure, number, rows
from tests.integration.told_world import ToldWorld, told_world

YEAR = {"from_": "2026-01-01", "to": "2026-12-31"}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[ToldWorld]:
    with told_world(database_url, tmp_path) as made:
        yield made


def tell(world: ToldWorld) -> None:
    """KX is sold three times and missing twice, OIL used once, ZZ too expensive, R-5 still open."""
    kx = {"part_number": "KX", "unit_price": "10.00"}
    world.send("part.sold", 1, request_id="R-1", quantity="2", unit_cost="6.00", channel="COUNTER", **kx)
    world.send(
        "part.sold", 2, request_id="R-2", part_number="kx", quantity="1.5", unit_cost="6.00",
        emergency=True, channel="PHONE",
    )  # fmt: skip
    world.send(
        "part.not_supplied", 3, request_id="R-3", quantity="2", unit_cost="6.00", on_hand="0",
        channel="COUNTER", cause="MISSING_PARTS", **kx,
    )  # fmt: skip
    world.send(
        "part.not_supplied", 4, request_id="R-4", part_number="ZZ", quantity="1", unit_price="50.00",
        on_hand="3", cause="PRICE_TOO_HIGH",
    )  # fmt: skip
    world.send("part.requested", 5, request_id="R-5", part_number="ZZ", quantity="1")
    world.open_visit("RO-1", 6)
    world.send("part.sold", 7, request_id="R-6", visit_id="RO-1", quantity="1", channel="WORKSHOP", **kx)
    world.send(
        "line.booked", 6.1, visit_id="RO-1", line_id="L-0", service="Pads", amount="9", part_number="KX"
    )
    world.send("line.completed", 7.5, visit_id="RO-1", line_id="L-0")
    price = {"labour": "70.00", "parts": "30.00", "amount": None}
    lost = {name: value for name, value in price.items() if value}
    world.send(
        "line.recommended", 7, visit_id="RO-1", line_id="L-1", service="Discs", part_number="kx", **lost
    )
    world.send("line.declined", 8, visit_id="RO-1", line_id="L-1", cause="MISSING_PARTS")
    world.recommend("RO-1", "L-2", 7, "40.00", service="Filter", part_number="OIL")
    world.send("line.authorized", 8, visit_id="RO-1", line_id="L-2")
    world.send("line.completed", 9, visit_id="RO-1", line_id="L-2")
    world.recommend("RO-1", "L-3", 7, "45.00", service="Hose")
    world.send("line.declined", 8, visit_id="RO-1", line_id="L-3", cause="MISSING_PARTS")
    world.send("part.availability", 50, part_number="KX", on_hand="4")


def test_demand_and_losses_are_those_added_up_by_hand(world: ToldWorld) -> None:
    tell(world)
    document = world.report("parts-demand", **YEAR)
    keys = (
        "demand", "part_sales", "emergency", "parts_lost", "parts_gross", "parts_value", "lost_cost",
        "price_refused", "price_refused_value", "unnamed_lost", "unnamed_value", "open_requests",
        "candidates",
    )  # fmt: skip
    assert {key: measure(document, key) for key in keys} == {
        "demand": 6, "part_sales": 4, "emergency": 1, "parts_lost": 2, "parts_gross": "120.00",
        "parts_value": "50.00", "lost_cost": "12.00", "price_refused": 1, "price_refused_value": "50.00",
        "unnamed_lost": 1, "unnamed_value": "45.00", "open_requests": 1, "candidates": 1,
    }  # fmt: skip
    fill = number(document, "fill_rate")
    assert (fill["value"], fill["n"]) == (0.5, 6)
    assert measure(document, "lost_sales_pct") == pytest.approx(12 / 21, abs=1e-6)
    assert column(document, "parts", "part", "demand") == {"KX": 5, "OIL": 1}
    assert column(document, "parts", "part", "fill_rate") == {"KX": 0.4, "OIL": 1.0}
    assert column(document, "parts", "part", "quantity") == {"KX": 6.5, "OIL": 0.0}
    assert column(document, "channels", "channel", "demand") == {
        "COUNTER": 2, "PHONE": 1, "WORKSHOP": 1, "LINE": 2,
    }  # fmt: skip
    assert column(document, "refusals", "cause", "lost_gross") == {"PRICE_TOO_HIGH": "50.00"}


def test_a_part_to_stock_is_asked_for_three_times_and_not_always_there(world: ToldWorld) -> None:
    tell(world)
    [found] = rows(world.report("parts-demand", **YEAR), "candidates")
    numbers = ("part", "demand_12m", "lost_12m", "emergency_12m", "lost_gross_12m", "quantity_12m", "on_hand")
    assert [found[name] for name in numbers] == ["KX", 5, 2, 1, "120.00", 6.5, 4.0]
    assert rows(world.report("parts-demand", to="2026-03-01"), "candidates") == []
    assert len(rows(world.report("parts-demand", from_="2027-03-01", to="2027-03-01"), "candidates")) == 1
    assert rows(world.report("parts-demand", from_="2027-03-02", to="2027-03-02"), "candidates") == []


def test_the_ledger_holds_the_money_of_every_row(world: ToldWorld) -> None:
    tell(world)
    document = world.report("parts-demand", **YEAR)
    for key in ("parts_gross", "price_refused_value", "unnamed_value"):
        assert behind(world, number(document, key)["drill"]) == Decimal(measure(document, key))
    for section, key in (
        ("parts", "parts_gross"), ("periods", "parts_gross"), ("dealerships", "parts_gross"),
        ("candidates", "lost_gross_12m"), ("refusals", "lost_gross"),
    ):  # fmt: skip
        for row in rows(document, section):
            assert behind(world, row["drill"]) == Decimal(row[key]), (section, row)


def behind(world: ToldWorld, drill: dict[str, Any]) -> Decimal:
    page = world.rows_behind(drill)
    return Decimal(page.sums["lost_gross"]) if page.count else Decimal(0)


def test_one_part_alone(world: ToldWorld) -> None:
    tell(world)
    document = world.report("parts-demand", part="oil", **YEAR)
    assert column(document, "parts", "part", "demand") == {"OIL": 1}
    assert (measure(document, "price_refused"), measure(document, "unnamed_lost")) == (0, 0)


def test_losses_alone_are_no_rate(world: ToldWorld) -> None:
    ask = {"part_number": "KX", "quantity": "1", "unit_price": "10.00", "cause": "MISSING_PARTS"}
    world.send("part.not_supplied", 1, request_id="R-1", **ask)
    document = world.report("parts-demand", **YEAR)
    fill = number(document, "fill_rate")
    assert (fill["value"], fill["reason"]) == (None, HINTS["no_sales"])
    assert number(document, "lost_sales_pct")["reason"] == HINTS["no_cost"]
    assert column(document, "parts", "part", "fill_rate") == {"KX": None}


def test_a_month_of_which_nothing_is_told_is_a_gap(world: ToldWorld) -> None:
    for place, hours in enumerate((1, 1 + 62 * 24)):
        world.send("part.sold", hours, request_id=f"R-{place}", part_number="KX", quantity="1")
    found = column(world.report("parts-demand", **YEAR), "periods", "period", "demand")
    assert found == {"2026-03-01": 1, "2026-04-01": None, "2026-05-01": 1}


def test_next_to_no_losses_are_rather_not_recorded(world: ToldWorld) -> None:
    sold = {"part_number": "KX", "quantity": "1", "unit_price": "10.00", "unit_cost": "6.00"}
    world.send("part.sold", 1, request_id="R-1", **sold)
    document = world.report("parts-demand", **YEAR)
    notes = next(section["notes"] for section in document["sections"] if section["id"] == "parts")
    assert HINTS["under_recorded"] in notes
