"""Which causes are likely for a line, by what is known around it and by what is usual for its service.

Pure rules: nothing is read here and nothing is recorded. What fits the event at all is said by the taxonomy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.matrix import legal_causes

# A slot within so many days is no reason to go elsewhere.
PATIENCE_DAYS = 3
# So many losses of a service have to be known before its usual causes say anything, and so much of them.
FEWEST = 5
LEAST_SHARE = 0.15


class Sign(StrEnum):
    """What speaks for a cause; USUAL is no evidence about this very line."""

    BACK_ORDER = "BACK_ORDER"
    NO_SLOT = "NO_SLOT"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    LOWER_OFFER = "LOWER_OFFER"
    QUOTE_UNOPENED = "QUOTE_UNOPENED"
    NO_ATTEMPT = "NO_ATTEMPT"
    USUAL = "USUAL"


@dataclass(frozen=True)
class Evidence:
    """What is known around a line; None and False: nothing is known.

    `free_day` is the first day with hours free for the work, of the days whose capacity is known;
    `looked_until` the last of these days. Prices in minor units; `attempts` are those of people.
    """

    today: date
    out_of_stock: bool = False
    back_order_until: date | None = None
    free_day: date | None = None
    looked_until: date | None = None
    price_minor: int | None = None
    offer_minor: int | None = None
    offered_by: str | None = None
    quote_unopened: bool = False
    attempts: int | None = None


@dataclass(frozen=True)
class Likely:
    """A cause with what speaks for it; `share` is how often it is the cause of this service's losses."""

    cause: Cause
    sign: Sign | None = None
    share: float | None = None


def signs_of(evidence: Evidence) -> dict[Cause, Sign]:
    """The causes that something speaks for, the strongest first."""
    found = (
        (evidence.back_order_until is not None and evidence.back_order_until > evidence.today,
         Cause.MISSING_PARTS, Sign.BACK_ORDER),
        (_no_slot(evidence), Cause.NO_CAPACITY, Sign.NO_SLOT),
        (evidence.out_of_stock, Cause.MISSING_PARTS, Sign.OUT_OF_STOCK),
        (_is_dearer(evidence), Cause.PRICE_TOO_HIGH, Sign.LOWER_OFFER),
        (evidence.quote_unopened, Cause.NO_CONTACT, Sign.QUOTE_UNOPENED),
        (evidence.attempts == 0, Cause.NO_CONTACT, Sign.NO_ATTEMPT),
    )  # fmt: skip
    signs: dict[Cause, Sign] = {}
    for speaks, cause, sign in found:
        if speaks:
            signs.setdefault(cause, sign)
    return signs


def rank_causes(event: LossEvent, evidence: Evidence, usual: Mapping[Cause, int]) -> list[Likely]:
    """The causes that fit the event, likeliest first: by evidence, by custom, then as the taxonomy has it.

    `usual` counts the stated causes of the service's losses; too few of them say nothing.
    """
    fitting, total = legal_causes(event), sum(usual.values())
    signs = {cause: sign for cause, sign in signs_of(evidence).items() if cause in fitting}
    shares = {cause: usual.get(cause, 0) / total for cause in fitting} if total >= FEWEST else {}
    by_custom = sorted(
        (cause for cause in fitting if cause not in signs), key=lambda cause: -shares.get(cause, 0)
    )
    return [
        *(Likely(cause, sign, shares.get(cause)) for cause, sign in signs.items()),
        *(_by_custom(cause, shares.get(cause, 0)) for cause in by_custom),
    ]


def inferred_cause(event: LossEvent, evidence: Evidence) -> Likely | None:
    """The cause that the evidence alone points to; None where nothing speaks for any that fits."""
    signs = ((cause, sign) for cause, sign in signs_of(evidence).items() if cause in legal_causes(event))
    return next((Likely(cause, sign) for cause, sign in signs), None)


def _by_custom(cause: Cause, share: float) -> Likely:
    return Likely(cause, Sign.USUAL, share) if share >= LEAST_SHARE else Likely(cause)


def _no_slot(evidence: Evidence) -> bool:
    """Whether the first slot lies beyond patience, or none was found as far as capacity is known."""
    if evidence.looked_until is None:
        return False
    first = evidence.free_day or evidence.looked_until
    return (first - evidence.today).days > PATIENCE_DAYS


def _is_dearer(evidence: Evidence) -> bool:
    own, other = evidence.price_minor, evidence.offer_minor
    return own is not None and other is not None and other < own
