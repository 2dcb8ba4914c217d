"""The notebook of the simulation: events as they are told, handed out in the order they happened.

It knows the envelope of an event and nothing of its contents.
"""

from datetime import date, datetime
from typing import Any

from servicelost.simulate.dealership import SOURCE

RawEvent = dict[str, Any]


class Feed:
    """Collects the raw events of one dealership; `story` stands in the id of each."""

    def __init__(self, dealership: str, story: str) -> None:
        self._dealership, self._story = dealership, story
        self._told: list[tuple[datetime, int, RawEvent]] = []

    def tell(self, kind: str, at: datetime, actor: str | None = None, **data: Any) -> None:
        """Note that something happened; fields without a value are left out."""
        number = len(self._told) + 1
        event: RawEvent = {
            "type": kind,
            "event_id": f"{self._dealership}/{self._story}/{number}",
            "source": SOURCE,
            "occurred_at": at.isoformat(),
            "dealership": self._dealership,
            "data": {name: _plain(value) for name, value in data.items() if value is not None},
        }
        if actor is not None:
            event["actor"] = actor
        self._told.append((at, number, event))

    def until(self, now: datetime) -> list[RawEvent]:
        """Everything that has happened by now, oldest first."""
        return [event for at, _, event in sorted(self._told, key=lambda told: told[:2]) if at <= now]


def money(cents: int) -> str:
    """An amount as events write it."""
    return f"{cents // 100}.{cents % 100:02d}"


def hours(centihours: int) -> str:
    """Flat-rate hours as events write them."""
    return f"{centihours // 100}.{centihours % 100:02d}"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
