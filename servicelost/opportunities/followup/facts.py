"""The facts that following up states, for listeners in the rooms above."""

from dataclasses import dataclass
from datetime import datetime

from servicelost.kernel.events import DomainEvent
from servicelost.opportunities.followup.models import Contact


@dataclass(frozen=True)
class ContactMade(DomainEvent):
    """A two-way contact took place."""

    contact: Contact
    at: datetime


@dataclass(frozen=True)
class ContactTakenBack(DomainEvent):
    """A contact that was logged did not take place: a wrong tap."""

    contact: Contact
    at: datetime
