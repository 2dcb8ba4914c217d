"""How people in the simulation behave: shares and likelihoods, with the weak spots built in.

Three weak spots are there for a manager to find: one part is on back-order most of the time, Mondays
are overbooked, and one advisor shows customers too few quotes. Only numbers and dice live here.
"""

from collections.abc import Mapping
from random import Random
from typing import TypeVar

from servicelost.simulate.menu import Service
from servicelost.taxonomy.authorization import AuthorizationMethod
from servicelost.taxonomy.categories import ServiceCategoryCode as Category
from servicelost.taxonomy.causes import Cause

T = TypeVar("T")

MONDAY = 0
# How much fuller or emptier a day is than the average, Monday first; Sundays are closed.
DAY_WEIGHT = (1.5, 1.0, 1.0, 1.05, 1.1, 0.35, 0.0)

QUOTES_SHOWN = 0.96
QUOTES_SHOWN_BY_THE_SHY = 0.6
THINKS_IT_OVER = 0.4
PART_MISSING_SHARE = 0.6
PART_TOO_DEAR_EVERY = 11
PART_FETCHED_EVERY = 4
RETURN_SHARE = 0.22

FATES: Mapping[str, float] = {"comes": 80, "cancels": 6, "cancelled": 2, "stays_away": 8, "moves": 4}
MONDAY_FATES: Mapping[str, float] = {"comes": 74, "cancels": 6, "cancelled": 5, "stays_away": 11, "moves": 4}

CANCEL_CAUSES: Mapping[Cause | None, float] = {
    Cause.NO_TIME: 45, Cause.DONE_ELSEWHERE: 15, Cause.COMPETITOR_OFFER: 12, Cause.PRICE_TOO_HIGH: 8,
    None: 20,
}  # fmt: skip
DEALER_CANCEL_CAUSES: Mapping[Cause | None, float] = {
    Cause.NO_CAPACITY: 60, Cause.MISSING_PARTS: 20, Cause.NO_LOANER: 20,
}  # fmt: skip
NO_SHOW_CAUSES: Mapping[Cause | None, float] = {None: 55, Cause.FORGOT: 30, Cause.DONE_ELSEWHERE: 15}
CUT_CAUSES: Mapping[Cause | None, float] = {
    Cause.NO_TIME: 40, Cause.CANNOT_AFFORD: 25, Cause.PRICE_TOO_HIGH: 20, None: 15,
}  # fmt: skip
_DECLINE_CAUSES: Mapping[Cause | None, float] = {
    Cause.PRICE_TOO_HIGH: 29, Cause.NO_TIME: 17, Cause.CANNOT_AFFORD: 13, Cause.NOT_NEEDED: 12,
    Cause.COMPETITOR_OFFER: 6, Cause.DONE_ELSEWHERE: 3, Cause.DIY: 3, Cause.TRUST_QUALITY: 2, None: 15,
}  # fmt: skip
_METHODS: Mapping[AuthorizationMethod, float] = {
    AuthorizationMethod.VERBAL_PHONE: 45,
    AuthorizationMethod.SMS_TEXT_LINK: 30,
    AuthorizationMethod.IN_PERSON_DIGITAL_SIGNATURE: 25,
}


def chance(rng: Random, share: float) -> bool:
    """True in this share of cases."""
    return rng.random() < share


def choose(rng: Random, weights: Mapping[T, float]) -> T:
    """One of the choices, by weight."""
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def spread(rng: Random, cents: int) -> int:
    """A price a few per cent off the usual one, in steps of half a unit."""
    return round(cents * rng.uniform(0.92, 1.08) / 50) * 50


def decision(rng: Random, service: Service, *, urgent: bool) -> str:
    """What the customer says to a quoted finding: yes, no, later or nothing at all."""
    yes = 62 if urgent else 42
    if service.labour + service.parts > 30_000:
        yes -= 14
    return choose(rng, {"yes": yes, "no": 78 - yes, "later": 14, "nothing": 8})


def decline_cause(rng: Random, service: Service, *, monday: bool) -> Cause | None:
    """Why the customer says no; None when nobody asked."""
    weights = dict(_DECLINE_CAUSES)
    if service.category is Category.TYRES:
        weights[Cause.COMPETITOR_OFFER] *= 6
    if service.labour + service.parts > 10_000:
        weights.pop(Cause.DIY)
    if monday:
        weights[Cause.WAIT_TOO_LONG] = 18
    return choose(rng, weights)


def consent_method(rng: Random) -> AuthorizationMethod:
    """How the customer says yes."""
    return choose(rng, _METHODS)
