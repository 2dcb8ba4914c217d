"""The overview: its own numbers by hand, and those it shares equal to the other reports'."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from servicelost.analytics.charts import figures_of
from servicelost.analytics.present import present
from tests.integration.reports_world import ReportsWorld, column, measure, number, rows

QUARTER = {"from_": "2026-10-01", "to": "2026-12-31"}


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[ReportsWorld]:
    with closing(ReportsWorld(sqlite_url, tmp_path / "lake")) as world:
        yield world


@pytest.fixture
def told(world: ReportsWorld) -> ReportsWorld:
    """Losses of this autumn (today is 22 November 2026), of the summer, and of a year ago."""
    with world.unit() as book:
        story = world.story(book)
        ana, brakes = story.advisor("Ana"), story.service("Brakes")
        visit = story.visit("2026-10-05", advisor_id=ana)
        declined = story.need(category_id=brakes)
        story.line(visit, 10_000, declined, advisor_id=ana)
        story.line(visit, 30_000, story.need(state="WON"), state="INVOICED", advisor_id=ana)
        story.loss(declined, "2026-10-05", 10_000, visit_id=visit.id, category_id=brakes)
        unknown = {"cause": "UNKNOWN", "cause_basis": "AUTOMATIC", "owner": "D", "stage": "DELIVERY"}
        back = story.loss(story.need(), "2026-10-20", 6_000, **unknown)
        story.recover(back, "2026-11-02", 2_000)
        away = {
            "cause": "NO_TIME",
            "owner": "C",
            "stage": "PLANNING",
            "event": "APPT_CANCELLED",
            "grade": "D",
        }
        story.loss(story.need(), "2026-11-03", 4_000, **away)
        story.invoice(visit, "2026-10-05", 30_000)
        story.loss(story.need(), "2026-07-10", 25_000)
        story.loss(story.need(), "2026-09-10", 99_000)  # after as many days as this quarter has had
        story.loss(story.need(), "2025-10-10", 1_000)
    return world


def test_a_period_stands_beside_as_many_days_of_the_one_before(told: ReportsWorld) -> None:
    document = told.report("overview", **QUARTER)
    assert column(document, "compared", "window", "lost_net") == {
        "THIS": "180.00", "BEFORE": "250.00", "YEAR_AGO": "10.00",
    }  # fmt: skip
    before = next(row for row in rows(document, "compared") if row["window"] == "BEFORE")
    assert (before["drill"]["from"], before["drill"]["to"]) == ("2026-07-01", "2026-08-22")


def test_a_window_without_any_record_has_no_numbers(told: ReportsWorld) -> None:
    document = told.report("overview", from_="2025-10-01", to="2025-10-31")
    year_ago = next(row for row in rows(document, "compared") if row["window"] == "YEAR_AGO")
    assert (year_ago["lost_net"], year_ago["drill"]) == (None, None)


def test_what_comes_first_is_the_dealers_own_and_explained(told: ReportsWorld) -> None:
    found = rows(told.report("overview", **QUARTER), "first")
    assert [(row["stage"], row["cause"], row["lost_gross"]) for row in found] == [
        ("WORK", "PRICE_TOO_HIGH", "100.00")
    ]


def test_money_leaves_at_each_stage_and_the_rest_is_invoiced(told: ReportsWorld) -> None:
    found = rows(told.report("overview", **QUARTER), "flow")
    assert found[0]["entered"] == "500.00"
    assert {row["stage"]: row["left"] for row in found if row["lost_gross"] != "0.00"} == {
        "PLANNING": "460.00", "WORK": "360.00", "DELIVERY": "300.00",
    }  # fmt: skip
    assert found[-1]["left"] == "300.00"


def test_without_invoices_no_flow_is_invented(told: ReportsWorld) -> None:
    assert not rows(told.report("overview", from_="2026-07-01", to="2026-07-31"), "flow")


def test_the_quality_of_the_records_is_a_mean_of_shares(told: ReportsWorld) -> None:
    document = told.report("overview", **QUARTER)
    assert column(document, "quality", "quality", "quality_share") == {
        "EXPLAINED": pytest.approx(2 / 3, abs=1e-6), "STATED": pytest.approx(2 / 3, abs=1e-6),
        "SURE": 0.8, "PRICED": 1.0,
    }  # fmt: skip
    assert measure(document, "data_quality") == round(100 * (2 / 3 + 2 / 3 + 0.8 + 1) / 4)
    nothing = number(told.report("overview", from_="2026-01-01", to="2026-01-31"), "data_quality")
    assert (nothing["value"], nothing["reason"]) == (None, "no loss is recorded")


@pytest.mark.parametrize("window", [QUARTER, {}, {"from_": "2026-07-01", "to": "2026-09-30"}])
def test_shared_numbers_are_those_of_the_other_reports(told: ReportsWorld, window: dict[str, Any]) -> None:
    overview = told.report("overview", **window)
    for name in ("lost-revenue", "where-why", "recommendations"):
        other = {item["key"]: item["value"] for item in told.report(name, **window)["measures"]}
        ours = {item["key"]: item["value"] for item in overview["measures"]}
        shared = ours.keys() & other.keys()
        assert shared
        assert {key: ours[key] for key in shared} == {key: other[key] for key in shared}
    assert rows(overview, "matrix") == rows(told.report("where-why", **window), "matrix")


def test_the_flow_is_drawn_with_what_leaves_and_what_stays(told: ReportsWorld) -> None:
    document = told.report("overview", **QUARTER)
    with told.engine.connect() as connection:
        drawn = {figure["id"]: figure for figure in figures_of(present(document, connection))}
    ways = drawn["flow"]["data"][0]["link"]
    labels = drawn["flow"]["data"][0]["node"]["label"]
    lost = {
        labels[source]: value
        for source, target, value in zip(ways["source"], ways["target"], ways["value"], strict=True)
        if labels[target] == "Lost"
    }
    assert lost == {"Planning": 40.0, "Work": 100.0, "Delivery": 60.0}
