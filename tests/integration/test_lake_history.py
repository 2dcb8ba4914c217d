"""The invented history is a real lake: legal, repeatable, added up rightly, and carried on by real events."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from benchmarks.lake_worlds import make_history, runtime_of
from servicelost.analytics.engine import open_lake
from servicelost.analytics.execution import compute_now
from servicelost.analytics.lake.upkeep import refresh
from servicelost.analytics.opening import opened
from servicelost.analytics.params import read_params
from servicelost.analytics.registry import REPORTS, get_spec
from servicelost.intake.results import Outcome
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.money import from_minor
from servicelost.runtime import Runtime
from servicelost.simulate.generate import Size, simulate
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.matrix import check_cause, check_stage
from servicelost.taxonomy.stages import Stage

ROWS = 20_000


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    folder: Path = tmp_path_factory.mktemp("history")
    make_history(folder, ROWS)
    return runtime_of(folder)


@pytest.fixture(scope="module")
def ledger(runtime: Runtime) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        open_lake(runtime.lake_url).table("ledger").order_by("id").to_pyarrow().to_pylist()
    )
    return [row for row in found if row["id"] <= ROWS]


def _report(runtime: Runtime, name: str, **values: Any) -> dict[str, Any]:
    spec = get_spec(name)
    params = read_params(spec, values, SYSTEM, {})
    return opened(compute_now(lambda: runtime.unit(SYSTEM), open_lake(runtime.lake_url), spec, params))


def test_every_loss_is_one_the_matrix_allows(ledger: list[dict[str, Any]]) -> None:
    met = {(row["stage"], row["event"], row["cause"]) for row in ledger}
    assert len(met) > 150
    for stage, event, cause in met:
        check_stage(LossEvent(event), Stage(stage))
        check_cause(LossEvent(event), Cause(cause))
    assert {row["stage"] for row in ledger} == {stage.value for stage in Stage}


def test_what_came_back_belongs_to_one_earlier_loss(ledger: list[dict[str, Any]]) -> None:
    losses = {row["id"]: row for row in ledger if row["kind"] == "LOSS"}
    later = [row for row in ledger if row["kind"] != "LOSS"]
    assert len({row["loss_id"] for row in later}) == len(later) > ROWS / 10
    for row in later:
        loss = losses[row["loss_id"]]
        shared = ("dealership_id", "opportunity_id", "stage", "cause", "owner", "advisor_id")
        assert [row[name] for name in shared] == [loss[name] for name in shared]
        assert row["loss_day"] == loss["business_day"] <= row["business_day"]
        assert 0 < row["amount_minor"] <= loss["amount_minor"]


def test_the_same_history_comes_out_again(
    runtime: Runtime, ledger: list[dict[str, Any]], tmp_path: Path
) -> None:
    make_history(tmp_path, ROWS)
    again = open_lake(f"{tmp_path}/lake").table("ledger").order_by("id").to_pyarrow().to_pylist()
    assert again == ledger


def test_the_report_says_what_the_rows_add_up_to(runtime: Runtime, ledger: list[dict[str, Any]]) -> None:
    gross: dict[tuple[str, str, str], int] = defaultdict(int)
    count: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in ledger:
        sign = {"LOSS": 1, "REVERSAL": -1, "RECOVERY": 0}[row["kind"]]
        place = (row["loss_day"].replace(day=1).isoformat(), row["stage"], row["cause"])
        gross[place] += sign * row["amount_minor"]
        count[place] += sign
    last = max(row["loss_day"] for row in ledger).isoformat()
    document = _report(runtime, "where-why", group_by="period", to=last)
    sections = {section["id"]: section["rows"] for section in document["sections"]}
    assert {
        (row["period"], row["stage"], row["cause"]): (row["lost_gross"], row["loss_count"])
        for row in sections["matrix-by-period"]
        if row["loss_count"] or row["lost_gross"] != "0.00"
    } == {
        place: (str(from_minor(gross[place], "EUR")), count[place])
        for place in gross
        if count[place] or gross[place]
    }
    assert sum(row["loss_count"] for row in sections["matrix"]) == sum(count.values())


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_reads_it(runtime: Runtime, name: str) -> None:
    document = _report(runtime, name)
    assert any(section["rows"] for section in document["sections"])


def test_real_events_are_taken_over_on_top(runtime: Runtime, ledger: list[dict[str, Any]]) -> None:
    events = simulate(runtime.clock.now(), size=Size(weeks=3))
    outcomes = {result.outcome for result in receive(lambda: runtime.unit(SYSTEM), events)}
    assert outcomes <= {Outcome.ACCEPTED}
    done = refresh(runtime.engine, runtime.lake_url, runtime.clock)
    assert not done.rebuilt
    everything = open_lake(runtime.lake_url).table("ledger").to_pyarrow().to_pylist()
    fresh = [row for row in everything if row["id"] > ROWS]
    assert fresh
    assert len(everything) == len(ledger) + len(fresh)
