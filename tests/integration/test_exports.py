"""A presented result as CSV, XLSX, JSON, HTML and terminal text; nothing in it is ever run."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import openpyxl
import pytest
from rich.console import Console

from servicelost.analytics.exports import export
from servicelost.analytics.exports.cells import harmless
from servicelost.analytics.exports.terminal import print_report
from servicelost.analytics.present import present
from servicelost.kernel.errors import InvalidInput
from tests.integration.reports_world import ReportsWorld, rows

EVIL = '=HYPERLINK("http://x")'


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("exports")
    with closing(ReportsWorld(f"sqlite:///{folder / 'x.db'}", folder / "lake")) as world:
        with world.unit() as book:
            story = world.story(book)
            evil, ana = story.service(EVIL), story.advisor("<script>alert(1)</script>")
            visit = story.visit("2026-03-10", advisor_id=ana)
            need = story.need()
            for _ in range(2):
                story.line(visit, 123_450, need, category_id=evil)
            story.line(visit, 50_000, story.need("WON"), state="INVOICED", category_id=story.service("Tyres"))
            story.loss(need, "2026-03-10", 123_450, category_id=evil, advisor_id=ana, visit_id=visit.id)
        documents = {
            name: world.report(name)
            for name in ("lost-revenue", "recommendations", "trend", "where-why", "causes")
        }
        with world.unit() as book:
            yield {name: present(document, book.connection) for name, document in documents.items()}


def test_a_result_gets_words_and_marks_when_shown(results: dict[str, Any]) -> None:
    services = rows(results["recommendations"], "services")
    assert [row["labels"]["category"] for row in services] == [EVIL, "Tyres"]
    assert services[0]["few"] == ["closing_ratio_count", "closing_ratio_value", "decline_rate"]
    assert rows(results["lost-revenue"], "periods")[0]["labels"]["period"] == "2026-03"
    pay_types = rows(results["recommendations"], "pay-types")
    assert pay_types[0]["labels"]["pay_type"] == "Not recorded"


def test_a_stored_document_holds_no_name(results: dict[str, Any]) -> None:
    bare = json.dumps([{**row, "labels": None} for row in rows(results["recommendations"], "advisors")])
    assert "script" not in bare


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_becomes_text(text: str) -> None:
    assert harmless(text).startswith("'")
    assert harmless("Brakes = worn") == "Brakes = worn"


def test_csv_of_one_table(results: dict[str, Any]) -> None:
    content = export(results["recommendations"], "csv", "services")
    assert content.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert table[0][:3] == ["Service", "Lines", "Recommended (USD)"]
    assert table[1][:3] == ["'" + EVIL, "2", "2469.00"]


def test_csv_of_everything_has_every_table(results: dict[str, Any]) -> None:
    text = export(results["lost-revenue"], "csv").decode("utf-8-sig")
    for title in ("Numbers", "Bridge", "By period", "By confidence of the amount"):
        assert f"\n{title}\r" in f"\n{text}"
    assert "Repeats on one order,-1234.50,USD,1" in text, "a negative number stays a number"


def test_xlsx_keeps_numbers_and_neutralises_text(results: dict[str, Any]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export(results["recommendations"], "xlsx")))
    sheet = book["By service"]
    assert [cell.value for cell in sheet[1]][:2] == ["Service", "Lines"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("'" + EVIL, "s")
    assert (sheet["C2"].value, sheet["C2"].data_type) == (2469, "n")
    assert sheet["H2"].number_format == "0.0%"
    assert book.sheetnames[0] == "Numbers"
    assert not any(cell.data_type == "f" for page in book for line in page for cell in line)


def test_json_is_the_document(results: dict[str, Any]) -> None:
    assert json.loads(export(results["causes"], "json")) == results["causes"]


@pytest.mark.parametrize("name", ["lost-revenue", "recommendations", "trend", "where-why", "causes"])
def test_html_carries_everything_and_runs_nothing_of_the_data(results: dict[str, Any], name: str) -> None:
    text = export(results[name], "html").decode()
    assert "Plotly.newPlot(f.id" in text
    assert "<script>alert(1)" not in text
    assert not [mark for mark in ('src="http', 'href="http', "@import") if mark in text.split("<script>")[0]]
    assert results[name]["question"] in text


def test_the_terminal_shows_values_definitions_and_reasons(results: dict[str, Any]) -> None:
    stream = io.StringIO()
    for result in results.values():
        print_report(result, Console(file=stream, width=240, no_color=True))
    text = stream.getvalue()
    for part in (
        "1,234.50 USD",
        "lost_gross(W) = Σ LOSS",
        "not available",
        "no invoices",
        "not enough history",
        EVIL,
    ):
        assert part in text


@pytest.mark.parametrize(("name", "section"), [("pdf", None), ("csv", "everything")])
def test_an_unknown_format_or_table_is_refused(
    results: dict[str, Any], name: str, section: str | None
) -> None:
    with pytest.raises(InvalidInput, match="expected one of"):
        export(results["causes"], name, section)
