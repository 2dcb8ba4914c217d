"""Who pays for a line of work, and the short codes dealer systems write for it.

A line paid by several parties is split into amounts by the workflow, not here.
"""

from collections.abc import Mapping
from enum import StrEnum

from servicelost.taxonomy.codes import Words, glossary


class PayType(StrEnum):
    """Who pays; names as in the STAR standard."""

    CUSTOMER_PAY = "CUSTOMER_PAY"
    WARRANTY = "WARRANTY"
    INTERNAL = "INTERNAL"
    SUBLET = "SUBLET"
    MANUFACTURER = "MANUFACTURER"
    DEALER = "DEALER"


PAY_TYPES: Mapping[PayType, Words[PayType]] = glossary(
    (PayType.CUSTOMER_PAY, "Customer", "The customer pays."),
    (PayType.WARRANTY, "Warranty", "A warranty or a service contract pays."),
    (PayType.INTERNAL, "Internal", "Another department of the dealership pays."),
    (PayType.SUBLET, "Sublet", "Done by an outside workshop and charged on."),
    (PayType.MANUFACTURER, "Manufacturer", "The manufacturer pays, as for a recall or a campaign."),
    (PayType.DEALER, "Dealer", "The service department bears it: goodwill or policy."),
)

PAY_TYPE_SPELLINGS: Mapping[str, PayType] = {
    "C": PayType.CUSTOMER_PAY,
    "CP": PayType.CUSTOMER_PAY,
    "CUSTOMER": PayType.CUSTOMER_PAY,
    "RETAIL": PayType.CUSTOMER_PAY,
    "W": PayType.WARRANTY,
    "WP": PayType.WARRANTY,
    "I": PayType.INTERNAL,
    "INT": PayType.INTERNAL,
    "S": PayType.SUBLET,
    "SUB": PayType.SUBLET,
    "M": PayType.MANUFACTURER,
    "OEM": PayType.MANUFACTURER,
    "D": PayType.DEALER,
    "GOODWILL": PayType.DEALER,
    "POLICY": PayType.DEALER,
}
