"""Which rows behind a number are wanted, read from a row's `drill` or a query string.

How the filters become a query is decided beside each target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from servicelost.analytics.line_status import LineStatus
from servicelost.analytics.selection import DIMENSIONS, Selection, given, invalid, read_selection, texts
from servicelost.analytics.specs.bridge import LINE_STEPS, LOSS_STEPS
from servicelost.kernel.actor import Actor
from servicelost.kernel.errors import FieldProblem, InvalidInput
from servicelost.opportunities.ledger.models import EntryKind


class Target(StrEnum):
    """What lies behind a number."""

    LEDGER = "ledger"
    LINES = "lines"


@dataclass(frozen=True)
class Drill:
    """Which rows are wanted; of what is answered yes or no, None is both; `step` is one of the bridge.

    `named` is whether a loss says which part, `timed` whether it says how many hours.
    """

    target: Target
    selection: Selection
    currency: str | None = None
    kinds: tuple[str, ...] = ()
    every_recovery: bool = False
    statuses: tuple[LineStatus, ...] = ()
    sold: bool | None = None
    priced: bool | None = None
    named: bool | None = None
    timed: bool | None = None
    step: str | None = None


_NAMES = {
    "target", "currency", "dealership", "from", "to", "kind", "recoveries", "status", "sold", "priced",
    "named", "timed", "step", *DIMENSIONS,
}  # fmt: skip


def read_drill(values: Mapping[str, Any], actor: Actor, codes: Mapping[str, int]) -> Drill:
    """The drill that a row's `drill` or a query string describes; raises InvalidInput or Forbidden."""
    for name in values:
        if name not in _NAMES:
            message = f"{name} is not a filter of rows; known are: " + ", ".join(sorted(_NAMES))
            raise InvalidInput("UNKNOWN_PARAMETER", message, errors=[FieldProblem(name, message)])
    return Drill(
        target=Target(_one_of(values, "target", tuple(Target)) or Target.LEDGER),
        selection=read_selection(values, DIMENSIONS, actor, codes),
        currency=str(values["currency"]).upper() if given(values, "currency") else None,
        kinds=_several(values, "kind", tuple(EntryKind)),
        every_recovery=_one_of(values, "recoveries", ("all",)) is not None,
        statuses=tuple(LineStatus(text) for text in _several(values, "status", tuple(LineStatus))),
        sold=_answer(values, "sold"),
        priced=_answer(values, "priced"),
        named=_answer(values, "named"),
        timed=_answer(values, "timed"),
        step=_one_of(values, "step", tuple(LINE_STEPS | LOSS_STEPS)),
    )


def _several(values: Mapping[str, Any], name: str, known: Sequence[str]) -> tuple[str, ...]:
    found = texts(values[name]) if given(values, name) else []
    folded = {item.lower(): item for item in known}
    for text in found:
        if text.lower() not in folded:
            raise invalid(name, text, "one of " + ", ".join(known))
    return tuple(str(folded[text.lower()]) for text in found)


def _one_of(values: Mapping[str, Any], name: str, known: Sequence[str]) -> str | None:
    found = _several(values, name, known)
    return found[0] if found else None


def _answer(values: Mapping[str, Any], name: str) -> bool | None:
    found = _one_of(values, name, ("yes", "no"))
    return None if found is None else found == "yes"
