"""The reports about losses against small ledgers added up by hand."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.reports_world import ReportsWorld, column, measure, moment, number, rows, steps


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[ReportsWorld]:
    with closing(ReportsWorld(sqlite_url, tmp_path / "lake")) as world:
        yield world


def test_a_window_is_computed_anew_and_never_added_up(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book)
        march = story.loss(story.need(), "2026-03-10", 10_000)
        story.recover(march, "2026-05-02", 6_000, revenue=5_000)
        april = story.loss(story.need(), "2026-04-01", 3_000)
        story.reverse(april, cause="RESCHEDULED")
        story.loss(story.need(), "2026-04-20", 500)
    year = world.report("lost-revenue", from_="2026-01-01", to="2026-12-31")
    assert column(year, "periods", "period", "lost_net") == {
        "2026-03-01": "100.00",
        "2026-04-01": "5.00",
    }
    assert measure(year, "lost_gross") == "105.00"
    assert measure(year, "recovered") == "60.00"
    assert measure(year, "lost_net") == "45.00"
    assert measure(year, "price_gap") == "10.00"
    assert measure(year, "reversed") == "30.00"
    assert measure(year, "loss_count") == 2
    quarter = world.report("lost-revenue", grain="quarter", to="2026-03-31")
    assert measure(quarter, "lost_net") == "100.00"
    assert measure(quarter, "outstanding") == "40.00"
    half = world.report("lost-revenue", grain="year")
    assert column(half, "periods", "period", "lost_net") == {"2026-01-01": "45.00"}


def test_lost_share_of_revenue_needs_invoices(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book)
        story.loss(story.need(), "2026-03-10", 10_000)
        visit = story.visit("2026-03-10")
    without = number(world.report("lost-revenue"), "lost_pct")
    assert (without["value"], without["available"]) == (None, False)
    assert "no invoices" in without["reason"]
    with world.unit() as book:
        world.story(book).invoice(visit, "2026-03-11", 30_000)
    document = world.report("lost-revenue")
    assert measure(document, "lost_pct") == 0.25
    assert measure(document, "realized") == "300.00"
    assert number(world.report("lost-revenue", severity="RED"), "lost_pct")["available"] is False


def test_half_a_denominator_is_no_denominator(world: ReportsWorld) -> None:
    world.dealership("SOUTH", "USD")
    with world.unit() as book:
        for code in ("NORTH", "SOUTH"):
            story = world.story(book, code)
            story.loss(story.need(), "2026-03-10", 10_000)
        world.story(book, "NORTH").invoice(story.visit("2026-03-10"), "2026-03-11", 30_000)
    assert "not every dealership" in number(world.report("lost-revenue"), "lost_pct")["reason"]
    assert measure(world.report("lost-revenue", dealership="north"), "lost_pct") == 0.25


def test_grades_owners_and_reasons(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book)
        story.loss(story.need(), "2026-03-10", 10_000, grade="A", owner="D", centihours=150)
        story.loss(story.need(), "2026-03-10", 20_000, grade="B", owner="C", cause="NO_TIME")
        story.loss(story.need(), "2026-03-10", 30_000, grade="C", owner=None, cause="OTHER", note="x")
        story.loss(story.need(), "2026-03-10", 40_000, grade="D", owner=None, cause="UNKNOWN")
        wrong = story.loss(story.need(), "2026-03-10", 50_000, cause="UNKNOWN", owner=None, centihours=900)
        story.reverse(wrong)
    document = world.report("lost-revenue", group_by="owner")
    assert measure(document, "conservative") == "300.00"
    assert column(document, "grades", "grade", "share") == {"D": 0.4, "C": 0.3, "B": 0.2, "A": 0.1}
    assert measure(document, "controllable_share") == pytest.approx(1 / 6, abs=1e-6)
    assert measure(document, "lost_hours") == 1.5
    unknown = number(document, "unknown_share")
    assert (unknown["value"], unknown["n"]) == (0.5, 4)
    assert unknown["interval"] == pytest.approx([0.150036, 0.849964], abs=1e-5)
    assert column(document, "by-owner", "owner", "lost_gross") == {
        None: "700.00",
        "C": "200.00",
        "D": "100.00",
    }


def test_capture_latency_is_the_median_of_standing_losses(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book)
        for hours in (1, 5, 30):
            at = moment("2026-03-10") + timedelta(hours=hours)
            story.loss(story.need(), "2026-03-10", 100, recorded_at=at)
        late = story.loss(
            story.need(), "2026-03-10", 100, recorded_at=moment("2026-03-10") + timedelta(days=90)
        )
        story.reverse(late)
    assert measure(world.report("lost-revenue"), "capture_latency") == 5.0


def test_currencies_stand_side_by_side(world: ReportsWorld) -> None:
    world.dealership("TOKYO", "JPY", "Asia/Tokyo")
    with world.unit() as book:
        for code, amount in (("NORTH", 12_345), ("TOKYO", 9_000)):
            story = world.story(book, code)
            story.loss(story.need(), "2026-03-10", amount)
    document = world.report("lost-revenue")
    assert document["currency"] is None
    found = [
        (item["currency"], item["value"]) for item in document["measures"] if item["key"] == "lost_gross"
    ]
    assert found == [("JPY", "9000"), ("USD", "123.45")]
    assert world.report("lost-revenue", dealership="TOKYO")["currency"] == "JPY"


def test_where_and_why(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book)
        story.loss(story.need(), "2026-03-10", 10_000)
        story.loss(story.need(), "2026-04-10", 30_000)
        missed = {"stage": "PLANNING", "event": "APPT_NO_SHOW", "cause": "NO_SHOW", "owner": "C"}
        story.loss(story.need(), "2026-04-10", 5_000, cause_basis="AUTOMATIC", **missed)
    document = world.report("where-why", group_by="period")
    matrix = {
        (row["stage"], row["cause"]): (row["lost_gross"], row["loss_count"])
        for row in rows(document, "matrix")
    }
    assert matrix == {("WORK", "PRICE_TOO_HIGH"): ("400.00", 2), ("PLANNING", "NO_SHOW"): ("50.00", 1)}
    assert [row["period"] for row in rows(document, "matrix-by-period")] == ["2026-03-01"] + [
        "2026-04-01"
    ] * 2
    only = world.report("where-why", owner="C")
    assert measure(only, "lost_gross") == "50.00"
    assert not [section for section in only["sections"] if section["id"] == "matrix-by-period"]


def test_causes_make_a_pareto(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book)
        for cause, amount, basis, owner in (
            ("PRICE_TOO_HIGH", 60_000, "STATED", "D"),
            ("NO_TIME", 30_000, "STATED", "C"),
            ("UNKNOWN", 10_000, "AUTOMATIC", None),
        ):
            story.loss(story.need(), "2026-03-10", amount, cause=cause, cause_basis=basis, owner=owner)
    document = world.report("causes")
    assert column(document, "pareto", "cause", "cumulative") == {
        "PRICE_TOO_HIGH": 0.6,
        "NO_TIME": 0.9,
        "UNKNOWN": 1.0,
    }
    assert column(document, "bases", "basis", "loss_count") == {"STATED": 2, "AUTOMATIC": 1}
    assert measure(document, "stated_share") == pytest.approx(2 / 3, abs=1e-6)
    assert measure(document, "controllable_share") == pytest.approx(2 / 3, abs=1e-6)
    assert len(rows(document, "events")) == 3


def test_the_bridge_adds_up_to_the_cent(world: ReportsWorld) -> None:
    with world.unit() as book:
        story = world.story(book)
        first, second = story.visit("2026-03-10"), story.visit("2026-04-10")
        twice = story.need()  # repeated on one order, presented again at another price
        story.line(first, 10_001, twice)
        story.line(first, 10_001, twice)
        story.line(second, 12_003, twice)
        story.reverse(story.loss(twice, "2026-03-10", 10_001))
        story.loss(twice, "2026-03-10", 12_003)
        sold = story.need("WON")  # declined on one line, sold on another of the same order
        story.line(second, 5_005, sold)
        story.line(second, 4_000, sold, state="INVOICED")
        story.line(second, 7_007, story.need("DEFERRED"), state="DEFERRED")
        story.line(second, 800, story.need("OPEN"), state="QUOTED")
        back = story.need("WON")  # lost, then sold on a later visit
        story.line(first, 20_000, back)
        story.line(second, 19_000, back, state="INVOICED")
        story.recover(story.loss(back, "2026-03-10", 20_000), "2026-04-10", 20_000, 19_000)
        story.loss(story.need(), "2026-04-11", 3_333, stage="PLANNING", event="APPT_NO_SHOW", cause="NO_SHOW")
        story.line(second, None, None, state="RECOMMENDED")
    document = world.report("lost-revenue")
    assert steps(document) == {
        "unsold": "648.17",
        "repeats": "-100.01",
        "sold_same_order": "-50.05",
        "presented_again": "-100.01",
        "undecided": "-8.00",
        "deferred": "-70.07",
        "no_recommended_line": "33.33",
        "lost_gross": "353.36",
        "recovered": "-200.00",
        "lost_net": "153.36",
    }
