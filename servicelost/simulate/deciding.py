"""What customers in the simulation say to recommended work and why, from price, stage and workshop load.

Pure draws from the shares in `parameters`; the events they become are told in `selling`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from random import Random

from servicelost.simulate import parameters as set_to
from servicelost.simulate.dice import choose
from servicelost.simulate.menu import Service
from servicelost.taxonomy.categories import ServiceCategoryCode as Category
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.stages import Stage

_CENTS_OF_HUNDRED = 10_000
_CONTESTED = (Category.TYRES, Category.BATTERY, Category.BRAKE_PADS)


class Answer(Enum):
    """What the customer says."""

    YES = auto()
    NO = auto()
    LATER = auto()
    NOTHING = auto()


@dataclass(frozen=True)
class Asked:
    """The circumstances in which a customer is asked about one finding; the price in cents."""

    service: Service
    price: int
    urgent: bool
    stage: Stage
    full: bool
    missing: bool
    strength: float
    unopened: bool = False
    angry: bool = False
    fleet: bool = False


def answer(rng: Random, asked: Asked) -> Answer:
    """Yes less often when it is dear, the workshop full or the part missing; red work seldom waits."""
    yes = min(max(likelihood_of_yes(asked), 0.0), 0.95)
    nothing = set_to.NO_ANSWER_UNOPENED if asked.unopened else set_to.SAYS_NOTHING
    later = set_to.SAYS_LATER * (0.3 if asked.urgent else 1.0)
    if asked.stage is Stage.DELIVERY:
        yes, nothing, later = 0.0, 0.0, later * 2
    rest = 1 - nothing
    roll = rng.random()
    if roll < nothing:
        return Answer.NOTHING
    if roll < nothing + rest * yes:
        return Answer.YES
    # Who does not say yes puts it off in the share he would have done so anyway, and declines else.
    return Answer.LATER if rng.random() < later / max(later, 1 - yes) else Answer.NO


def likelihood_of_yes(asked: Asked) -> float:
    """How likely the customer agrees once he is reached, before it is cut to what a share can be."""
    yes = set_to.SAYS_YES_TO_RED if asked.urgent else set_to.SAYS_YES
    hundreds = asked.price / _CENTS_OF_HUNDRED
    yes -= min(set_to.YES_LESS_AT_MOST, set_to.YES_LESS_BY_HUNDRED * hundreds)
    yes -= set_to.YES_LESS_WHEN_FULL * asked.full + set_to.YES_LESS_WHEN_MISSING * asked.missing
    yes += set_to.YES_BY_STRENGTH * (asked.strength - 1)
    return yes + set_to.YES_AT_RECEPTION * (asked.stage is Stage.RECEPTION)


def cause_of_no(rng: Random, asked: Asked) -> Cause | None:
    """Why it is declined or put off; None when nobody asked."""
    if asked.missing and rng.random() < set_to.MISSING_PART_STATED:
        return Cause.MISSING_PARTS
    weights = dict(set_to.DECLINE_CAUSES)
    for circumstance in _circumstances(asked):
        for cause, factor in circumstance.items():
            weights[cause] *= factor
    return choose(rng, weights)


def _circumstances(asked: Asked) -> list[Mapping[Cause | None, float]]:
    here: list[tuple[bool, Mapping[Cause | None, float]]] = [
        (asked.price > set_to.DEAR, set_to.WHEN_DEAR),
        (asked.price < set_to.CHEAP, set_to.WHEN_CHEAP),
        (asked.full, set_to.WHEN_FULL),
        (asked.service.category in _CONTESTED, set_to.WHEN_TYRES),
        (asked.stage is Stage.DELIVERY, set_to.WHEN_COLLECTING),
        (asked.angry, set_to.WHEN_ANGRY),
        (asked.fleet, set_to.WHEN_FLEET),
    ]
    return [weights for applies, weights in here if applies]
