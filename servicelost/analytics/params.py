"""The parameters of a report: read from texts, written in one canonical form, and hashed.

The hash includes the dealerships the caller may see, so that results are shared only between
people with the same sight. Which parameters a report takes stands in its spec.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from servicelost.analytics.periods import Grain
from servicelost.analytics.selection import Selection, given, invalid, read_selection
from servicelost.analytics.spec import ReportSpec
from servicelost.kernel.actor import SYSTEM, Actor
from servicelost.kernel.errors import FieldProblem, InvalidInput


@dataclass(frozen=True)
class ReportParams:
    """What is asked of a report; `group_by` is one of the groups its spec offers."""

    selection: Selection
    grain: Grain = Grain.MONTH
    group_by: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The canonical form, equal for equal questions."""
        grouped = {} if self.group_by is None else {"group_by": self.group_by}
        return self.selection.as_dict() | {"grain": self.grain.value} | grouped

    def digest(self, report: str) -> str:
        """The SHA-256 of report and canonical form as hexadecimal text."""
        document = json.dumps([report, self.as_dict()], separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(document.encode()).hexdigest()


def read_params(
    spec: ReportSpec, values: Mapping[str, Any], actor: Actor, codes: Mapping[str, int]
) -> ReportParams:
    """The parameters that texts (a query string, a command line, JSON) describe.

    Dealerships come as codes or ids; other values as codes or ids, several as a list or between
    commas; ``none`` means "not recorded". Raises InvalidInput or Forbidden.
    """
    _refuse_unknown(spec, values)
    grain = _choice(values, "grain", [grain.value for grain in Grain]) or Grain.MONTH
    return ReportParams(
        selection=read_selection(values, spec.parameters, actor, codes),
        grain=Grain(grain),
        group_by=_choice(values, "group_by", spec.groups),
    )


def stored_params(spec: ReportSpec, document: Mapping[str, Any]) -> ReportParams:
    """The parameters kept with a run; what they may see was settled when it was requested."""
    dealerships = document.get("dealership")
    # The canonical form names a grain for every report, also where the report takes none.
    values = {name: document[name] for name in spec.parameters if name in document and name != "dealership"}
    read = read_params(spec, values, SYSTEM, {})
    sight = None if dealerships is None else tuple(dealerships)
    selection = Selection(sight, read.selection.first, read.selection.last, read.selection.choices)
    return ReportParams(selection, read.grain, read.group_by)


def _refuse_unknown(spec: ReportSpec, values: Mapping[str, Any]) -> None:
    for name in values:
        if name not in spec.parameters:
            near = get_close_matches(name, spec.parameters, n=1)
            hint = f"did you mean {near[0]}?" if near else "known are: " + ", ".join(spec.parameters)
            message = f"{name} is not a parameter of the report {spec.name}; {hint}"
            raise InvalidInput("UNKNOWN_PARAMETER", message, errors=[FieldProblem(name, message)])


def _choice(values: Mapping[str, Any], name: str, known: Any) -> str | None:
    if not given(values, name):
        return None
    text = str(values[name]).strip().lower()
    if text not in known:
        raise invalid(name, values[name], "one of " + ", ".join(known))
    return text
