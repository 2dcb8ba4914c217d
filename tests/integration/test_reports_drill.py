"""The rows behind each number add up to the number."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from servicelost.analytics.drill import DrillPage, open_drill, read_drill
from servicelost.kernel.actor import SYSTEM, Actor, Role
from servicelost.kernel.errors import Forbidden, InvalidInput
from tests.integration.reports_world import ReportsWorld, measure, number, rows

MANAGER = frozenset({Role.SERVICE_MANAGER})


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[ReportsWorld]:
    world = ReportsWorld(sqlite_url, tmp_path / "lake")
    world.dealership("WEST", "USD", "America/Los_Angeles")
    with world.unit() as book:
        for code in ("NORTH", "WEST"):
            story = world.story(book, code)
            ana, pads = story.advisor("Ana"), story.service("Brake pads")
            visit = story.visit("2026-03-31", advisor_id=ana, pay_type="CUSTOMER_PAY")
            story.line(visit, 10_000, story.need(), category_id=pads, severity="RED")
            story.line(visit, 2_500, story.need("WON"), state="INVOICED", severity="YELLOW")
            story.line(visit, None, story.need("OPEN"), state="QUOTED")
            traits = {"visit_id": visit.id, "advisor_id": ana, "category_id": pads}
            story.loss(story.need(), "2026-03-31", 10_000, **traits)
            back = story.loss(story.need(), "2026-03-02", 7_000, cause="NO_TIME", owner="C", **traits)
            story.recover(back, "2026-04-03", 5_000)
            story.reverse(story.loss(story.need(), "2026-03-05", 800), cause="RESCHEDULED")
    yield world
    world.close()


def opened(world: ReportsWorld, drill: dict[str, Any], actor: Actor = SYSTEM) -> DrillPage:
    with world.unit() as book:
        return open_drill(book.connection, read_drill(drill, actor, world.codes))


@pytest.mark.parametrize("to", ["2026-03-31", "2026-04-30"])
def test_headline_numbers_of_losses(world: ReportsWorld, to: str) -> None:
    document = world.report("lost-revenue", from_="2026-03-01", to=to, group_by="dealership")
    for key, name in (
        ("lost_gross", "lost_gross"),
        ("recovered", "recovered"),
        ("lost_net", "lost_net"),
        ("outstanding", "lost_net"),
    ):
        page = opened(world, number(document, key)["drill"])
        assert Decimal(page.sums[name]) == Decimal(measure(document, key)), key
    for row in rows(document, "by-dealership") + rows(document, "grades"):
        assert opened(world, row["drill"]).sums["lost_gross"] == row["lost_gross"]
    for row in rows(document, "periods"):
        page = opened(world, row["drill"])
        assert (page.sums["lost_gross"], page.sums["lost_net"]) == (row["lost_gross"], row["lost_net"])


def test_every_cell_of_the_matrix(world: ReportsWorld) -> None:
    for row in rows(world.report("where-why", group_by="period"), "matrix-by-period"):
        assert opened(world, row["drill"]).sums["lost_gross"] == row["lost_gross"]


def test_every_table_of_recommendations(world: ReportsWorld) -> None:
    document = world.report("recommendations", from_="2026-03-31", to="2026-03-31")
    assert measure(document, "lines") == 6
    for key in ("lines", "sold_lines", "unsold_lines", "unpriced_lines"):
        assert opened(world, number(document, key)["drill"]).count == measure(document, key), key
    for section in document["sections"]:
        for row in section["rows"]:
            page = opened(world, row["drill"])
            assert page.count == row["lines"]
            assert Decimal(page.sums["value"] if page.count else 0) == Decimal(row["value"])


def test_lines_are_chosen_by_the_day_at_the_dealership(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book, "WEST")
        visit = story.visit("2026-04-02")
        visit.opened_at = visit.opened_at.replace(hour=3)  # still the evening before in Los Angeles
        story.line(visit, 100, story.need())
    document = world.report("recommendations", dealership="WEST", from_="2026-04-01", to="2026-04-01")
    assert measure(document, "lines") == 1
    assert opened(world, number(document, "lines")["drill"]).count == 1


def test_rows_carry_what_a_person_recognises(world: ReportsWorld) -> None:
    drill = {"target": "ledger", "dealership": "NORTH", "kind": "LOSS", "cause": "PRICE_TOO_HIGH"}
    row = opened(world, drill).rows[0]
    assert (row["advisor"], row["category"], row["dealership"]) == ("Ana", "Brake pads", "NORTH")
    assert (row["amount"], row["business_day"], row["cause"]) == ("100.00", "2026-03-31", "PRICE_TOO_HIGH")


def test_pages(world: ReportsWorld) -> None:
    drill = read_drill({"target": "ledger"}, SYSTEM, world.codes)
    with world.unit() as book:
        pages = [open_drill(book.connection, drill, offset=start, limit=4) for start in (0, 4, 8)]
    assert [len(page.rows) for page in pages] == [4, 4, 2]
    assert {page.count for page in pages} == {10}
    assert len({row["id"] for page in pages for row in page.rows}) == 10


def test_nobody_sees_a_foreign_dealership(world: ReportsWorld) -> None:
    boris = Actor("boris", MANAGER, frozenset({world.codes["NORTH"]}))
    assert opened(world, {"target": "ledger"}, boris).count == 5
    with pytest.raises(Forbidden):
        opened(world, {"target": "ledger", "dealership": "WEST"}, boris)


@pytest.mark.parametrize(
    "drill",
    [{"target": "people"}, {"kind": "GAIN"}, {"sold": "perhaps"}, {"dealer": "NORTH"}, {"from": "yesterday"}],
)
def test_what_cannot_be_understood_is_refused(world: ReportsWorld, drill: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_drill(drill, SYSTEM, world.codes)
    assert next(iter(drill)) in refused.value.message


def test_several_currencies_have_no_sum(world: ReportsWorld) -> None:
    world.dealership("PARIS", "EUR", "Europe/Paris")
    with world.unit() as book:
        story = world.story(book, "PARIS")
        story.loss(story.need(), "2026-03-10", 100)
    mixed = opened(world, {"target": "ledger"})
    assert (mixed.currency, mixed.sums) == (None, {})
    euros = opened(world, {"target": "ledger", "currency": "eur", "to": date(2026, 12, 31)})
    assert (euros.currency, euros.sums["lost_gross"]) == ("EUR", "1.00")
