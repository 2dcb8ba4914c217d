"""The few statistics reports need: intervals for shares and ratios, and a robust slope.

Small exact functions over small arrays; what they are applied to is decided by the reports.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Z_95 = 1.959963984540054
_REPLICATES = 999
_SEED = 20260101

Interval = tuple[float, float]


def wilson(successes: int, trials: int) -> Interval | None:
    """The Wilson score interval (95 %) of a share; None without trials. Wilson 1927."""
    if trials <= 0:
        return None
    share, z2 = successes / trials, Z_95 * Z_95
    centre = share + z2 / (2 * trials)
    spread = Z_95 * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    scale = 1 + z2 / trials
    # At the ends the bound is exactly 0 or 1, which rounding may miss.
    low = 0.0 if successes == 0 else (centre - spread) / scale
    return low, 1.0 if successes == trials else (centre + spread) / scale


@dataclass(frozen=True)
class Slope:
    """A slope per step with its 95 % interval (None where too few points give none)."""

    value: float
    interval: Interval | None
    n: int


def theil_sen(points: Sequence[tuple[float, float]]) -> Slope | None:
    """The median of the slopes of all pairs (Theil 1950) with Sen's interval (1968).

    None for fewer than two different x.
    """
    if len({x for x, _ in points}) < 2:
        return None
    x, y = np.array(points, dtype=float).T
    first, second = np.triu_indices(len(points), 1)
    apart = x[second] != x[first]
    slopes = np.sort((y[second] - y[first])[apart] / (x[second] - x[first])[apart])
    return Slope(float(np.median(slopes)), _sen_interval(slopes, y), len(points))


def _sen_interval(slopes: NDArray[np.float64], y: NDArray[np.float64]) -> Interval | None:
    n = len(y)
    _, ties = np.unique(y, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - np.sum(ties * (ties - 1) * (2 * ties + 5))) / 18
    reach = Z_95 * sqrt(variance)
    low = round((len(slopes) - reach) / 2) - 1
    high = round((len(slopes) + reach) / 2)
    if low < 0 or high >= len(slopes):
        return None
    return float(slopes[low]), float(slopes[high])


def resampled_ratios(
    above: Sequence[NDArray[np.float64]], below: NDArray[np.float64]
) -> list[list[Interval | None]]:
    """Bootstrap intervals (95 %, percentile) of ratios of sums over the same units, a list for each `above`.

    Row i of each array holds what unit i (a visit) adds to each part's numerator or denominator; a single
    column `below` is shared by all parts. Units are drawn with replacement from a fixed seed, so equal data
    give equal intervals.
    """
    units = below.shape[0]
    if units < 2:
        return [[None] * part.shape[1] for part in above]
    arrays = [below, *above]
    summed = draws(units).astype(np.float64) @ np.hstack(arrays)
    under, *over = np.hsplit(summed, np.cumsum([array.shape[1] for array in arrays[:-1]]))
    return [
        [_percentiles(part[:, place], under[:, place % under.shape[1]]) for place in range(part.shape[1])]
        for part in over
    ]


@lru_cache(maxsize=2)
def draws(units: int) -> NDArray[np.uint16]:
    """How often each of so many units is drawn in each replicate (rows); kept, for drawing takes longest."""
    chances = np.full(units, 1 / units)
    return np.random.default_rng(_SEED).multinomial(units, chances, size=_REPLICATES).astype(np.uint16)


def _percentiles(over: NDArray[np.float64], under: NDArray[np.float64]) -> Interval | None:
    filled = under > 0
    if not filled.any():
        return None
    low, high = np.percentile(over[filled] / under[filled], [2.5, 97.5])
    return float(low), float(high)
