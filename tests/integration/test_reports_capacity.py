"""The report `capacity` against a week told in events and added up by hand."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from servicelost.analytics.specs.capacity import HINTS
from tests.integration.reports_world import column, measure, number, rows
from tests.integration.told_world import ToldWorld, told_world

YEAR = {"from_": "2026-01-01", "to": "2026-12-31"}
MONDAY, TUESDAY, WEDNESDAY = 1, 2, 3


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[ToldWorld]:
    with told_world(database_url, tmp_path) as made:
        yield made


def tell(world: ToldWorld) -> None:
    """Monday is overbooked, Tuesday has room, of Wednesday nobody tells; work is lost on all three."""
    for day, skill, available, booked in (
        ("2026-03-02", "GENERAL", "40", "44"),
        ("2026-03-02", "ELECTRIC", "8", "6"),
        ("2026-03-03", "GENERAL", "40", "30"),
    ):
        world.send("capacity.day", 0, date=day, skill=skill, hours_available=available, hours_booked=booked)
    world.open_visit("RO-1", 1)
    lose(world, "L-1", 2, "NO_CAPACITY", hours="3", skill="general")
    lose(world, "L-2", 2, "NO_SKILL", hours="5.5", skill="ELECTRIC")
    lose(world, "L-3", 26, "WAIT_TOO_LONG", hours="2", skill="GENERAL")
    lose(world, "L-4", 26, "NO_CAPACITY")
    lose(world, "L-5", 50, "NO_CAPACITY", hours="1.5", skill="GENERAL")
    lose(world, "L-6", 50, "PRICE_TOO_HIGH", hours="9", skill="GENERAL")


def lose(world: ToldWorld, line: str, at: float, cause: str, /, **data: Any) -> None:
    work = {"visit_id": "RO-1", "line_id": line, "service": f"Work {line}", "amount": "100.00"}
    world.send("line.recommended", at, **work, **data)
    world.send("line.declined", at + 0.5, visit_id="RO-1", line_id=line, cause=cause)


def test_hours_are_those_added_up_by_hand(world: ToldWorld) -> None:
    tell(world)
    document = world.report("capacity", **YEAR)
    keys = (
        "capacity_lost_hours", "capacity_losses", "capacity_gross", "capacity_untimed", "available_hours",
        "booked_hours", "free_hours", "overbooked_hours", "lost_while_free", "told_days", "missing_days",
    )  # fmt: skip
    assert {key: measure(document, key) for key in keys} == {
        "capacity_lost_hours": 12.0, "capacity_losses": 5, "capacity_gross": "500.00", "capacity_untimed": 1,
        "available_hours": 88.0, "booked_hours": 80.0, "free_hours": 12.0, "overbooked_hours": 4.0,
        "lost_while_free": 4.0, "told_days": 2, "missing_days": 1,
    }  # fmt: skip
    load = number(document, "load")
    assert (load["value"], load["n"]) == (pytest.approx(80 / 88, abs=1e-6), 2)
    assert measure(document, "lost_to_available") == pytest.approx(10.5 / 88, abs=1e-6)


def test_by_day_of_the_week_and_skill(world: ToldWorld) -> None:
    tell(world)
    document = world.report("capacity", **YEAR)
    lost = column(document, "weekdays", "weekday", "capacity_lost_hours")
    assert lost == {MONDAY: 8.5, TUESDAY: 2.0, WEDNESDAY: 1.5}
    available = column(document, "weekdays", "weekday", "available_hours")
    assert available == {MONDAY: 48.0, TUESDAY: 40.0, WEDNESDAY: None}
    assert column(document, "skills", "skill", "capacity_lost_hours") == {
        "ELECTRIC": 5.5, "GENERAL": 6.5, None: 0.0,
    }  # fmt: skip
    assert column(document, "skills", "skill", "lost_while_free") == {
        "ELECTRIC": 2.0, "GENERAL": 2.0, None: None,
    }  # fmt: skip
    both = {(row["skill"], row["weekday"]): row["load"] for row in rows(document, "skills-by-weekday")}
    assert both == {
        ("ELECTRIC", MONDAY): 0.75, ("GENERAL", MONDAY): 1.1, ("GENERAL", TUESDAY): 0.75,
        ("GENERAL", WEDNESDAY): None, (None, TUESDAY): None,
    }  # fmt: skip
    assert column(document, "causes", "cause", "capacity_lost_hours") == {
        "NO_SKILL": 5.5, "NO_CAPACITY": 4.5, "WAIT_TOO_LONG": 2.0,
    }  # fmt: skip


def test_the_ledger_holds_the_losses_of_every_row(world: ToldWorld) -> None:
    tell(world)
    document = world.report("capacity", **YEAR)
    gross = number(document, "capacity_gross")
    assert Decimal(world.rows_behind(gross["drill"]).sums["lost_gross"]) == Decimal(gross["value"])
    assert world.rows_behind(number(document, "capacity_untimed")["drill"]).count == 1
    for section in ("weekdays", "skills", "skills-by-weekday", "periods", "causes", "dealerships"):
        for row in rows(document, section):
            assert world.rows_behind(row["drill"]).count == row["capacity_losses"], (section, row)


def test_one_skill_on_one_day_of_the_week(world: ToldWorld) -> None:
    tell(world)
    document = world.report("capacity", skill="general", weekday=str(MONDAY), **YEAR)
    keys = ("available_hours", "booked_hours", "capacity_lost_hours", "told_days", "missing_days")
    assert [measure(document, key) for key in keys] == [40.0, 44.0, 3.0, 1, 0]


def test_no_day_told_is_no_load_of_zero(world: ToldWorld) -> None:
    world.open_visit("RO-1", 1)
    lose(world, "L-1", 2, "NO_CAPACITY", hours="3")
    document = world.report("capacity", **YEAR)
    for key in ("load", "available_hours", "free_hours", "lost_while_free"):
        found = number(document, key)
        assert (found["value"], found["reason"]) == (None, HINTS["nothing_told"]), key
    assert (measure(document, "capacity_lost_hours"), measure(document, "missing_days")) == (3.0, 1)


def test_a_month_of_which_nothing_is_told_is_a_gap(world: ToldWorld) -> None:
    told = {"skill": "GENERAL", "hours_available": "8", "hours_booked": "6"}
    for day in ("2026-03-02", "2026-05-04"):
        world.send("capacity.day", 0, date=day, **told)
    found = column(world.report("capacity", **YEAR), "periods", "period", "available_hours")
    assert found == {"2026-03-01": 8.0, "2026-04-01": None, "2026-05-01": 8.0}


def test_an_hour_is_worth_what_invoices_say(world: ToldWorld) -> None:
    tell(world)
    assert number(world.report("capacity", **YEAR), "labour_lost")["reason"] == HINTS["no_rate"]
    world.send("line.booked", 3, visit_id="RO-1", line_id="L-9", service="Oil", amount="210.00")
    world.send("line.completed", 4, visit_id="RO-1", line_id="L-9")
    world.send(
        "invoice.posted", 60, visit_id="RO-1", invoice_id="I-1",
        lines=[{"line_id": "L-9", "labour": "200.00", "parts": "10.00", "hours": "2.5"}],
    )  # fmt: skip
    document = world.report("capacity", **YEAR)
    assert (measure(document, "effective_labor_rate"), measure(document, "labour_lost")) == (
        "80.00",
        "960.00",
    )
