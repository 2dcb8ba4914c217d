"""What an API token may be good for, and the roles it then acts in.

A token never has more than its scopes name; a signed-in person has no scopes but roles.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from servicelost.kernel.actor import Role
from servicelost.kernel.errors import FieldProblem, InvalidInput


class Scope(StrEnum):
    """One thing a token may be used for."""

    EVENTS_WRITE = "events:write"
    VISITS_READ = "visits:read"
    VISITS_WRITE = "visits:write"
    REPORTS_READ = "reports:read"
    REPORTS_RUN = "reports:run"
    LEDGER_READ = "ledger:read"
    LEDGER_WRITE = "ledger:write"


ROLES: Mapping[Scope, frozenset[Role]] = {
    Scope.EVENTS_WRITE: frozenset(),
    Scope.VISITS_READ: frozenset(),
    Scope.VISITS_WRITE: frozenset({Role.SERVICE_ADVISOR}),
    Scope.REPORTS_READ: frozenset(),
    Scope.REPORTS_RUN: frozenset(),
    Scope.LEDGER_READ: frozenset(),
    Scope.LEDGER_WRITE: frozenset({Role.SERVICE_MANAGER}),
}


def read_scopes(names: Iterable[str]) -> frozenset[Scope]:
    """The scopes with these names; raises InvalidInput naming those there are."""
    names = list(names)
    known = ", ".join(Scope)
    wrong = [name for name in names if name not in set(Scope)]
    if wrong or not names:
        problems = [FieldProblem("scope", "there is no such scope", name, known) for name in wrong]
        message = f"{wrong[0]!r} is not a scope; known are: {known}" if wrong else f"name a scope: {known}"
        raise InvalidInput("UNKNOWN_SCOPE", message, errors=problems)
    return frozenset(Scope(name) for name in names)


def roles_of(scopes: Iterable[Scope]) -> frozenset[Role]:
    """The roles a caller with these scopes acts in."""
    return frozenset(role for scope in scopes for role in ROLES[scope])
