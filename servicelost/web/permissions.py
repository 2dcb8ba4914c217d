"""Who may do what on the web: one table, and the check that runs before every view.

A view says which action it is; one that says nothing is refused to everybody. Which rows an actor sees is
decided by the dealership of each row, in `sight`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import current_app, request

from servicelost.kernel.actor import Role
from servicelost.kernel.errors import Forbidden
from servicelost.web.identity import Caller, current_caller
from servicelost.web.scopes import Scope

F = TypeVar("F", bound=Callable[..., Any])

_ATTRIBUTE = "servicelost_action"


class Action(StrEnum):
    """Everything that can be done through a page or the API."""

    PUBLIC = "PUBLIC"
    USE_MODULE = "USE_MODULE"
    SEND_EVENTS = "SEND_EVENTS"
    READ_VISITS = "READ_VISITS"
    SEARCH = "SEARCH"
    DECIDE_LINES = "DECIDE_LINES"
    READ_REPORTS = "READ_REPORTS"
    RUN_REPORTS = "RUN_REPORTS"
    READ_LEDGER = "READ_LEDGER"
    REVERSE_LOSSES = "REVERSE_LOSSES"
    READ_BOARD = "READ_BOARD"
    MOVE_CARDS = "MOVE_CARDS"
    CHOOSE_LANGUAGE = "CHOOSE_LANGUAGE"
    LOG_LOSSES = "LOG_LOSSES"
    LOG_CONTACTS = "LOG_CONTACTS"
    MOVE_APPOINTMENTS = "MOVE_APPOINTMENTS"
    READ_SETTINGS = "READ_SETTINGS"
    CHANGE_SETTINGS = "CHANGE_SETTINGS"
    READ_TOKENS = "READ_TOKENS"
    MANAGE_TOKENS = "MANAGE_TOKENS"


@dataclass(frozen=True)
class Grant:
    """The roles that may do it, and the scope that lets a token do it (None: no token may)."""

    roles: frozenset[Role]
    scope: Scope | None


_EVERYBODY = frozenset(Role)
_DESK = frozenset({Role.SERVICE_ADVISOR, Role.BDC_AGENT, Role.SERVICE_MANAGER, Role.GROUP_MANAGER})
_MANAGERS = frozenset({Role.SERVICE_MANAGER, Role.GROUP_MANAGER})
_GROUP = frozenset({Role.GROUP_MANAGER, Role.ADMIN})

GRANTS: Mapping[Action, Grant] = {
    Action.USE_MODULE: Grant(_EVERYBODY, None),
    Action.CHOOSE_LANGUAGE: Grant(_EVERYBODY, None),
    Action.SEND_EVENTS: Grant(frozenset({Role.ADMIN}), Scope.EVENTS_WRITE),
    Action.READ_VISITS: Grant(_EVERYBODY, Scope.VISITS_READ),
    Action.SEARCH: Grant(_EVERYBODY, Scope.VISITS_READ),
    Action.DECIDE_LINES: Grant(_DESK, Scope.VISITS_WRITE),
    Action.LOG_LOSSES: Grant(_DESK, None),
    Action.LOG_CONTACTS: Grant(_DESK, None),
    Action.MOVE_APPOINTMENTS: Grant(_DESK, None),
    Action.READ_REPORTS: Grant(_MANAGERS | {Role.ADMIN}, Scope.REPORTS_READ),
    Action.RUN_REPORTS: Grant(_MANAGERS | {Role.ADMIN}, Scope.REPORTS_RUN),
    Action.READ_LEDGER: Grant(_MANAGERS | {Role.ADMIN}, Scope.LEDGER_READ),
    Action.REVERSE_LOSSES: Grant(_MANAGERS, Scope.LEDGER_WRITE),
    Action.READ_BOARD: Grant(_DESK | {Role.ADMIN}, None),
    Action.MOVE_CARDS: Grant(_DESK, None),
    Action.READ_SETTINGS: Grant(_MANAGERS | {Role.ADMIN}, None),
    Action.CHANGE_SETTINGS: Grant(_MANAGERS | {Role.ADMIN}, None),
    Action.READ_TOKENS: Grant(_GROUP, None),
    Action.MANAGE_TOKENS: Grant(_GROUP, None),
}


def allowed_for(action: Action) -> Callable[[F], F]:
    """Say which action a view is; goes next to the function, below the route."""

    def mark(view: F) -> F:
        setattr(view, _ATTRIBUTE, action)
        return view

    return mark


def action_of(endpoint: str) -> Action | None:
    """The action of an endpoint of the current application, if its view names one."""
    if endpoint.endswith(".static"):
        return Action.PUBLIC
    found = getattr(current_app.view_functions[endpoint], _ATTRIBUTE, None)
    return found if isinstance(found, Action) else None


def may(caller: Caller, action: Action) -> bool:
    """Whether the caller may do this at all; where, is another question."""
    grant = GRANTS[action]
    if caller.scopes is not None:
        return grant.scope in caller.scopes
    return caller.actor.has_role(*grant.roles)


def require_permission() -> None:
    """Before every view: refuse who may not do what the view does. Raises NotSignedIn or Forbidden."""
    action = action_of(request.endpoint or "")
    if action is Action.PUBLIC:
        return
    if action is None:
        raise Forbidden("FORBIDDEN", f"{request.endpoint} names no action: nobody may use it")
    if not may(caller := current_caller(), action):
        raise Forbidden("FORBIDDEN", _refusal(caller, action))


def _refusal(caller: Caller, action: Action) -> str:
    grant = GRANTS[action]
    if caller.by_token:
        return f"this needs a token with the scope {grant.scope}" if grant.scope else "no token may do this"
    return f"{caller.actor.name} needs the role {' or '.join(sorted(grant.roles))} for this"
