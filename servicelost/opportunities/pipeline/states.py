"""The states of an opportunity and the words for decisions and their effects.

Only this room assigns a state, and only by way of the table.
"""

from enum import StrEnum

from servicelost.kernel.machine import Machine


class OpportunityState(StrEnum):
    """Where an opportunity stands; CLOSED is an end that is no loss."""

    OPEN = "OPEN"
    DEFERRED = "DEFERRED"
    LOST = "LOST"
    WON = "WON"
    CLOSED = "CLOSED"


class OpportunityAction(StrEnum):
    """What can happen to an opportunity."""

    LOSE = "LOSE"
    DEFER = "DEFER"
    REOPEN = "REOPEN"
    WIN = "WIN"
    CLOSE = "CLOSE"
    UNSELL = "UNSELL"
    REVIVE = "REVIVE"


_S, _A = OpportunityState, OpportunityAction
_LIVE = (_S.OPEN, _S.DEFERRED, _S.LOST)

OPPORTUNITY_MACHINE: Machine[OpportunityState, OpportunityAction] = Machine(
    "opportunity",
    {
        **{(state, _A.LOSE): _S.LOST for state in _LIVE},
        **{(state, _A.DEFER): _S.DEFERRED for state in (_S.OPEN, _S.DEFERRED)},
        **{(state, _A.REOPEN): _S.OPEN for state in _LIVE},
        **{(state, _A.WIN): _S.WON for state in _LIVE},
        **{(state, _A.CLOSE): _S.CLOSED for state in _LIVE},
        # Taken as sold at the end of a visit; then earlier news came that say otherwise.
        (_S.WON, _A.UNSELL): _S.OPEN,
        # Closed by a wrong tap.
        (_S.CLOSED, _A.REVIVE): _S.OPEN,
    },
)


class DecisionKind(StrEnum):
    """What was decided or happened."""

    DECLINED = "DECLINED"
    DEFERRED = "DEFERRED"
    AUTHORIZED = "AUTHORIZED"
    REMOVED = "REMOVED"
    REDUCED = "REDUCED"
    NOT_PRESENTED = "NOT_PRESENTED"
    EXPIRED = "EXPIRED"
    NOT_PERFORMED = "NOT_PERFORMED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    MISSED = "MISSED"
    TURNED_AWAY = "TURNED_AWAY"
    UNANSWERED = "UNANSWERED"
    ANSWERED = "ANSWERED"
    NOT_SUPPLIED = "NOT_SUPPLIED"
    INVOICED = "INVOICED"
    COMPLETED = "COMPLETED"
    REBOOKED = "REBOOKED"
    ARRIVED = "ARRIVED"
    LAPSED = "LAPSED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    CLOSED = "CLOSED"
    CORRECTED = "CORRECTED"
    TAKEN_BACK = "TAKEN_BACK"
    RECONSIDERED = "RECONSIDERED"
    NOTED = "NOTED"
    CALLED = "CALLED"


class Effect(StrEnum):
    """What a decision did to the money; MET: the need is sold on the same visit, nothing is lost."""

    NONE = "NONE"
    LOST = "LOST"
    REPEATED = "REPEATED"
    RESTATED = "RESTATED"
    REVERSED = "REVERSED"
    RECOVERED = "RECOVERED"
    WON = "WON"
    DEFERRED = "DEFERRED"
    CLOSED = "CLOSED"
    MET = "MET"
