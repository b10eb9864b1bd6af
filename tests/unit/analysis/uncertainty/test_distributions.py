from __future__ import annotations

import numpy as np
import pytest

from cloudcost.analysis.uncertainty.distributions import mean_count, sample_counts
from cloudcost.domain.project import Count

COUNTS = [
    Count(kind="range", expected=10, low=5, high=30),
    Count(kind="range", expected=1, low=1, high=2),
    Count(kind="range", expected=30, low=5, high=30),
    Count(kind="geometric", expected=24, low=1, high=1, mean=24.0),
    Count(kind="negative-binomial", expected=24, low=1, high=1, mean=24.0, dispersion=2.5),
    Count(kind="list", expected=4, low=1, high=9, values=(1, 2, 9)),
]


@pytest.mark.parametrize("count", COUNTS, ids=lambda count: f"{count.kind}-{count.expected}")
def test_the_mean_of_the_draws_is_the_mean(count: Count) -> None:
    draws = sample_counts(count, np.random.default_rng(1), 400_000)
    error = draws.std() / np.sqrt(draws.size)
    assert draws.dtype == np.int64
    assert draws.min() >= 1
    assert abs(draws.mean() - mean_count(count)) < 4 * error


@pytest.mark.parametrize("count", COUNTS, ids=lambda count: f"{count.kind}-{count.expected}")
def test_blocks_draw_what_one_call_draws(count: Count) -> None:
    whole = sample_counts(count, np.random.default_rng(3), 1000)
    rng = np.random.default_rng(3)
    blocks = [sample_counts(count, rng, size) for size in (137, 363, 500)]
    assert np.array_equal(whole, np.concatenate(blocks))


def test_a_fixed_count_never_varies() -> None:
    assert set(sample_counts(Count.fixed(12), np.random.default_rng(0), 100).tolist()) == {12}


def test_a_range_stays_within_its_bounds_and_reaches_them() -> None:
    draws = sample_counts(COUNTS[0], np.random.default_rng(0), 100_000)
    assert (draws.min(), draws.max()) == (5, 30)
    assert abs(int(np.bincount(draws).argmax()) - 10) <= 1


def test_a_range_of_one_value_is_that_value() -> None:
    count = Count(kind="range", expected=7, low=7, high=7)
    assert set(sample_counts(count, np.random.default_rng(0), 10).tolist()) == {7}


def test_variances_are_those_of_the_distributions() -> None:
    geometric = sample_counts(COUNTS[3], np.random.default_rng(0), 400_000)
    assert geometric.var() == pytest.approx(24 * 23, rel=0.02)  # (1 - p) / p^2
    binomial = sample_counts(COUNTS[4], np.random.default_rng(0), 400_000)
    assert binomial.var() == pytest.approx(23 + 23**2 / 2.5, rel=0.02)  # m + m^2 / size


def test_a_geometric_count_of_mean_one_is_one() -> None:
    count = Count(kind="geometric", expected=1, low=1, high=1, mean=1.0)
    assert set(sample_counts(count, np.random.default_rng(0), 100).tolist()) == {1}


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (Count(kind="range", expected=4, low=5, high=9), "low <= mode <= high"),
        (Count(kind="geometric", expected=1, low=1, high=1, mean=0.5), "give 1 or more"),
        (Count(kind="negative-binomial", expected=1, low=1, high=1, mean=4.0), "dispersion"),
        (Count(kind="list", expected=1, low=1, high=1), "at least one"),
    ],
)
def test_what_is_no_distribution_is_refused(count: Count, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sample_counts(count, np.random.default_rng(0), 1)


def test_a_negative_number_of_draws_is_refused() -> None:
    with pytest.raises(ValueError, match="number of draws"):
        sample_counts(Count.fixed(1), np.random.default_rng(0), -1)
