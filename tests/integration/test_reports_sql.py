"""Reports beside plain SQL on the same files: the same sums, however cleverly they are read."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.lake_worlds import make_history, runtime_of
from servicelost.analytics.engine import open_lake
from servicelost.analytics.execution import compute_now
from servicelost.analytics.line_status import SOLD_STATES
from servicelost.analytics.opening import opened
from servicelost.analytics.params import read_params
from servicelost.analytics.registry import get_spec
from servicelost.kernel.actor import SYSTEM
from servicelost.runtime import Runtime
from tests.integration.reports_world import number

LAST = "2026-06-30"
PERIODS = f"""
SELECT strftime(date_trunc('quarter', loss_day), '%Y-%m-%d') AS period,
  sum(amount_minor) FILTER (kind = 'LOSS') AS losses,
  coalesce(sum(amount_minor) FILTER (kind = 'REVERSAL'), 0) AS reversed,
  coalesce(sum(amount_minor) FILTER (
    kind = 'RECOVERY' AND business_day <= '{LAST}'
    AND date_trunc('quarter', business_day) <= date_trunc('quarter', loss_day)), 0) AS recovered,
  count(*) FILTER (kind = 'LOSS') - count(*) FILTER (kind = 'REVERSAL') AS loss_count
FROM ledger WHERE loss_day <= '{LAST}' GROUP BY 1 ORDER BY 1
"""
LATENCY = f"""
SELECT median(epoch(recorded_at) - epoch(occurred_at)) / 3600 AS hours, count(*) AS n
FROM ledger WHERE kind = 'LOSS' AND business_day <= '{LAST}'
  AND id NOT IN (SELECT loss_id FROM ledger WHERE kind = 'REVERSAL')
"""
LINES = f"""
SELECT {{key}} AS key, count(*) AS lines, sum(coalesce(amount_minor, 0)) AS value,
  coalesce(sum(amount_minor) FILTER (state IN {SOLD_STATES}), 0) AS sold_value,
  count(*) FILTER (state IN {SOLD_STATES}) AS sold_lines
FROM lines WHERE origin = 'RECOMMENDED' AND business_day <= '{LAST}' GROUP BY 1 ORDER BY ALL
"""
BRIDGE = f"""
WITH unsold AS (SELECT *, coalesce(amount_minor, 0) AS value FROM lines
  WHERE origin = 'RECOMMENDED' AND state NOT IN {SOLD_STATES} AND business_day <= '{LAST}'),
here AS (SELECT opportunity_id AS need,
    sum(CASE kind WHEN 'LOSS' THEN amount_minor ELSE -amount_minor END) AS lost
  FROM ledger WHERE kind <> 'RECOVERY' AND loss_day <= '{LAST}' GROUP BY 1)
SELECT (SELECT sum(value) FROM unsold) AS unsold,
  (SELECT sum(lost) FROM here WHERE need NOT IN (SELECT opportunity_id FROM lines
    WHERE origin = 'RECOMMENDED' AND state NOT IN {SOLD_STATES})) AS no_recommended_line,
  (SELECT sum(lost) FROM here) AS lost_gross
"""


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    folder: Path = tmp_path_factory.mktemp("history")
    make_history(folder, 20_000)
    return runtime_of(folder)


def ask(runtime: Runtime, query: str) -> list[dict[str, Any]]:
    """The rows of plain SQL on the files of the lake."""
    engine = duckdb.connect()
    engine.execute("SET TimeZone = 'UTC'")
    for fact in ("ledger", "lines"):
        engine.execute(f"CREATE VIEW {fact} AS FROM read_parquet('{runtime.lake_url}/{fact}/*.parquet')")
    found: list[dict[str, Any]] = engine.sql(query).to_arrow_table().to_pylist()
    return found


def report(runtime: Runtime, name: str, **values: str) -> dict[str, Any]:
    spec = get_spec(name)
    params = read_params(spec, {"to": LAST, **values}, SYSTEM, {})
    return opened(compute_now(lambda: runtime.unit(SYSTEM), open_lake(runtime.lake_url), spec, params))


def rows(document: dict[str, Any], section: str) -> list[dict[str, Any]]:
    [found] = [part["rows"] for part in document["sections"] if part["id"] == section]
    return list(found)


def money(minor: Any) -> str:
    return f"{Decimal(minor) / 100:.2f}"


@pytest.mark.parametrize(("name", "section"), [("lost-revenue", "periods"), ("trend", "series")])
def test_periods(runtime: Runtime, name: str, section: str) -> None:
    plain = ask(runtime, PERIODS)
    assert len(plain) > 12
    assert any(row["recovered"] for row in plain)
    for row, sums in zip(rows(report(runtime, name, grain="quarter"), section), plain, strict=True):
        gross = sums["losses"] - sums["reversed"]
        expected = {
            "period": sums["period"], "lost_gross": money(gross), "recovered": money(sums["recovered"]),
            "lost_net": money(gross - sums["recovered"]), "loss_count": sums["loss_count"],
        }  # fmt: skip
        assert {key: row[key] for key in expected} == expected


def test_latency(runtime: Runtime) -> None:
    [plain] = ask(runtime, LATENCY)
    latency = number(report(runtime, "lost-revenue"), "capture_latency")
    assert (latency["value"], latency["n"]) == (round(plain["hours"], 2), plain["n"])


def test_bridge(runtime: Runtime) -> None:
    [plain] = ask(runtime, BRIDGE)
    found = {step["key"]: step["value"] for step in report(runtime, "lost-revenue")["bridge"]}
    assert {key: found[key] for key in plain} == {key: money(minor) for key, minor in plain.items()}


@pytest.mark.parametrize(
    ("section", "key", "column"),
    [
        ("services", "category", "category_id"),
        ("advisors", "advisor", "advisor_id"),
        ("severities", "severity", "severity"),
        ("periods", "period", "strftime(month, '%Y-%m-%d')"),
    ],
)
def test_lines(runtime: Runtime, section: str, key: str, column: str) -> None:
    plain = {row["key"]: row for row in ask(runtime, LINES.format(key=column))}
    document = report(runtime, "recommendations")
    found = {row[key]: row for row in rows(document, section)}
    assert found.keys() == plain.keys()
    for value, sums in plain.items():
        row = found[value]
        assert (row["lines"], row["sold_lines"]) == (sums["lines"], sums["sold_lines"])
        assert (row["value"], row["sold_value"]) == (money(sums["value"]), money(sums["sold_value"]))
    assert number(document, "value")["value"] == money(sum(sums["value"] for sums in plain.values()))
