"""Words and tones for the codes a page shows: states of visits and lines, severities, ledger entries.

Tones name the money states of the design (potential, won, lost, deferred, recovered); the colours
behind them are in the style sheet. Labels of causes, events and stages come from the taxonomy.
"""

from collections.abc import Mapping
from typing import NamedTuple

from servicelost.taxonomy.grades import GRADES, Grade
from servicelost.taxonomy.severity import SEVERITIES, Severity
from servicelost.taxonomy.stages import STAGES, Stage
from servicelost.web.languages import gettext as _
from servicelost.workflow.states import AppointmentState, LineState, VisitState


class Mark(NamedTuple):
    """A code in words, with the tone it is shown in."""

    label: str
    tone: str


LINE_MARKS: Mapping[str, Mark] = {
    LineState.BOOKED: Mark("Booked", "potential"),
    LineState.RECOMMENDED: Mark("Recommended", "potential"),
    LineState.QUOTED: Mark("Quoted", "potential"),
    LineState.AUTHORIZED: Mark("Approved", "won"),
    LineState.STARTED: Mark("In work", "won"),
    LineState.COMPLETED: Mark("Done", "won"),
    LineState.INVOICED: Mark("Invoiced", "won"),
    LineState.DEFERRED: Mark("Postponed", "deferred"),
    LineState.DECLINED: Mark("Declined", "lost"),
    LineState.REMOVED: Mark("Taken off", "lost"),
    LineState.NOT_PRESENTED: Mark("Never presented", "lost"),
    LineState.EXPIRED: Mark("Expired", "lost"),
    LineState.NOT_PERFORMED: Mark("Not done", "lost"),
    LineState.CANCELLED: Mark("Cancelled", "lost"),
}

APPOINTMENT_MARKS: Mapping[str, Mark] = {
    AppointmentState.BOOKED: Mark("Expected", "potential"),
    AppointmentState.CONFIRMED: Mark("Confirmed", "potential"),
    AppointmentState.ARRIVED: Mark("Arrived", "won"),
    AppointmentState.NO_SHOW: Mark("Did not come", "lost"),
    AppointmentState.CANCELLED: Mark("Cancelled", "lost"),
    AppointmentState.TURNED_AWAY: Mark("Turned away", "lost"),
}

TASK_LABELS: Mapping[str, str] = {
    "ACKNOWLEDGE_RED": "Red work past its day",
    "ASK_AGAIN": "Quote still open: ask again",
}

VISIT_MARKS: Mapping[str, Mark] = {
    **{VisitState(stage): Mark(info.label, "here") for stage, info in STAGES.items() if stage != Stage.LEAD},
    VisitState.PLANNING: Mark("Planned", "potential"),
    VisitState.CLOSED: Mark("Closed", "none"),
    VisitState.CANCELLED: Mark("Cancelled", "lost"),
    VisitState.TURNED_AWAY: Mark("Turned away", "lost"),
}

ENTRY_MARKS: Mapping[str, Mark] = {
    "LOSS": Mark("Lost", "lost"),
    "REVERSAL": Mark("Taken back", "potential"),
    "RECOVERY": Mark("Recovered", "recovered"),
}

DECISION_LABELS: Mapping[str, str] = {
    "DECLINED": "Declined",
    "DEFERRED": "Postponed",
    "RECONSIDERED": "Judged anew",
    "AUTHORIZED": "Approved",
    "REMOVED": "Taken off the order",
    "REDUCED": "Made smaller",
    "NOT_PRESENTED": "Never presented",
    "EXPIRED": "Quote expired",
    "NOT_PERFORMED": "Not done",
    "REJECTED": "Failed quality control",
    "CANCELLED": "Cancelled",
    "MISSED": "Did not come",
    "TURNED_AWAY": "Turned away",
    "UNANSWERED": "Call missed",
    "ANSWERED": "Call answered",
    "NOT_SUPPLIED": "Part not supplied",
    "INVOICED": "Invoiced",
    "COMPLETED": "Done",
    "REBOOKED": "Booked again",
    "ARRIVED": "Arrived",
    "LAPSED": "Postponement lapsed",
    "ACKNOWLEDGED": "Acknowledged",
    "CLOSED": "Closed, not a loss",
    "CORRECTED": "Corrected",
    "TAKEN_BACK": "Taken back",
    "NOTED": "Noted",
    "CALLED": "Called",
}

CALL_LABELS: Mapping[str, str] = {
    "NOT_REACHED": "Not reached",
    "REACHED": "Spoken to",
    "BOOKS": "Will book",
    "NOT_INTERESTED": "Not interested",
}

STOP_LABELS: Mapping[str, str] = {
    "MOVED_AWAY": "moved away",
    "DECEASED": "has died",
    "VEHICLE_GONE": "the car is gone",
    "OPEN_COMPLAINT": "a problem is not solved yet",
    "OPTED_OUT": "does not want to be called",
    "NO_CONSENT": "has not agreed to be called",
}

SEVERITY_ICONS: Mapping[str, str] = {Severity.RED: "●", Severity.YELLOW: "▲", Severity.GREEN: "✓"}


def severity_label(code: str) -> str:
    """The colour of an inspection in words."""
    return _(SEVERITIES[Severity(code)].label)


def grade_label(code: str) -> str:
    """The confidence grade in words: A, quoted and decided."""
    return f"{code}, {_(GRADES[Grade(code)].label).lower()}"
