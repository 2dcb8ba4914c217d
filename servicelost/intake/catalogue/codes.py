"""The code lists the catalogue accepts, most of them the taxonomy's own.

Only what a source may send; labels and rules stand in the taxonomy, spellings of a source in its
mapping.
"""

from collections.abc import Iterable
from enum import StrEnum

from servicelost.taxonomy.authorization import AuthorizationMethod
from servicelost.taxonomy.categories import ServiceCategoryCode
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.channels import ConsentPurpose, ConsentStatus, ContactChannel
from servicelost.taxonomy.parties import CAN_CANCEL, Owner, Party
from servicelost.taxonomy.paytypes import PayType
from servicelost.taxonomy.severity import Severity
from servicelost.taxonomy.sources import LeadChannel
from servicelost.taxonomy.stages import Stage


def _values(codes: Iterable[StrEnum]) -> tuple[str, ...]:
    return tuple(code.value for code in codes)


CAUSES = _values(Cause)
PARTIES = _values(Party)
CANCELLERS = _values(party for party in Party if party in CAN_CANCEL)
OWNERS = _values(Owner)
STAGES = _values(Stage)
VISIT_STAGES = _values(stage for stage in Stage if stage not in (Stage.LEAD, Stage.PLANNING))

SEVERITIES = _values(Severity)
PAY_TYPES = _values(PayType)
AUTHORIZATION_METHODS = _values(AuthorizationMethod)
CATEGORIES = _values(ServiceCategoryCode)
LEAD_CHANNELS = _values(LeadChannel)

CHANNELS = _values(ContactChannel)
BOOKING_CHANNELS = ("PHONE", "WEB", "APP", "EMAIL", "SMS", "CHAT", "IN_PERSON", "OEM", "OTHER")
QUOTE_CHANNELS = ("EMAIL", "SMS", "PHONE", "IN_PERSON", "WEB", "APP", "CHAT", "LETTER")
PARTS_CHANNELS = ("COUNTER", "PHONE", "WORKSHOP", "ONLINE")
TRANSPORTS = ("WAITING", "DROP_OFF", "LOANER", "SHUTTLE", "RENTAL", "PICKUP_DELIVERY", "OTHER")
CALL_PURPOSES = ("SERVICE", "STATUS", "PRICE", "OTHER")
DIRECTIONS = ("IN", "OUT")
CONSENT_PURPOSES = _values(ConsentPurpose)
CONSENT_STATUSES = _values(ConsentStatus)
DISTANCE_UNITS = ("KM", "MI")
