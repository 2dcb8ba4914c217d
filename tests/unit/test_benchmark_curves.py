"""The page of figures: rewritten between its marks from the lines of a run, with a readable picture."""

from xml.etree import ElementTree

import pytest

from benchmarks.curves import PAGE, rewrite

SVG = "{http://www.w3.org/2000/svg}"
MACHINE = "2 cores, some processor"
PLAIN = {
    "benchmark": "decline", "per_second": 401.5, "calls": 1500, "compared_with": "a bare one", "ratio": 2.5,
    "memory": [80.0, 90.0, 100.0], "machine": MACHINE,
}  # fmt: skip


def grown(rows: int, seconds: float, raw: float) -> dict[str, object]:
    return {
        "benchmark": "report where-why", "curve": "report", "rows": rows, "seconds": seconds,
        "raw_seconds": raw, "compared_with": "raw SQL", "machine": MACHINE,
    }  # fmt: skip


LINES = [PLAIN, grown(1_000_000, 0.08, 0.05), grown(100_000, 0.02, 0.01), grown(10_000_000, 0.6, 0.5)]


@pytest.fixture
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_figures_of_a_run_replace_those_before(page: str) -> None:
    once, _ = rewrite(page, [{**PLAIN, "per_second": 1.25}])
    twice, _ = rewrite(once, LINES)
    assert "| decline | per second 401.5; calls 1,500; memory 80.0 to 100.0 | a bare one | 2.5 |" in twice
    assert "1.25" not in twice.replace(page, "")
    assert f"* {MACHINE}\n" in twice
    assert twice.count("<!-- figures -->") == 1


def test_curves_are_a_table_in_order_of_rows(page: str) -> None:
    found, _ = rewrite(page, LINES)
    table = [line for line in found.splitlines() if line.startswith("| report |")]
    assert table == [
        "| report | 100,000 | 0.02 | 0.01 | 2.00 |",
        "| report | 1,000,000 | 0.08 | 0.05 | 1.60 |",
        "| report | 10,000,000 | 0.6 | 0.5 | 1.20 |",
    ]


def test_what_stands_outside_the_marks_is_left_alone(page: str) -> None:
    found, _ = rewrite(page, LINES)
    assert found.partition("<!-- machine -->")[0] == page.partition("<!-- machine -->")[0]
    assert found.rpartition("<!-- /curves -->")[2] == page.rpartition("<!-- /curves -->")[2]


def test_the_picture_tells_the_two_lines_apart_without_colour(page: str) -> None:
    _, picture = rewrite(page, LINES)
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own picture
    assert len(list(root.iter(f"{SVG}circle"))) == 3
    assert any("stroke-dasharray" in path.attrib for path in root.iter(f"{SVG}path"))
    texts = {text.text for text in root.iter(f"{SVG}text")}
    assert {"report", "servicelost", "raw engine", "rows", "100,000", "10,000,000", "0.01 s", "1 s"} <= texts


def test_higher_is_slower(page: str) -> None:
    _, picture = rewrite(page, LINES)
    heights = [float(mark.attrib["cy"]) for mark in ElementTree.fromstring(picture).iter(f"{SVG}circle")]  # noqa: S314
    assert heights == sorted(heights, reverse=True)
