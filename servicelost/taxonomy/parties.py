"""Who can be behind a loss: the party that decided, and the owner of a cause.

People with names live in the directory, roles in the kernel.
"""

from collections.abc import Mapping
from enum import StrEnum

from servicelost.taxonomy.codes import Words, glossary


class Party(StrEnum):
    """Who took a decision; only CUSTOMER and DEALER can cancel an appointment or a visit."""

    CUSTOMER = "CUSTOMER"
    DEALER = "DEALER"
    EXTERNAL = "EXTERNAL"


class Owner(StrEnum):
    """Who could have changed the outcome; stored as one letter."""

    DEALER = "D"
    CUSTOMER = "C"
    EXTERNAL = "X"


PARTIES: Mapping[Party, Words[Party]] = glossary(
    (Party.CUSTOMER, "Customer", "The customer, or somebody speaking for the customer."),
    (Party.DEALER, "Dealer", "The dealership."),
    (Party.EXTERNAL, "Somebody else", "A payer, an insurer, the manufacturer or another outsider."),
)

OWNERS: Mapping[Owner, Words[Owner]] = glossary(
    (Owner.DEALER, "Dealer", "The dealership could have changed the outcome."),
    (Owner.CUSTOMER, "Customer", "It was the customer's own decision or situation."),
    (Owner.EXTERNAL, "External", "Neither the dealership nor the customer could have changed it."),
)

CAN_CANCEL: frozenset[Party] = frozenset({Party.CUSTOMER, Party.DEALER})
