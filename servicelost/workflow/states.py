"""The state machines of the workflow, as tables: appointments, visits, lines, quotes, part requests.

Only service code of this room assigns a state, and only by way of these tables.
"""

from enum import StrEnum
from typing import Any

from servicelost.kernel.machine import Machine


class AppointmentState(StrEnum):
    """Where an appointment stands."""

    BOOKED = "BOOKED"
    CONFIRMED = "CONFIRMED"
    ARRIVED = "ARRIVED"
    NO_SHOW = "NO_SHOW"
    CANCELLED = "CANCELLED"
    TURNED_AWAY = "TURNED_AWAY"


class AppointmentAction(StrEnum):
    """What can be done with an appointment."""

    BOOK = "BOOK"
    CONFIRM = "CONFIRM"
    RESCHEDULE = "RESCHEDULE"
    CANCEL = "CANCEL"
    MARK_NO_SHOW = "MARK_NO_SHOW"
    ARRIVE = "ARRIVE"
    TURN_AWAY = "TURN_AWAY"
    TAKE_BACK = "TAKE_BACK"


_AS, _AA = AppointmentState, AppointmentAction
_COMING = (_AS.BOOKED, _AS.CONFIRMED)
_FELL_THROUGH = (_AS.NO_SHOW, _AS.CANCELLED, _AS.TURNED_AWAY)

APPOINTMENT_MACHINE: Machine[AppointmentState, AppointmentAction] = Machine(
    "appointment",
    {
        (_AS.BOOKED, _AA.CONFIRM): _AS.CONFIRMED,
        **{(state, _AA.RESCHEDULE): _AS.BOOKED for state in (*_COMING, *_FELL_THROUGH)},
        **{(state, _AA.CANCEL): _AS.CANCELLED for state in _COMING},
        **{(state, _AA.MARK_NO_SHOW): _AS.NO_SHOW for state in _COMING},
        **{(state, _AA.ARRIVE): _AS.ARRIVED for state in (*_COMING, _AS.NO_SHOW)},
        **{(state, _AA.TURN_AWAY): _AS.TURNED_AWAY for state in (*_COMING, _AS.NO_SHOW, _AS.ARRIVED)},
    },
)

COMING = frozenset(_COMING)


class VisitState(StrEnum):
    """Where a visit stands: a working stage, or one of its ends."""

    PLANNING = "PLANNING"
    RECEPTION = "RECEPTION"
    WORK = "WORK"
    QUALITY_CONTROL = "QUALITY_CONTROL"
    DELIVERY = "DELIVERY"
    FOLLOW_UP = "FOLLOW_UP"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"
    TURNED_AWAY = "TURNED_AWAY"


class VisitAction(StrEnum):
    """What can be done with a visit."""

    PLAN = "PLAN"
    OPEN = "OPEN"
    TURN_AWAY = "TURN_AWAY"
    MOVE_TO_RECEPTION = "MOVE_TO_RECEPTION"
    MOVE_TO_WORK = "MOVE_TO_WORK"
    MOVE_TO_QUALITY_CONTROL = "MOVE_TO_QUALITY_CONTROL"
    MOVE_TO_DELIVERY = "MOVE_TO_DELIVERY"
    MOVE_TO_FOLLOW_UP = "MOVE_TO_FOLLOW_UP"
    FAIL_QUALITY = "FAIL_QUALITY"
    APPROVE_QUALITY = "APPROVE_QUALITY"
    CANCEL = "CANCEL"
    REINSTATE = "REINSTATE"
    CLOSE = "CLOSE"


_VS, _VA = VisitState, VisitAction
_STAGES = (_VS.RECEPTION, _VS.WORK, _VS.QUALITY_CONTROL, _VS.DELIVERY, _VS.FOLLOW_UP)
_MOVES = {state: VisitAction(f"MOVE_TO_{state}") for state in _STAGES}
MOVE_TO = {state.value: action for state, action in _MOVES.items()}

VISIT_MACHINE: Machine[VisitState, VisitAction] = Machine(
    "visit",
    {
        (_VS.PLANNING, _VA.OPEN): _VS.RECEPTION,
        **{(state, _VA.TURN_AWAY): _VS.TURNED_AWAY for state in (_VS.PLANNING, _VS.RECEPTION)},
        # Forward by any number of stages, since not every source records each; back only to rework.
        **{
            (source, _MOVES[target]): target
            for place, source in enumerate(_STAGES)
            for target in _STAGES[place + 1 :]
        },
        (_VS.WORK, _VA.MOVE_TO_RECEPTION): _VS.RECEPTION,
        (_VS.QUALITY_CONTROL, _VA.MOVE_TO_WORK): _VS.WORK,
        (_VS.DELIVERY, _VA.MOVE_TO_WORK): _VS.WORK,
        (_VS.WORK, _VA.FAIL_QUALITY): _VS.WORK,
        (_VS.QUALITY_CONTROL, _VA.FAIL_QUALITY): _VS.WORK,
        (_VS.DELIVERY, _VA.FAIL_QUALITY): _VS.WORK,
        (_VS.WORK, _VA.APPROVE_QUALITY): _VS.DELIVERY,
        (_VS.QUALITY_CONTROL, _VA.APPROVE_QUALITY): _VS.DELIVERY,
        **{(state, _VA.CANCEL): _VS.CANCELLED for state in (_VS.PLANNING, *_STAGES[:-1])},
        # A booking taken up again after its appointment was cancelled or the car turned away.
        **{(state, _VA.REINSTATE): _VS.PLANNING for state in (_VS.CANCELLED, _VS.TURNED_AWAY)},
        **{(state, _VA.CLOSE): _VS.CLOSED for state in _STAGES},
    },
)

STAGE_STATES = frozenset({_VS.PLANNING, *_STAGES})
ENDED = frozenset({_VS.CANCELLED, _VS.TURNED_AWAY})


class LineState(StrEnum):
    """Where a line stands."""

    BOOKED = "BOOKED"
    RECOMMENDED = "RECOMMENDED"
    QUOTED = "QUOTED"
    AUTHORIZED = "AUTHORIZED"
    DECLINED = "DECLINED"
    DEFERRED = "DEFERRED"
    REMOVED = "REMOVED"
    NOT_PRESENTED = "NOT_PRESENTED"
    EXPIRED = "EXPIRED"
    STARTED = "STARTED"
    COMPLETED = "COMPLETED"
    NOT_PERFORMED = "NOT_PERFORMED"
    CANCELLED = "CANCELLED"
    INVOICED = "INVOICED"


class LineAction(StrEnum):
    """What can be done with a line."""

    BOOK = "BOOK"
    RECOMMEND = "RECOMMEND"
    QUOTE = "QUOTE"
    AUTHORIZE = "AUTHORIZE"
    DECLINE = "DECLINE"
    DEFER = "DEFER"
    REMOVE = "REMOVE"
    REDUCE = "REDUCE"
    LEAVE_UNPRESENTED = "LEAVE_UNPRESENTED"
    EXPIRE = "EXPIRE"
    START = "START"
    COMPLETE = "COMPLETE"
    NOT_PERFORM = "NOT_PERFORM"
    REWORK = "REWORK"
    REJECT_QUALITY = "REJECT_QUALITY"
    CANCEL = "CANCEL"
    REOPEN = "REOPEN"
    INVOICE = "INVOICE"
    RECONSIDER = "RECONSIDER"


_LS, _LA = LineState, LineAction
_UNDECIDED = (_LS.BOOKED, _LS.RECOMMENDED, _LS.QUOTED)
# The customer said something other than yes: a later word of his may replace it.
_TURNED_DOWN = (_LS.DECLINED, _LS.DEFERRED, _LS.EXPIRED, _LS.NOT_PRESENTED)
_AGREED = (_LS.AUTHORIZED, _LS.STARTED)
_DONE = (_LS.COMPLETED, _LS.INVOICED)

LINE_MACHINE: Machine[LineState, LineAction] = Machine(
    "line",
    {
        **{(state, _LA.QUOTE): _LS.QUOTED for state in (*_UNDECIDED, *_TURNED_DOWN)},
        **{(state, _LA.AUTHORIZE): _LS.AUTHORIZED for state in (*_UNDECIDED, *_TURNED_DOWN, _LS.AUTHORIZED)},
        **{(state, _LA.DECLINE): _LS.DECLINED for state in (*_UNDECIDED, *_TURNED_DOWN, _LS.AUTHORIZED)},
        **{(state, _LA.DEFER): _LS.DEFERRED for state in (*_UNDECIDED, *_TURNED_DOWN, _LS.AUTHORIZED)},
        **{(state, _LA.REMOVE): _LS.REMOVED for state in (*_UNDECIDED, _LS.AUTHORIZED)},
        **{(state, _LA.REDUCE): state for state in (*_UNDECIDED, _LS.AUTHORIZED)},
        (_LS.RECOMMENDED, _LA.LEAVE_UNPRESENTED): _LS.NOT_PRESENTED,
        **{(state, _LA.EXPIRE): _LS.EXPIRED for state in (_LS.RECOMMENDED, _LS.QUOTED)},
        **{(state, _LA.START): _LS.STARTED for state in (_LS.BOOKED, _LS.AUTHORIZED)},
        **{(state, _LA.COMPLETE): _LS.COMPLETED for state in (_LS.BOOKED, *_AGREED)},
        **{(state, _LA.NOT_PERFORM): _LS.NOT_PERFORMED for state in (_LS.BOOKED, *_AGREED)},
        **{(state, _LA.REWORK): _LS.STARTED for state in (*_AGREED, _LS.COMPLETED)},
        **{(state, _LA.REJECT_QUALITY): _LS.NOT_PERFORMED for state in (*_AGREED, _LS.COMPLETED)},
        **{(state, _LA.CANCEL): _LS.CANCELLED for state in (*_UNDECIDED, *_AGREED)},
        **{(state, _LA.REOPEN): _LS.BOOKED for state in (_LS.CANCELLED, _LS.REMOVED)},
        # Once more when several payers get an invoice each for their part of the line.
        **{(state, _LA.INVOICE): _LS.INVOICED for state in (*_UNDECIDED, *_AGREED, *_DONE)},
    },
)

UNDECIDED = frozenset(_UNDECIDED)
TURNED_DOWN = frozenset(_TURNED_DOWN)
AGREED_OPEN = frozenset({_LS.BOOKED, *_AGREED})
DONE = frozenset(_DONE)
SOLD = frozenset({*_AGREED, *_DONE})


class QuoteState(StrEnum):
    """Where a version of a quote stands; a newer version supersedes the older ones."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    OPENED = "OPENED"
    EXPIRED = "EXPIRED"
    SUPERSEDED = "SUPERSEDED"


class QuoteAction(StrEnum):
    """What can be done with a version of a quote."""

    SEND = "SEND"
    OPEN = "OPEN"
    EXPIRE = "EXPIRE"
    SUPERSEDE = "SUPERSEDE"


_QS, _QA = QuoteState, QuoteAction

QUOTE_MACHINE: Machine[QuoteState, QuoteAction] = Machine(
    "quote",
    {
        (_QS.DRAFT, _QA.SEND): _QS.SENT,
        **{(state, _QA.OPEN): _QS.OPENED for state in (_QS.SENT, _QS.OPENED)},
        **{(state, _QA.EXPIRE): _QS.EXPIRED for state in (_QS.SENT, _QS.OPENED)},
        **{(state, _QA.SUPERSEDE): _QS.SUPERSEDED for state in (_QS.DRAFT, _QS.SENT, _QS.OPENED)},
    },
)

LIVE_QUOTE = frozenset({_QS.SENT, _QS.OPENED})


class PartRequestState(StrEnum):
    """What became of a part somebody asked for."""

    REQUESTED = "REQUESTED"
    SOLD = "SOLD"
    NOT_SUPPLIED = "NOT_SUPPLIED"


class PartRequestAction(StrEnum):
    """What can be done with a request for a part."""

    REQUEST = "REQUEST"
    SELL = "SELL"
    NOT_SUPPLY = "NOT_SUPPLY"


_PS, _PA = PartRequestState, PartRequestAction

PART_REQUEST_MACHINE: Machine[PartRequestState, PartRequestAction] = Machine(
    "part request",
    {
        (_PS.REQUESTED, _PA.SELL): _PS.SOLD,
        (_PS.REQUESTED, _PA.NOT_SUPPLY): _PS.NOT_SUPPLIED,
    },
)

MACHINES: dict[str, Machine[Any, Any]] = {
    machine.thing: machine
    for machine in (APPOINTMENT_MACHINE, VISIT_MACHINE, LINE_MACHINE, QUOTE_MACHINE, PART_REQUEST_MACHINE)
}
