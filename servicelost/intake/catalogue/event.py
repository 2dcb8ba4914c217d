"""The typed event that the rest of the house sees, and the fingerprint of what it says.

No parsing and no effect on the domain: only the parsed content.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any


def _spell(value: object) -> str:
    """One spelling for one value: 240.0 and 240.00 are the same amount, the order of fields says nothing."""
    kind = type(value)
    if kind is str:
        return ascii(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dict):
        items = sorted(value.items())
        spelt = [
            f"{name}:{item!a}" if type(item) is str else f"{name}:{_spell(item)}" for name, item in items
        ]
        return "{" + ",".join(spelt) + "}"
    if isinstance(value, list):
        return "[" + ",".join([_spell(item) for item in value]) + "]"
    return str(value)


@dataclass
class IntakeEvent:
    """One fact from a source: envelope and parsed data; treat it as frozen.

    Money and decimals are Decimal, times aware UTC, dates `date`, sub-objects dicts.
    """

    type: str
    event_id: str
    source: str
    occurred_at: datetime
    dealership: str
    data: dict[str, Any]
    actor: str | None = None
    _content_hash: str | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def content_hash(self) -> str:
        """The fingerprint (32 hex digits) of all that is said, apart from event_id and source.

        Two events with one id and different fingerprints contradict each other.
        """
        if self._content_hash is None:
            content = _spell([self.type, self.occurred_at, self.dealership, self.actor, self.data])
            self._content_hash = blake2b(content.encode("ascii"), digest_size=16).hexdigest()
        return self._content_hash
