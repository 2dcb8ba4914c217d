"""Domain events and the bus that hands them out inside the same transaction.

A listener that fails makes the deed fail: what may fail alone does not belong on this bus.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from servicelost.kernel.book import Book
    from servicelost.kernel.db import Base


@dataclass(frozen=True)
class DomainEvent:
    """A fact in the past tense; subclasses carry the rows or values it is about."""


E = TypeVar("E", bound=DomainEvent)
Listener = Callable[["Book", Any], None]
Touched = Sequence[tuple["Base", Mapping[str, Any]]]
Finisher = Callable[["Book", Touched], None]


class EventBus:
    """Who listens to what; filled once by the composition root, then only read."""

    def __init__(self) -> None:
        self._listeners: dict[type[DomainEvent], list[Listener]] = defaultdict(list)
        self._finishers: list[Finisher] = []

    def subscribe(self, kind: type[E], listener: Callable[["Book", E], None]) -> None:
        """Call the listener for each event of exactly this kind, in order of subscription."""
        self._listeners[kind].append(listener)

    def publish(self, book: "Book", event: DomainEvent) -> None:
        """Hand the event to its listeners now; their errors are the publisher's errors."""
        for listener in self._listeners.get(type(event), ()):
            listener(book, event)

    def at_end(self, finisher: Finisher) -> None:
        """Call this with every row a plan is about to write and what it was before (nothing: it is new).

        For what is derived from rows, whichever event changed them. It may change rows, and may add rows from
        which nothing else is derived: no finisher is told of those.
        """
        self._finishers.append(finisher)

    def finish(self, book: "Book", touched: Touched) -> None:
        """Let those who wait for the end of a plan have a last word."""
        for finisher in self._finishers:
            finisher(book, touched)
