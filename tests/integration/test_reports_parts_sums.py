"""Whatever was asked for: the tables of `parts-demand` are made of the same rows and add up to the whole."""

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicelost.analytics.drill import open_drill, read_drill
from servicelost.kernel.actor import SYSTEM
from tests.integration.reports_world import ReportsWorld, measure, number, rows

_DAYS = st.sampled_from(["2025-11-22", "2025-11-23", "2026-02-28", "2026-03-01", "2026-11-22"])
_ASKS = st.tuples(
    st.sampled_from(["SOLD", "EMERGENCY", "LOST", "REVERSED", "PRICE", "OPEN", "LINE", "UNNAMED"]),
    st.sampled_from(["A", "a", "B,1", "C"]),
    _DAYS,
    st.sampled_from(["NORTH", "SOUTH"]),
    st.integers(1, 10**6),
)


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[ReportsWorld]:
    with closing(ReportsWorld(sqlite_url, tmp_path / "lake")) as world:
        world.dealership("SOUTH", "USD", "Pacific/Auckland")
        yield world


def tell(world: ReportsWorld, kind: str, part: str, day: str, code: str, amount: int) -> None:
    with world.unit() as book:
        story = world.story(book, code)
        if kind in ("SOLD", "EMERGENCY"):
            story.part(part, day, emergency=kind == "EMERGENCY", unit_cost_minor=amount, on_hand_milli=1_000)
        elif kind == "OPEN":
            story.part(part, day, "REQUESTED")
        elif kind == "LINE":
            story.line(story.visit(day), amount, story.need("WON"), "INVOICED", part_number=part)
        elif kind == "UNNAMED":
            story.loss(story.need(), day, amount, cause="MISSING_PARTS")
        else:
            cause = "PRICE_TOO_HIGH" if kind == "PRICE" else "MISSING_PARTS"
            loss = story.missing(part, day, amount, cause, unit_cost_minor=amount)
            if kind == "REVERSED":
                story.reverse(loss, stage="LEAD", event="PART_NOT_SUPPLIED", cause=cause, parts_minor=amount)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_ASKS, max_size=14))
def test_the_tables_add_up_to_the_whole(world: ReportsWorld, asks: list[tuple[Any, ...]]) -> None:
    with world.engine.begin() as connection:
        for name in ("ledger_entry", "presentation", "opportunity", "line", "visit", "part_request"):
            connection.exec_driver_sql(f"DELETE FROM servicelost_{name}")
    for ask in asks:
        tell(world, *ask)
    world.rebuild()
    document = world.report("parts-demand", from_="2025-11-23", to="2026-11-22")
    check_sums(document)
    check_ledger(world, document, asks)


def check_sums(document: dict[str, Any]) -> None:
    keys = ("demand", "part_sales", "emergency", "parts_lost")
    whole = {key: measure(document, key) for key in keys}
    assert whole["demand"] == whole["part_sales"] + whole["parts_lost"]
    for section in ("parts", "periods", "channels", "dealerships"):
        found = [row for row in rows(document, section) if row["demand"] is not None]
        assert {key: sum(row[key] for row in found) for key in keys} == whole, section
        assert sum(Decimal(row["parts_gross"]) for row in found) == Decimal(measure(document, "parts_gross"))
    fill = number(document, "fill_rate")
    if fill["available"]:
        met = whole["demand"] - whole["emergency"] - whole["parts_lost"]
        assert fill["value"] == pytest.approx(met / whole["demand"], abs=1e-6)
    for row in rows(document, "candidates"):
        assert row["demand_12m"] >= 3
        assert row["lost_12m"] + row["emergency_12m"] > 0


def check_ledger(world: ReportsWorld, document: dict[str, Any], asks: list[tuple[Any, ...]]) -> None:
    """What is lost for want of a part is in the tables or without a number; the price stands apart."""
    inside = [ask for ask in asks if ask[2] != "2025-11-22"]
    amounts = {
        kind: Decimal(sum(ask[4] for ask in inside if ask[0] == kind)) / 100
        for kind in ("LOST", "UNNAMED", "PRICE")
    }
    told = {"LOST": "parts_gross", "UNNAMED": "unnamed_value", "PRICE": "price_refused_value"}
    assert {kind: Decimal(measure(document, key)) for kind, key in told.items()} == amounts
    with world.unit() as book:
        for row in (*rows(document, "parts"), *rows(document, "candidates")):
            page = open_drill(book.connection, read_drill(row["drill"], SYSTEM, world.codes))
            lost = row["parts_gross"] if "parts_gross" in row else row["lost_gross_12m"]
            assert Decimal(page.sums.get("lost_gross", 0)) == Decimal(lost)
