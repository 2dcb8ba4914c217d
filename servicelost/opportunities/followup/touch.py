"""The one stop list: may this customer be contacted for this purpose through this channel now?

Everything that reaches out asks here first. Cadences and messages are other rooms' business.
"""

from dataclasses import dataclass
from enum import StrEnum

from servicelost.directory.consents import current_consent
from servicelost.directory.models import Customer, Vehicle
from servicelost.kernel.book import Book
from servicelost.opportunities.followup.models import PROBLEMS_OF_CUSTOMER
from servicelost.opportunities.followup.problems import ProblemState
from servicelost.taxonomy.channels import ConsentPurpose, ConsentStatus, ContactChannel


class Stop(StrEnum):
    """Why a customer must not be contacted."""

    MOVED_AWAY = "MOVED_AWAY"
    DECEASED = "DECEASED"
    VEHICLE_GONE = "VEHICLE_GONE"
    OPEN_COMPLAINT = "OPEN_COMPLAINT"
    OPTED_OUT = "OPTED_OUT"
    NO_CONSENT = "NO_CONSENT"
    NO_ADDRESS = "NO_ADDRESS"


@dataclass(frozen=True)
class Verdict:
    """The answer, with every reason against it."""

    stops: tuple[Stop, ...]

    @property
    def allowed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.stops


# Channels on which marketing needs consent given beforehand; in person people simply talk.
_CONSENT_FIRST = frozenset({ContactChannel.SMS, ContactChannel.EMAIL, ContactChannel.CHAT})


def may_touch(
    book: Book,
    customer: Customer,
    purpose: ConsentPurpose,
    channel: ContactChannel,
    vehicle: Vehicle | None = None,
) -> Verdict:
    """All reasons that stand against contacting the customer; none: it is allowed.

    An offer for declined work is marketing; a reminder of an agreed visit is service.
    """
    stops = [*_gone(customer, vehicle), *_address(customer, channel)]
    marketing = purpose is ConsentPurpose.MARKETING
    if marketing and _has_open_complaint(book, customer):
        stops.append(Stop.OPEN_COMPLAINT)
    consent = current_consent(book, customer.id, channel, purpose)
    if consent is not None and consent.status != ConsentStatus.GRANTED:
        stops.append(Stop.OPTED_OUT)
    elif consent is None and marketing and channel in _CONSENT_FIRST:
        stops.append(Stop.NO_CONSENT)
    return Verdict(tuple(stops))


def _gone(customer: Customer, vehicle: Vehicle | None) -> list[Stop]:
    stops = []
    if customer.moved_at is not None:
        stops.append(Stop.MOVED_AWAY)
    if customer.deceased_at is not None:
        stops.append(Stop.DECEASED)
    if vehicle is not None and (vehicle.sold_at is not None or vehicle.totalled_at is not None):
        stops.append(Stop.VEHICLE_GONE)
    return stops


def _address(customer: Customer, channel: ContactChannel) -> list[Stop]:
    needs_phone = channel in (ContactChannel.PHONE, ContactChannel.SMS)
    missing = (needs_phone and not customer.phone_e164) or (
        channel is ContactChannel.EMAIL and not customer.email
    )
    return [Stop.NO_ADDRESS] if missing else []


def _has_open_complaint(book: Book, customer: Customer) -> bool:
    return any(problem.state == ProblemState.OPEN for problem in book.many(PROBLEMS_OF_CUSTOMER, customer.id))
