"""The facts the workflow states, in the past tense; listeners act on them in the same transaction.

`at` is when it happened (aware UTC). Rows are those after the change. No fact names a loss.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from servicelost.kernel.events import DomainEvent
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.quotes import Quote
from servicelost.workflow.models.signals import Call, PartRequest
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import UNSTATED, Reason
from servicelost.workflow.states import AppointmentAction, LineAction


@dataclass(frozen=True)
class AppointmentFact(DomainEvent):
    """Something about an appointment and the visit it plans; `before` is its state until now."""

    appointment: Appointment
    visit: Visit
    at: datetime
    before: str | None = None


class AppointmentBooked(AppointmentFact):
    """A visit is planned."""


class AppointmentRescheduled(AppointmentFact):
    """The appointment has a new time.

    `before` may be NO_SHOW, CANCELLED or TURNED_AWAY: then it is a rebooking, and the lines given up
    with the appointment are booked again.
    """


class AppointmentArrived(AppointmentFact):
    """The car is there; `before` may be NO_SHOW."""


@dataclass(frozen=True)
class AppointmentLostFact(AppointmentFact):
    """An appointment that will not take place, with the reason as far as stated.

    When `before` is already the state of now, only the reason is new: it came later.
    """

    reason: Reason = UNSTATED


class AppointmentCancelled(AppointmentLostFact):
    """Somebody called it off; `reason.cancelled_by` says who."""


class AppointmentMissed(AppointmentLostFact):
    """The customer did not come."""


@dataclass(frozen=True)
class AppointmentTakenBack(AppointmentFact):
    """The move `undone`, made at `at`, was a wrong tap: everything stands as before it."""

    undone: AppointmentAction = AppointmentAction.ARRIVE


@dataclass(frozen=True)
class VisitFact(DomainEvent):
    """Something about a visit."""

    visit: Visit
    at: datetime


class VisitOpened(VisitFact):
    """The repair order is open; `visit.walk_in` tells how the car came."""


class VisitMoved(VisitFact):
    """The visit reached another stage then, or it became known only now; decisions after it stood there."""


class VisitClosed(VisitFact):
    """The repair order is closed; lines still undecided on it have been stated before."""


@dataclass(frozen=True)
class VisitEndedFact(VisitFact):
    """A visit that ends early; `lines` are those that were booked or agreed and are not done."""

    lines: tuple[Line, ...] = ()
    reason: Reason = UNSTATED


class VisitCancelled(VisitEndedFact):
    """The repair order was cancelled; `visit.stage` is the stage it had reached."""


class VisitTurnedAway(VisitEndedFact):
    """The car was there and could not be taken in."""


@dataclass(frozen=True)
class LineFact(DomainEvent):
    """Something about a line of a visit."""

    line: Line
    visit: Visit
    at: datetime


class LineAdded(LineFact):
    """Work was booked or recommended: `line.origin`."""


class LinePriced(LineFact):
    """The line has a new price."""


class LineAuthorized(LineFact):
    """The customer agreed."""


class LineWordOvertaken(LineFact):
    """An older word about the line came to be known; the newer one stands."""


class LineCompleted(LineFact):
    """The work is done."""


class LineReopened(LineFact):
    """A line given up with its booking is wanted again."""


class LineJudgementLifted(LineFact):
    """What the end of the visit made of the line does not count: something earlier has come after it.

    It is judged again when that has acted. A listener that cannot take it back raises RuleViolation.
    """


class LineTakenAsDone(LineFact):
    """Told of after the order was closed, and by its closing taken as done."""


class LineGivenUp(LineFact):
    """Told of after its booking or order had come to nothing, at that moment: it did so, too."""


@dataclass(frozen=True)
class LineTakenBack(LineFact):
    """The decision `undone`, made at `at`, was a wrong tap: everything stands as before it."""

    undone: LineAction = LineAction.DECLINE


@dataclass(frozen=True)
class LineInvoiced(LineFact):
    """The line was invoiced; `amount_minor` is net revenue of this invoice."""

    amount_minor: int = 0


@dataclass(frozen=True)
class LineRefusedFact(LineFact):
    """A line that will not be done on this visit, with the reason as far as stated.

    Stated again for the same line, it replaces what was said before: a new reason or a new amount.
    `stage` is where it happened; None: where the visit stands. `stage_told`: the source said so itself.
    """

    reason: Reason = UNSTATED
    stage: str | None = None
    stage_told: bool = field(default=False, kw_only=True)


class LineDeclined(LineRefusedFact):
    """The customer said no."""


class LineRemoved(LineRefusedFact):
    """Booked or agreed work was taken off the order."""


class LineNotPresented(LineRefusedFact):
    """The visit closed and nobody showed the recommendation to the customer."""


class LineExpired(LineRefusedFact):
    """The quote ran out without an answer."""


class LineRejectedAtQuality(LineRefusedFact):
    """The work failed quality control and the customer took the car."""


@dataclass(frozen=True)
class LineDeferred(LineRefusedFact):
    """The customer said not now."""

    until: date | None = None
    until_km: int | None = None


@dataclass(frozen=True)
class LineNotPerformed(LineRefusedFact):
    """Agreed work was not done; put off to a day when `until` is given."""

    until: date | None = None


@dataclass(frozen=True)
class LineReduced(LineRefusedFact):
    """Part of the work was taken off: by so much money (labour, parts) and hours."""

    cut_minor: int = 0
    cut_labour_minor: int | None = None
    cut_parts_minor: int | None = None
    cut_centihours: int | None = None


@dataclass(frozen=True)
class QuoteOpened(DomainEvent):
    """The customer looked at the quote."""

    quote: Quote
    visit: Visit
    at: datetime


@dataclass(frozen=True)
class CallReceived(DomainEvent):
    """A call was answered."""

    call: Call
    at: datetime


@dataclass(frozen=True)
class CallMissed(DomainEvent):
    """A call was not answered; its purpose may say that nothing could be sold by it."""

    call: Call
    at: datetime


@dataclass(frozen=True)
class PartNotSupplied(DomainEvent):
    """A part was asked for and not sold."""

    request: PartRequest
    at: datetime
    reason: Reason = UNSTATED
