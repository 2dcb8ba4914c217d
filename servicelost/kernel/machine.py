"""State machines as tables: `{(state, action): next_state}`, read by one function.

A machine knows neither rows nor rules; who may fire an action is not its business.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from servicelost.kernel.errors import IllegalMove

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


class Machine(Generic[S, A]):
    """A named transition table."""

    def __init__(self, thing: str, table: Mapping[tuple[S, A], S]) -> None:
        self.thing = thing
        self.table = dict(table)

    def next(self, state: S, action: A) -> S:
        """The state after the action; raises IllegalMove that names the legal actions."""
        found = self.table.get((state, action))
        if found is None:
            raise IllegalMove(
                self.thing, state.value, action.value, [legal.value for legal in self.legal(state)]
            )
        return found

    def can(self, state: S, action: A) -> bool:
        """Whether the table knows the action in this state."""
        return (state, action) in self.table

    def legal(self, state: S) -> list[A]:
        """The actions known in this state, in the table's order."""
        return [action for from_state, action in self.table if from_state == state]

    def reaches(self, state: S, action: A) -> bool:
        """Whether any moves lead from this state to one in which the action is known."""
        seen, fresh = set[S](), {state}
        while fresh:
            seen |= fresh
            fresh = {after for (before, _), after in self.table.items() if before in fresh} - seen
        return any((found, action) in self.table for found in seen)
