"""Money as Decimal in Python and as integer minor units plus ISO 4217 in storage; never float.

Prices, taxes and discounts are ideas of other rooms.
"""

from decimal import ROUND_HALF_UP, Decimal

_NO_MINOR_UNIT = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THREE_DIGITS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_FOUR_DIGITS = frozenset(["CLF", "UYW"])


def minor_digits(currency: str) -> int:
    """How many decimals the currency has (ISO 4217)."""
    if currency in _NO_MINOR_UNIT:
        return 0
    if currency in _FOUR_DIGITS:
        return 4
    return 3 if currency in _THREE_DIGITS else 2


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units, half up; for instance 240.00 EUR is 24000."""
    return int(amount.scaleb(minor_digits(currency)).to_integral_value(rounding=ROUND_HALF_UP))


def from_minor(minor: int, currency: str) -> Decimal:
    """The Decimal amount of so many minor units, with the currency's own number of decimals."""
    return Decimal(minor).scaleb(-minor_digits(currency))
