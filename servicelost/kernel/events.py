"""Domain events and the bus that hands them out inside the same transaction.

A listener that fails makes the deed fail: what may fail alone does not belong on this bus.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from servicelost.kernel.book import Book


@dataclass(frozen=True)
class DomainEvent:
    """A fact in the past tense; subclasses carry the rows or values it is about."""


E = TypeVar("E", bound=DomainEvent)
Listener = Callable[["Book", Any], None]


class EventBus:
    """Who listens to what; filled once by the composition root, then only read."""

    def __init__(self) -> None:
        self._listeners: dict[type[DomainEvent], list[Listener]] = defaultdict(list)

    def subscribe(self, kind: type[E], listener: Callable[["Book", E], None]) -> None:
        """Call the listener for each event of exactly this kind, in order of subscription."""
        self._listeners[kind].append(listener)

    def publish(self, book: "Book", event: DomainEvent) -> None:
        """Hand the event to its listeners now; their errors are the publisher's errors."""
        for listener in self._listeners.get(type(event), ()):
            listener(book, event)
