"""The reports `recommendations` and `trend` against small stories added up by hand."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from servicelost.analytics.labels import NOT_RECORDED, labels_of
from servicelost.analytics.periods import Grain
from servicelost.analytics.spec import Vocabulary
from tests.integration.reports_world import ReportsWorld, column, measure, number, rows


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[ReportsWorld]:
    with closing(ReportsWorld(sqlite_url, tmp_path / "lake")) as world:
        yield world


def test_sold_and_unsold_by_every_dimension(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book)
        ana, pads, oil = story.advisor("Ana"), story.service("Pads"), story.service("Oil")
        march = story.visit("2026-03-10", advisor_id=ana, pay_type="CUSTOMER_PAY")
        april = story.visit("2026-04-10", inspected=False, pay_type="WARRANTY")
        story.line(march, 10_000, story.need("WON"), "INVOICED", category_id=pads, severity="RED")
        story.line(march, 30_000, story.need(), "DECLINED", category_id=pads, severity="RED")
        story.line(april, 5_000, story.need("OPEN"), "QUOTED", category_id=oil, severity="YELLOW")
        story.line(april, 5_000, story.need(), "NOT_PERFORMED", category_id=oil, severity="YELLOW")
        story.line(april, None, None, "BOOKED", category_id=oil, origin="BOOKED")
    document = world.report("recommendations")
    values = {
        key: measure(document, key) for key in ("lines", "value", "sold_lines", "sold_value", "unsold_lines")
    }
    assert values == {
        "lines": 4,
        "value": "500.00",
        "sold_lines": 1,
        "sold_value": "100.00",
        "unsold_lines": 3,
    }
    assert measure(document, "unsold_value") == "400.00"
    assert measure(document, "closing_ratio_count") == 0.25
    assert measure(document, "closing_ratio_value") == 0.2
    assert measure(document, "decline_rate") == 0.6
    assert (measure(document, "mpi_completion"), measure(document, "declined_per_ro")) == (0.5, "300.00")
    for section, dimension, expected in (
        ("services", "category", {pads: "300.00", oil: "100.00"}),
        ("severities", "severity", {"RED": "300.00", "YELLOW": "100.00"}),
        ("advisors", "advisor", {ana: "300.00", None: "100.00"}),
        ("periods", "period", {"2026-03-01": "300.00", "2026-04-01": "100.00"}),
        ("pay-types", "pay_type", {"CUSTOMER_PAY": "300.00", "WARRANTY": "100.00"}),
        ("dealerships", "dealership", {world.codes["NORTH"]: "400.00"}),
    ):
        assert column(document, section, dimension, "unsold_value") == expected, section
    only = world.report("recommendations", advisor="none", severity="YELLOW")
    assert measure(only, "lines") == 2
    assert number(only, "mpi_completion")["available"] is False


def test_the_shares_of_what_became_of_it_sum_to_one(world: ReportsWorld) -> None:
    states = (
        "AUTHORIZED", "STARTED", "COMPLETED", "INVOICED", "DECLINED", "DEFERRED", "RECOMMENDED", "QUOTED",
        "EXPIRED", "REMOVED", "CANCELLED", "NOT_PERFORMED", "NOT_PRESENTED",
    )  # fmt: skip
    with world.unit() as book:
        story = world.story(book)
        visit = story.visit("2026-03-10")
        for place, state in enumerate(states):
            story.line(visit, 1_000 + place, story.need(), state)
    found = rows(world.report("recommendations"), "statuses")
    assert {row["status"]: row["lines"] for row in found} == {
        "authorised": 4,
        "declined": 1,
        "deferred": 1,
        "pending": 2,
        "expired": 1,
        "withdrawn": 3,
        "not_presented": 1,
    }
    for key in ("line_share", "value_share"):
        assert sum(row[key] for row in found) == pytest.approx(1, abs=1e-5)


def test_intervals_come_with_their_number_of_cases(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book)
        for place in range(40):
            visit = story.visit("2026-03-10")
            story.line(visit, 1_000, story.need(), "INVOICED" if place % 4 == 0 else "DECLINED")
    document = world.report("recommendations")
    ratio = number(document, "closing_ratio_value")
    assert (ratio["value"], ratio["n"]) == (0.25, 40)
    assert 0.1 < ratio["interval"][0] < 0.25 < ratio["interval"][1] <= 0.4
    share = number(world.report("lost-revenue"), "unsold_share")
    assert share["interval"] == pytest.approx([1 - ratio["interval"][1], 1 - ratio["interval"][0]], abs=1e-6)
    assert number(world.report("recommendations"), "closing_ratio_value")["interval"] == ratio["interval"]


def test_nothing_recommended_is_not_a_rate_of_zero(world: ReportsWorld) -> None:
    document = world.report("recommendations")
    ratio = number(document, "closing_ratio_value")
    assert (ratio["value"], ratio["available"]) == (None, False)
    assert measure(document, "lines") == 0


def test_a_trend_keeps_zeros_and_shows_gaps(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book)
        for month, amount in ((1, 10_000), (2, 12_000), (5, 18_000), (6, 20_000), (7, 22_000)):
            story.loss(story.need(), f"2026-{month:02d}-10", amount)
        story.line(story.visit("2026-03-15"), 100, story.need("WON"), "INVOICED")  # recorded, nothing lost
    document = world.report("trend")
    assert column(document, "series", "period", "lost_gross") == {
        "2026-01-01": "100.00",
        "2026-02-01": "120.00",
        "2026-03-01": "0.00",
        "2026-04-01": None,
        "2026-05-01": "180.00",
        "2026-06-01": "200.00",
        "2026-07-01": "220.00",
    }
    slope = number(document, "gross_slope")
    assert (slope["value"], slope["n"]) == ("20.00", 6)
    assert measure(document, "recorded_periods") == 6
    assert any("1 of 7 periods" in note for note in document["sections"][0]["notes"])
    assert number(document, "revenue_slope")["available"] is False


def test_periods_cut_short_do_not_bend_the_slope(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book)
        for month in range(1, 12):
            story.loss(story.need(), f"2026-{month:02d}-10", 10_000)
    assert measure(world.report("trend"), "whole_periods") == 10, "November 2026 is not over"
    cut = world.report("trend", from_="2026-01-05", to="2026-06-20")
    assert measure(cut, "whole_periods") == 4
    assert "not enough history, whole periods: 4/6" in number(cut, "gross_slope")["reason"]
    only = world.report("trend", cause="NO_TIME")
    assert set(column(only, "series", "period", "lost_gross").values()) == {"0.00"}
    assert "do not carry" in number(only, "revenue_slope")["reason"]


def test_services_of_one_name_at_two_dealerships_say_where_they_belong(world: ReportsWorld) -> None:
    world.dealership("SOUTH", "EUR")
    with world.unit() as book:
        north, south = world.story(book), world.story(book, "SOUTH")
        names = {
            north.service("Pads"): "Pads, North store",
            south.service("Pads"): "Pads, South store",
            north.service("Oil"): "Oil",
        }
    with world.unit() as book:
        found = labels_of(book.connection, Vocabulary.CATEGORY, names, Grain.MONTH)
    assert found == {**names, None: NOT_RECORDED}
