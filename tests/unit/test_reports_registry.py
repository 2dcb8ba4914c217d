"""The registry: light enough for the web process, and every number of it defined."""

import subprocess
import sys

import pytest

from servicelost.analytics.registry import REPORTS
from servicelost.analytics.spec import ReportSpec

ENGINES = {"ibis", "duckdb", "pandas", "pyarrow", "plotly"}


def loaded_by(*modules: str) -> set[str]:
    code = "import sys; " + "; ".join(f"import servicelost.analytics.{name}" for name in modules)
    code += "; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_what_the_web_process_imports_loads_no_engine() -> None:
    light = ("registry", "params", "runs", "models", "execution", "present", "charts", "drill")
    assert not {*ENGINES, "numpy"} & loaded_by(*light)
    assert not ENGINES & loaded_by("exports"), "openpyxl itself looks for numpy"


def test_the_reports_have_the_names_the_world_relies_on() -> None:
    assert list(REPORTS) == [
        "overview", "lost-revenue", "where-why", "causes", "trend", "recommendations", "parts-demand",
        "capacity",
    ]  # fmt: skip


@pytest.mark.parametrize("spec", REPORTS.values(), ids=REPORTS)
def test_every_number_has_one_definition(spec: ReportSpec) -> None:
    numbers = [*spec.measures, *(measure for section in spec.sections for measure in section.measures)]
    assert all(number.definition and number.label for number in numbers)
    by_key = {number.key: number for number in numbers}
    assert all(by_key[number.key] == number for number in numbers)


def test_a_key_means_the_same_in_every_report() -> None:
    definitions: dict[str, set[str]] = {}
    for spec in REPORTS.values():
        for measure in spec.every_measure():
            definitions.setdefault(measure.key, set()).add(measure.definition)
    assert not {key for key, found in definitions.items() if len(found) > 1}
