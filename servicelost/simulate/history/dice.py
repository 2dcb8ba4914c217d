"""Dice whose every throw is a function of a number and the name of what is thrown.

So any part of a history can be made by itself, in any order, and always comes out the same. Only
arithmetic on whole arrays; what is diced is decided elsewhere.
"""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def share(numbers: Ints, name: str) -> Floats:
    """For each number a throw in [0, 1); other names throw independently."""
    return (_mixed(numbers, name) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def whole(numbers: Ints, name: str, low: int, high: int) -> Ints:
    """For each number a whole number from `low` to below `high`."""
    return (share(numbers, name) * (high - low)).astype(np.int64) + low


def choice(numbers: Ints, name: str, weights: Sequence[float]) -> Ints:
    """For each number the place of one of the weights, chosen by weight."""
    ends = np.cumsum(np.asarray(weights, dtype=np.float64))
    found: Ints = np.searchsorted(ends[:-1] / ends[-1], share(numbers, name), side="right")
    return found


def bell(numbers: Ints, name: str) -> Floats:
    """For each number a throw around 0 with a spread of about 1, never further than 3 away."""
    thrown = sum(share(numbers, f"{name} {place}") for place in range(3))
    return np.asarray(thrown - 1.5, dtype=np.float64) * 2.0


def _mixed(numbers: Ints, name: str) -> NDArray[np.uint64]:
    """The bits of SplitMix64 (Steele, Lea and Flood 2014) at each number, from a start the name gives."""
    bits = numbers.astype(np.uint64) + np.uint64(crc32(name.encode()) << 20)
    bits *= np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits ^= bits >> np.uint64(shift)
        bits *= np.uint64(factor)
    return bits ^ (bits >> np.uint64(31))
