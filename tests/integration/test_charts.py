"""The figures of real results: valid for Plotly, honest about gaps, at most eight hues."""

from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from typing import Any

import pytest

from servicelost.analytics.charts import figures_of
from servicelost.analytics.charts.palette import LIGHT, MOST_HUES
from servicelost.analytics.present import present
from servicelost.taxonomy.causes import CAUSES
from tests.integration.reports_world import ReportsWorld

NAMES = ("lost-revenue", "recommendations", "trend", "where-why", "causes", "parts-demand", "capacity")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("charts")
    causes = [cause.code.value for cause in CAUSES.values() if not cause.not_a_loss and not cause.needs_text]
    with closing(ReportsWorld(f"sqlite:///{folder / 'x.db'}", folder / "lake")) as world:
        world.dealership("TOKYO", "JPY", "Asia/Tokyo")
        with world.unit() as book:
            story = world.story(book)
            visit = story.visit("2026-01-10")
            story.line(visit, 10_000, story.need())
            for place, cause in enumerate(causes):
                story.loss(story.need(), "2026-01-10", 10_000 - place, cause=cause)
            story.loss(story.need(), "2026-03-10", 5_000)
            story.loss(story.need(), "2026-03-10", 1, cause="NO_CAPACITY")
            story.missing("KX", "2026-01-10", 5_000)
            story.part("KX", "2026-03-10")
            for day in range(1, 32):
                story.capacity(f"2026-01-{day:02d}", "GENERAL", 800, 700)
        documents = {name: world.report(name, dealership="NORTH") for name in NAMES}
        documents["mixed"] = world.report("lost-revenue")
        with world.unit() as book:
            yield {name: present(document, book.connection) for name, document in documents.items()}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", [*NAMES, "mixed"])
def test_every_figure_is_valid(results: dict[str, Any], name: str, theme: str) -> None:
    plotly = import_module("plotly.graph_objects")
    figures = figures_of(results[name], theme)
    assert figures
    for figure in figures:
        plotly.Figure(data=figure["data"], layout=figure["layout"])
    assert len({figure["id"] for figure in figures}) == len(figures)


def test_a_figure_names_its_main_points(results: dict[str, Any]) -> None:
    trend = {figure["id"]: figure for figure in figures_of(results["trend"])}["series"]
    assert [labels for labels, _kind, _value in trend["points"]] == [("2026-01",), ("2026-03",)]
    first = figures_of(results["where-why"])[0]["points"]
    assert first[0].labels == ("Work", "Too expensive")
    assert first == sorted(first, key=lambda point: -float(point.value))[:3]
    seen = [figure["points"] for name in NAMES for figure in figures_of(results[name])]
    assert all(point.value is not None for points in seen for point in points)


def test_a_month_without_record_is_a_gap(results: dict[str, Any]) -> None:
    gross = figures_of(results["trend"])[0]["data"][0]
    assert gross["x"] == ["2026-01", "2026-02", "2026-03"]
    assert gross["y"][1] is None
    assert gross["connectgaps"] is False


def test_no_more_than_eight_hues_and_the_rest_in_grey(results: dict[str, Any]) -> None:
    bars = figures_of(results["causes"])[0]["data"][0]
    assert len(bars["x"]) == MOST_HUES + 1
    assert (bars["x"][-1], bars["marker"]["color"][-1]) == ("Other causes", LIGHT.other)
    drawn = sum(bars["y"])
    lost = next(row["value"] for row in results["causes"]["measures"] if row["key"] == "lost_gross")
    assert drawn == pytest.approx(float(lost))
    matrix = figures_of(results["where-why"])[0]["data"][0]
    assert len(matrix["x"]) == MOST_HUES + 1


def test_points_lead_to_the_rows_behind_them(results: dict[str, Any]) -> None:
    bars = figures_of(results["causes"])[0]["data"][0]
    assert "target=ledger" in bars["customdata"][0]
    assert "cause=PRICE_TOO_HIGH" in bars["customdata"][bars["x"].index("Too expensive")]


def test_figures_of_several_currencies_are_named_apart(results: dict[str, Any]) -> None:
    ids = [figure["id"] for figure in figures_of(results["mixed"])]
    assert ids == ["bridge-jpy", "bridge-usd", "periods-usd"]


def test_what_nobody_told_of_is_a_gap_in_the_fill_rate_and_the_load(results: dict[str, Any]) -> None:
    figures = {name: {figure["id"]: figure for figure in figures_of(results[name])} for name in NAMES}
    rate = figures["parts-demand"]["periods"]["data"][0]
    assert (rate["x"][1], rate["y"][1], rate["connectgaps"]) == ("2026-02", None, False)
    load = figures["capacity"]["periods"]["data"][0]
    assert load["y"] == [0.875, None, None]
    assert figures["capacity"]["skills-by-weekday"]["data"][0]["y"] == ["GENERAL"]
