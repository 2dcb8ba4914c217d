"""The dice of the simulation: chances, weighted choices, prices a little off, counts about a mean.

How likely what is stands in `parameters`; nothing here knows of cars or customers.
"""

from collections.abc import Mapping
from random import Random
from typing import TypeVar

T = TypeVar("T")


def chance(rng: Random, share: float) -> bool:
    """True in this share of cases."""
    return rng.random() < share


def choose(rng: Random, weights: Mapping[T, float]) -> T:
    """One of the choices, by weight."""
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def spread(rng: Random, cents: float) -> int:
    """A price a few per cent off the usual one, in steps of half a unit."""
    return round(cents * rng.uniform(0.92, 1.08) / 50) * 50


def about(rng: Random, mean: float) -> int:
    """A whole number next to the mean, whose average is the mean."""
    return int(mean) + (rng.random() < mean % 1)
