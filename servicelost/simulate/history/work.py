"""The work around the ledger of a history: visits, appointments, lines, invoices, needs and decisions.

Only what the facts of the lake hold. A need without a loss was sold and invoiced.
"""

from typing import Any

import numpy as np

from servicelost.opportunities.pipeline.states import DecisionKind, Effect, OpportunityState
from servicelost.simulate.history.dice import Ints, choice, share
from servicelost.simulate.history.losses import LATER_EVERY, REASONS_OF_LOSS, reason_of
from servicelost.simulate.history.needs import DAY, NEEDS_A_VISIT, PAY_TYPES, SEVERITIES, Needs
from servicelost.workflow.states import AppointmentState, LineState, VisitState

_HOUR = DAY // 24
_BOOKED = 2  # every other visit has an appointment
_LINES = (LineState.DECLINED, LineState.INVOICED, LineState.EXPIRED)
_NEEDS = (OpportunityState.LOST, OpportunityState.WON)
_STAGES = (VisitState.RECEPTION, VisitState.WORK, VisitState.DELIVERY, VisitState.CLOSED)


def sold(numbers: Ints) -> Any:
    """Whether the need was sold: those whose number is that of a later entry of the ledger."""
    return numbers % LATER_EVERY == 0


def lines(needs: Needs) -> dict[str, Any]:
    """Every need on one line."""
    won = sold(needs.numbers)
    state = np.where(won, 1, np.where(share(needs.numbers, "expired") < 0.1, 2, 0))
    return _of_visit(needs) | _of_need(needs) | {
        "walk_in": share(needs.visit, "walk-in") < 0.2, "inspected": share(needs.visit, "seen") < 0.7,
        "visit_state": (np.zeros_like(state), ("CLOSED",)), "state": (state, _LINES),
        "origin": (np.zeros_like(state), ("RECOMMENDED",)), "priced_as": (np.zeros_like(state), ("QUOTE",)),
        "authorized_minor": (needs.amount, won), "invoiced_minor": (needs.amount, won),
        "created_at": needs.moment, "presented_at": needs.moment, "decided_at": needs.moment + _HOUR,
        "visit_at": needs.moment, "business_day": needs.day, "opportunity_id": needs.numbers,
        "presentation_number": np.ones_like(state),
    }  # fmt: skip


def opportunities(needs: Needs) -> dict[str, Any]:
    """Every need as it stands."""
    won = sold(needs.numbers)
    stages = tuple(reason.stage for reason in REASONS_OF_LOSS)
    return _of_visit(needs) | _of_need(needs) | {
        "state": (won.astype(np.int64), _NEEDS), "source": (np.zeros_like(needs.visit), ("MPI_FINDING",)),
        "live": np.ones_like(needs.visit), "line_id": needs.numbers, "opened_at": needs.moment,
        "outstanding_minor": np.where(won, 0, needs.amount), "won_minor": (needs.amount, won),
        "presentations": np.ones_like(needs.visit), "loss_id": (needs.numbers, ~won),
        "first_lost_stage": (reason_of(needs.numbers), stages, ~won),
        "last_decision_at": needs.moment + _HOUR, "first_lost_at": (needs.moment + _HOUR, ~won),
        "won_at": (needs.moment + _HOUR, won), "business_day": needs.day, "first_lost_day": (needs.day, ~won),
        "won_day": (needs.day, won),
    }  # fmt: skip


def decisions(needs: Needs) -> dict[str, Any]:
    """One decision about every need."""
    won, reason = sold(needs.numbers), reason_of(needs.numbers)
    stages, events, causes, _ = zip(*REASONS_OF_LOSS, strict=True)
    return {
        "id": needs.numbers, "dealership_id": needs.dealership, "opportunity_id": needs.numbers,
        "line_id": needs.numbers, "visit_id": needs.visit,
        "kind": (won.astype(np.int64), (DecisionKind.DECLINED, DecisionKind.INVOICED)),
        "effect": (won.astype(np.int64), (Effect.LOST, Effect.NONE)), "event": (reason, events, ~won),
        "stage": (reason, stages), "cause": (reason, causes, ~won), "amount_minor": needs.amount,
        "occurred_at": needs.moment + _HOUR, "recorded_at": needs.moment + _HOUR,
        "employee_id": needs.advisor, "business_day": needs.day,
    }  # fmt: skip


def invoices(needs: Needs) -> dict[str, Any]:
    """An invoice line for every need that was sold."""
    return _of_visit(needs) | _of_need(needs) | {
        "invoice_id": needs.visit, "line_id": needs.numbers, "cost_minor": needs.price[:, 1] * 6 // 10,
        "discount_minor": np.zeros_like(needs.visit), "posted_at": needs.moment + 4 * _HOUR,
        "business_day": needs.day,
    }  # fmt: skip


def visits(first_needs: Needs) -> dict[str, Any]:
    """The visits whose first needs these are."""
    closed = np.zeros_like(first_needs.visit)
    return _of_visit(first_needs) | {
        "id": first_needs.visit, "pay_type": (first_needs.pay_type, PAY_TYPES),
        "state": (closed, ("CLOSED",)), "stage": (closed, ("DELIVERY",)),
        "walk_in": share(first_needs.visit, "walk-in") < 0.2,
        "inspected": share(first_needs.visit, "seen") < 0.7,
        "odometer_km": 5_000 + (share(first_needs.visit, "odometer") * 180_000).astype(np.int64),
        "opened_at": first_needs.moment, "delivered_at": first_needs.moment + 5 * _HOUR,
        "closed_at": first_needs.moment + 5 * _HOUR, "visit_at": first_needs.moment,
        "business_day": first_needs.day,
    }  # fmt: skip


def appointments(first_needs: Needs) -> dict[str, Any]:
    """An appointment for each of these visits, made about a week before."""
    numbers, moment = first_needs.visit, first_needs.moment
    state = choice(numbers, "came", (84, 8, 8))
    booked = moment - DAY * (1 + (share(numbers, "ahead") * 13).astype(np.int64))
    states = (AppointmentState.ARRIVED, AppointmentState.NO_SHOW, AppointmentState.CANCELLED)
    return {
        "id": numbers, "dealership_id": first_needs.dealership, "visit_id": numbers,
        "customer_id": first_needs.customer, "vehicle_id": first_needs.customer,
        "advisor_id": first_needs.advisor, "booked_by_id": first_needs.advisor, "state": (state, states),
        "channel": (choice(numbers, "channel", (6, 3, 1)), ("PHONE", "WEB", "WALK_IN")),
        "expected_minor": first_needs.amount, "reschedules": np.zeros_like(numbers), "booked_at": booked,
        "scheduled_at": moment, "arrived_at": (moment, state == 0), "settled_at": moment,
        "business_day": first_needs.day, "booked_day": booked // DAY,
    }  # fmt: skip


def stages(needs: Needs) -> dict[str, Any]:
    """The way of each visit through the house, a move for each of its needs."""
    place = (needs.numbers - 1) % NEEDS_A_VISIT
    return {
        "id": needs.numbers, "dealership_id": needs.dealership, "visit_id": needs.visit,
        "action": (place, ("OPEN", "MOVE_TO_WORK", "MOVE_TO_DELIVERY", "CLOSE")),
        "from_state": (np.maximum(place - 1, 0), _STAGES, place > 0), "to_state": (place, _STAGES),
        "occurred_at": needs.moment + place * _HOUR, "recorded_at": needs.moment + place * _HOUR,
        "employee_id": needs.advisor, "business_day": needs.day,
    }  # fmt: skip


def booked(visits_: Ints) -> Ints:
    """Those of the visits that had an appointment."""
    found: Ints = visits_[visits_ % _BOOKED == 0]
    return found


def _of_visit(needs: Needs) -> dict[str, Any]:
    return {
        "id": needs.numbers, "dealership_id": needs.dealership, "visit_id": needs.visit,
        "customer_id": needs.customer, "vehicle_id": needs.customer, "advisor_id": needs.advisor,
        "technician_id": needs.technician,
    }  # fmt: skip


def _of_need(needs: Needs) -> dict[str, Any]:
    return {
        "category_id": needs.category, "labor_operation_id": needs.operation,
        "severity": (needs.severity, SEVERITIES), "pay_type": (needs.pay_type, PAY_TYPES),
        "amount_minor": needs.amount, "labour_minor": needs.price[:, 0], "parts_minor": needs.price[:, 1],
        "centihours": needs.price[:, 2],
    }  # fmt: skip
