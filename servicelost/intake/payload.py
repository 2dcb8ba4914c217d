"""A parked event as JSON and back, without loss; the stored form is nobody's interface."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from servicelost.intake.catalogue import IntakeEvent


def pack(event: IntakeEvent) -> dict[str, Any]:
    """The event as JSON-able data in which decimals and times are marked."""
    return {
        "type": event.type,
        "event_id": event.event_id,
        "source": event.source,
        "dealership": event.dealership,
        "actor": event.actor,
        "occurred_at": event.occurred_at.isoformat(),
        "data": _pack(event.data),
    }


def unpack(payload: dict[str, Any]) -> IntakeEvent:
    """The event that was packed."""
    return IntakeEvent(
        type=payload["type"], event_id=payload["event_id"], source=payload["source"],
        occurred_at=datetime.fromisoformat(payload["occurred_at"]), dealership=payload["dealership"],
        data=_unpack(payload["data"]), actor=payload["actor"],
    )  # fmt: skip


def _pack(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _pack(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_pack(item) for item in value]
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    return {"$date": value.isoformat()} if isinstance(value, date) else value


_MARKS: dict[str, Any] = {"$decimal": Decimal, "$time": datetime.fromisoformat, "$date": date.fromisoformat}


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        mark, text = next(iter(value.items()))
        if mark in _MARKS:
            return _MARKS[mark](text)
    return {key: _unpack(item) for key, item in value.items()}
