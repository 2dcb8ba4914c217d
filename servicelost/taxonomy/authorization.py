"""How a customer said yes: the methods of authorising work, in the style of the STAR standard.

Who authorised and when is kept with the line of work, not here.
"""

from collections.abc import Mapping
from enum import StrEnum

from servicelost.taxonomy.codes import Words, glossary


class AuthorizationMethod(StrEnum):
    """The way an authorisation was given."""

    IN_PERSON_PAPER_SIGNATURE = "IN_PERSON_PAPER_SIGNATURE"
    IN_PERSON_DIGITAL_SIGNATURE = "IN_PERSON_DIGITAL_SIGNATURE"
    VERBAL_IN_PERSON = "VERBAL_IN_PERSON"
    VERBAL_PHONE = "VERBAL_PHONE"
    SMS_TEXT_LINK = "SMS_TEXT_LINK"
    EMAIL_LINK = "EMAIL_LINK"
    DIGITAL_PORTAL = "DIGITAL_PORTAL"
    AUTOMATED_POLICY_PREAUTHORIZATION = "AUTOMATED_POLICY_PREAUTHORIZATION"


AUTHORIZATION_METHODS: Mapping[AuthorizationMethod, Words[AuthorizationMethod]] = glossary(
    (
        AuthorizationMethod.IN_PERSON_PAPER_SIGNATURE,
        "Signed on paper",
        "Signed by hand at the dealership.",
    ),
    (
        AuthorizationMethod.IN_PERSON_DIGITAL_SIGNATURE,
        "Signed on a screen",
        "Signed on a tablet or pad at the dealership.",
    ),
    (
        AuthorizationMethod.VERBAL_IN_PERSON,
        "Said at the counter",
        "Agreed face to face without a signature.",
    ),
    (
        AuthorizationMethod.VERBAL_PHONE,
        "By telephone",
        "Agreed in a conversation on the telephone.",
    ),
    (
        AuthorizationMethod.SMS_TEXT_LINK,
        "By text message",
        "Approved through a link sent as a text message.",
    ),
    (
        AuthorizationMethod.EMAIL_LINK,
        "By e-mail",
        "Approved through a link sent by e-mail.",
    ),
    (
        AuthorizationMethod.DIGITAL_PORTAL,
        "In the portal",
        "Approved in a customer or fleet portal.",
    ),
    (
        AuthorizationMethod.AUTOMATED_POLICY_PREAUTHORIZATION,
        "Approved in advance",
        "Covered by a standing approval, such as a fleet's limit.",
    ),
)

AUTHORIZATION_SPELLINGS: Mapping[str, AuthorizationMethod] = {
    "SIGNATURE": AuthorizationMethod.IN_PERSON_PAPER_SIGNATURE,
    "IN_PERSON": AuthorizationMethod.VERBAL_IN_PERSON,
    "PHONE": AuthorizationMethod.VERBAL_PHONE,
    "SMS": AuthorizationMethod.SMS_TEXT_LINK,
    "TEXT": AuthorizationMethod.SMS_TEXT_LINK,
    "EMAIL": AuthorizationMethod.EMAIL_LINK,
    "E_MAIL": AuthorizationMethod.EMAIL_LINK,
    "PORTAL": AuthorizationMethod.DIGITAL_PORTAL,
    "POLICY": AuthorizationMethod.AUTOMATED_POLICY_PREAUTHORIZATION,
}
