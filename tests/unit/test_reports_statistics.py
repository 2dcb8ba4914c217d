"""The statistics of the reports against published values and known truths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.analytics.stats import resampled_ratios, theil_sen, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, table I, method 3 (score, without continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_no_trials_no_interval() -> None:
    assert wilson(0, 0) is None


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_within_bounds(case: tuple[int, int]) -> None:
    successes, trials = case
    interval = wilson(successes, trials)
    assert interval is not None
    assert 0 <= interval[0] <= successes / trials <= interval[1] <= 1


def test_theil_sen_as_published() -> None:
    # Hollander and Wolfe, Nonparametric Statistical Methods, cloud seeding over five years: -0.056.
    slope = theil_sen(list(enumerate([1.26, 1.27, 1.12, 1.16, 1.03])))
    assert slope is not None
    assert slope.value == pytest.approx(-0.05625)
    assert slope.n == 5


def test_an_even_number_of_slopes_has_the_mean_of_the_middle_two() -> None:
    # The slopes are 5, 2, 10/3, -1, 5/2 and 6.
    slope = theil_sen(list(enumerate([10, 15, 14, 20])))
    assert slope is not None
    assert slope.value == pytest.approx(2.9167, abs=1e-4)


def test_a_gap_keeps_its_place() -> None:
    slope = theil_sen([(0, 0.0), (1, 10.0), (4, 40.0), (5, 50.0)])
    assert slope is not None
    assert slope.value == 10.0


def test_one_outlier_does_not_move_a_robust_slope() -> None:
    points = [(float(place), 5.0 * place) for place in range(20)]
    points[10] = (10.0, 9_999.0)
    slope = theil_sen(points)
    assert slope is not None
    assert slope.value == pytest.approx(5.0)
    assert slope.interval is not None
    assert slope.interval[0] <= 5.0 <= slope.interval[1]


def test_too_little_gives_no_slope() -> None:
    assert theil_sen([]) is None
    assert theil_sen([(1, 2.0), (1, 3.0)]) is None


def test_bootstrap_is_repeatable_and_has_the_spread_of_theory() -> None:
    draw = np.random.default_rng(7)
    below = np.full((400, 1), 100.0)
    above = below * (draw.random((400, 1)) < 0.3)
    (first,), (again,) = resampled_ratios([above], below), resampled_ratios([above], below)
    assert first == again
    assert first[0] is not None
    low, high = first[0]
    share = float(above.sum() / below.sum())
    spread = 1.96 * (share * (1 - share) / 400) ** 0.5
    assert low == pytest.approx(share - spread, abs=0.015)
    assert high == pytest.approx(share + spread, abs=0.015)


def test_bootstrap_draws_visits_not_lines() -> None:
    below = np.full((50, 1), 1_000.0)
    above = np.repeat([[0.0], [1_000.0]], 25, axis=0)
    assert (interval := resampled_ratios([above], below)[0][0]) is not None
    assert interval[1] - interval[0] > 0.2, "fifty visits, however many lines they have"


def test_ratios_asked_for_together_are_those_asked_for_one_by_one() -> None:
    draw = np.random.default_rng(11)
    one, other, below = (draw.integers(1, 10**9, (60, 3)).astype(float) for _ in range(3))
    whole = below.sum(axis=1, keepdims=True)
    assert resampled_ratios([one, other], below) == [
        resampled_ratios([one], below)[0],
        resampled_ratios([other], below)[0],
    ]
    assert resampled_ratios([one], whole) == resampled_ratios([one], np.repeat(whole, 3, axis=1))


def test_intervals_are_those_of_each_replicate_drawn_anew() -> None:
    draw = np.random.default_rng(13)
    above, below = (draw.integers(1, 10**9, (40, 1)).astype(float) for _ in range(2))
    drawn = np.random.default_rng(20260101).multinomial(40, np.full(40, 1 / 40), size=999)
    ratios = (drawn @ above) / (drawn @ below)
    assert resampled_ratios([above], below) == [[tuple(np.percentile(ratios, [2.5, 97.5]))]]


def test_bootstrap_of_nothing() -> None:
    assert resampled_ratios([np.zeros((1, 2))], np.ones((1, 2))) == [[None, None]]
    assert resampled_ratios([np.zeros((5, 1))], np.zeros((5, 1))) == [[None]]
