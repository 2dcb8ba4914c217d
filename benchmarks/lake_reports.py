"""Every report with its result and figures, beside plain SQL that adds up the same tables on the same files.

The plain side gives sums alone: no intervals, no shares, no words, no rows behind a number.
"""

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.report import tell
from servicelost.analytics.charts import figures_of
from servicelost.analytics.engine import Lake, open_lake
from servicelost.analytics.execution import compute_now
from servicelost.analytics.line_status import SOLD_STATES
from servicelost.analytics.params import read_params
from servicelost.analytics.present import PAGE_ROWS, present
from servicelost.analytics.registry import get_spec
from servicelost.kernel.actor import SYSTEM
from servicelost.runtime import Runtime

_GROSS = "sum(CASE kind WHEN 'LOSS' THEN amount_minor WHEN 'REVERSAL' THEN -amount_minor ELSE 0 END)"
_COUNT = "sum(CASE kind WHEN 'LOSS' THEN 1 WHEN 'REVERSAL' THEN -1 ELSE 0 END)"
_SOLD = f"state IN {SOLD_STATES}"


def _losses(*keys: str) -> str:
    return f"SELECT {', '.join(keys)}, {_GROSS}, {_COUNT} FROM ledger GROUP BY ALL"  # noqa: S608 - our own words


def _lines(key: str) -> str:
    sums = f"count(*), sum(amount_minor), count(*) FILTER ({_SOLD}), sum(amount_minor) FILTER ({_SOLD})"
    return f"SELECT {key}, {sums} FROM lines WHERE origin = 'RECOMMENDED' GROUP BY ALL"  # noqa: S608 - our own words


_INVOICED = "SELECT month, dealership_id, sum(amount_minor) FROM revenue GROUP BY ALL"
_BRIDGE = f"""
SELECT repeat, later, losses > 0, needs.state, sum(amount_minor), sum(lost), count(*) FROM (
  SELECT *, row_number() OVER (
    PARTITION BY repeat, opportunity_id ORDER BY presentation_number DESC, id DESC) > 1 AS later
  FROM (SELECT *, row_number() OVER (
    PARTITION BY visit_id, opportunity_id ORDER BY presentation_number DESC, id DESC) > 1 AS repeat
    FROM (SELECT id, visit_id, opportunity_id, presentation_number, amount_minor FROM lines
      WHERE origin = 'RECOMMENDED' AND NOT {_SOLD}))) AS unsold
LEFT JOIN (SELECT opportunity_id AS need, {_GROSS} AS lost, {_COUNT} AS losses FROM ledger GROUP BY 1)
  ON need = unsold.opportunity_id
LEFT JOIN (SELECT id, state FROM opportunities) AS needs ON needs.id = unsold.opportunity_id
GROUP BY ALL
"""  # noqa: S608 - our own words
_LATENCY = """
SELECT median(epoch_us(recorded_at) - epoch_us(occurred_at)), count(*) FROM ledger WHERE kind = 'LOSS'
  AND id NOT IN (SELECT loss_id FROM ledger WHERE kind = 'REVERSAL')
"""
PLAIN: Mapping[str, Sequence[str]] = {
    "where-why": (_losses("stage", "cause"), _losses("stage")),
    "causes": (_losses("cause"), _losses("owner"), _losses("cause_basis"), _losses("event", "cause")),
    "trend": (_losses("loss_month"), _INVOICED),
    "lost-revenue": (
        _losses("grade"), _losses("loss_month", "dealership_id"), _INVOICED, _lines("1"), _LATENCY, _BRIDGE,
    ),
    "recommendations": tuple(
        _lines(key)
        for key in ("state", "category_id", "severity", "advisor_id", "month", "pay_type", "dealership_id")
    ),
}  # fmt: skip


def every_report(
    runtime: Runtime, rows: int, in_turns: Callable[..., tuple[list[float], list[float]]], times: int
) -> None:
    """Measure each report in turns with its plain questions."""
    lake = open_lake(runtime.lake_url)
    for name, questions in PLAIN.items():
        ask = _asker(lake, Path(runtime.lake_url), questions)
        measured, raw = in_turns(lambda name=name: report(runtime, name), ask, times)
        seconds, raw_seconds = statistics.median(measured), statistics.median(raw)
        tell(
            f"report {name}", rows=rows, seconds=round(seconds, 4), raw_seconds=round(raw_seconds, 4),
            compared_with="plain DuckDB SQL for its sums, on the same files",
            ratio=round(seconds / raw_seconds, 2), runs=len(measured),
        )  # fmt: skip


def report(runtime: Runtime, name: str, **values: str) -> tuple[str, str]:
    """What a worker stores, and the figures a page shows of it."""
    spec = get_spec(name)
    params = read_params(spec, values, SYSTEM, {})
    document = compute_now(lambda: runtime.unit(SYSTEM), open_lake(runtime.lake_url), spec, params)
    stored = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    with runtime.unit(SYSTEM, reading=True) as book:
        shown = present(json.loads(stored), book.connection, most_rows=PAGE_ROWS)
    return stored, json.dumps(figures_of(shown))


def _asker(lake: Lake, folder: Path, questions: Sequence[str]) -> Callable[[], list[Any]]:
    engine = import_module("duckdb").connect(config={"memory_limit": "1GB"})
    engine.execute("SET parquet_metadata_cache = true")
    for fact in ("ledger", "lines", "revenue", "opportunities"):
        paths = [str(folder / file.name) for file in lake.manifest.facts[fact].files]
        engine.execute(f"CREATE VIEW {fact} AS SELECT * FROM read_parquet({paths})")  # noqa: S608 - our own words
    return lambda: [engine.execute(question).fetchall() for question in questions]
