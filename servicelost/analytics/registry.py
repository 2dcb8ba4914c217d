"""Which reports there are, and where each one's function is found.

Imported by the web process: specs are plain data, functions are loaded only where they are run.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from servicelost.analytics.spec import ReportSpec
from servicelost.analytics.specs import (
    capacity,
    causes,
    lost_revenue,
    overview,
    parts_demand,
    recommendations,
    trend,
    where_why,
)
from servicelost.kernel.errors import FieldProblem, NotFound

REPORTS: Mapping[str, ReportSpec] = {
    module.SPEC.name: module.SPEC
    for module in (overview, lost_revenue, where_why, causes, trend, recommendations, parts_demand, capacity)
}


def get_spec(name: str) -> ReportSpec:
    """The report of this name; raises NotFound that names the nearest one."""
    spec = REPORTS.get(name)
    if spec is None:
        near = get_close_matches(name, REPORTS, n=1)
        hint = f"did you mean {near[0]}?" if near else "there are: " + ", ".join(REPORTS)
        message = f"there is no report {name!r}; {hint}"
        raise NotFound("UNKNOWN_REPORT", message, errors=[FieldProblem("report", message, name)])
    return spec


def load_function(spec: ReportSpec) -> Callable[..., Any]:
    """The function that computes the report; imports the engine, so never call it in the web process."""
    return _load(spec.function)


def load_compute() -> Callable[..., dict[str, Any]]:
    """What turns a spec and parameters into a document; imports the engine too."""
    return _load("servicelost.analytics.reports.computing:compute_report")


def _load(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
