"""The channels through which people are reached, and what consent can be given for.

Who consented to what is kept in the directory; what may be sent is decided by the follow-up.
"""

from collections.abc import Mapping
from enum import StrEnum

from servicelost.taxonomy.codes import Words, glossary


class ContactChannel(StrEnum):
    """A way to reach a customer."""

    PHONE = "PHONE"
    SMS = "SMS"
    EMAIL = "EMAIL"
    IN_PERSON = "IN_PERSON"
    CHAT = "CHAT"
    LETTER = "LETTER"


class ConsentPurpose(StrEnum):
    """What a customer is contacted for; an offer for declined work is marketing."""

    MARKETING = "MARKETING"
    SERVICE = "SERVICE"


class ConsentStatus(StrEnum):
    """What the customer said."""

    GRANTED = "GRANTED"
    WITHDRAWN = "WITHDRAWN"
    DENIED = "DENIED"


CONTACT_CHANNELS: Mapping[ContactChannel, Words[ContactChannel]] = glossary(
    (ContactChannel.PHONE, "Telephone", "A conversation on the telephone."),
    (ContactChannel.SMS, "Text message", "A text message to a mobile telephone."),
    (ContactChannel.EMAIL, "E-mail", "An e-mail."),
    (ContactChannel.IN_PERSON, "In person", "Face to face at the dealership."),
    (ContactChannel.CHAT, "Chat", "A chat on a website or in a messenger."),
    (ContactChannel.LETTER, "Letter", "A letter by post."),
)

CONSENT_PURPOSES: Mapping[ConsentPurpose, Words[ConsentPurpose]] = glossary(
    (ConsentPurpose.MARKETING, "Marketing", "Offers, also the offer of work that was declined."),
    (ConsentPurpose.SERVICE, "Service", "Messages about an agreed visit, such as a reminder of it."),
)
