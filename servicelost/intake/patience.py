"""Which refused events may only have come before their time, and what they wait for then.

A state that does not allow a move now may allow it once an event that happened earlier has come. What no
event can put right is refused at once; nothing here changes a row.
"""

from servicelost.intake.catalogue import IntakeEvent
from servicelost.kernel.errors import IllegalMove, NotYet, ServiceLostError
from servicelost.workflow.states import MACHINES

# Refused for where the visit, the quote or the appointment stands, not for what the event says.
_FOR_NOW = frozenset({"VISIT_ENDED", "ORDER_NOT_OPEN", "QUOTE_NOT_SENT", "NO_SHOW_TOO_EARLY"})
_NAMES = ("line_id", "visit_id", "appointment_id")


def waits_for(event: IntakeEvent, refusal: ServiceLostError) -> list[str]:
    """What could make the refused event right, most telling first; empty: nothing ever will."""
    if isinstance(refusal, NotYet):
        return [refusal.waits_for]
    return moves_of(event) if _may_pass(refusal) else []


def moves_of(event: IntakeEvent) -> list[str]:
    """The things whose state the event may move, as those that wait for a move name them."""
    named = [f"move:{event.data[name]}" for name in _NAMES if event.data.get(name)]
    lines = event.data.get("lines") or ()
    return named + [f"move:{line['line_id'] if isinstance(line, dict) else line}" for line in lines]


def _may_pass(refusal: ServiceLostError) -> bool:
    if isinstance(refusal, IllegalMove):
        machine = MACHINES.get(refusal.thing)
        return machine is not None and machine.reaches(refusal.state, refusal.action)
    return refusal.code in _FOR_NOW
