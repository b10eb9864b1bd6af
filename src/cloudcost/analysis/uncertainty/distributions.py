"""Random draws of a `Count`: how many runs until the result is acceptable, how many epochs to the target.

Each kind is an integer distribution. A range is the triangular density over low, mode and high, each draw rounded to
one of its two neighbouring integers at random with the chances that keep its mean; so the mean of the draws is
exactly (low + mode + high) / 3, and no draw leaves the range.
"""

from __future__ import annotations

import math
from typing import assert_never

import numpy as np
import numpy.typing as npt

from cloudcost.domain.project import Count

Integers = npt.NDArray[np.int64]


def mean_count(count: Count) -> float:
    """Return the mean of what `sample_counts` draws. [count]

    Examples
    --------
    >>> mean_count(Count(kind="range", expected=10, low=5, high=30))
    15.0
    """
    match count.kind:
        case "fixed":
            return float(count.expected)
        case "range":
            return (count.low + count.expected + count.high) / 3
        case "list":
            return math.fsum(count.values) / len(count.values)
        case "geometric" | "negative-binomial":
            return count.mean
        case _:
            assert_never(count.kind)


def sample_counts(count: Count, rng: np.random.Generator, n: int) -> Integers:
    """Return `n` draws of a count.

    Parameters
    ----------
    count : Count
        ``negative-binomial``: 1 and failures before `dispersion` successes, with the mean given; ``geometric``: trials
        up to the first success.
    rng : Generator
        Seeded by the caller.
    n : int
        [count]

    Returns
    -------
    ndarray of int64, shape (n,)

    Raises
    ------
    ValueError
        When the parameters are none of a distribution: bounds that do not enclose the mode, a mean below 1, a
        dispersion of 0, an empty list, `n` below 0.

    Examples
    --------
    >>> sample_counts(Count.fixed(12), np.random.default_rng(0), 3)
    array([12, 12, 12])
    >>> draws = sample_counts(Count(kind="range", expected=10, low=5, high=30), np.random.default_rng(0), 100_000)
    >>> int(draws.min()), int(draws.max()), round(float(draws.mean()), 1)
    (5, 30, 15.0)
    """
    if n < 0:
        raise ValueError(f"number of draws, {n}, give 0 or more")
    match count.kind:
        case "fixed":
            return np.full(n, count.expected, dtype=np.int64)
        case "range":
            return _triangular(count, rng, n)
        case "list":
            if not count.values:
                raise ValueError("list of counts, empty, give at least one")
            return rng.choice(np.array(count.values, dtype=np.int64), n)
        case "geometric":
            return rng.geometric(1.0 / _mean_of_one_or_more(count), n).astype(np.int64)
        case "negative-binomial":
            return _negative_binomial(count, rng, n)
        case _:
            assert_never(count.kind)


def _mean_of_one_or_more(count: Count) -> float:
    if not (math.isfinite(count.mean) and count.mean >= 1):
        raise ValueError(f"mean of a {count.kind} count, {count.mean}, give 1 or more")
    return count.mean


def _negative_binomial(count: Count, rng: np.random.Generator, n: int) -> Integers:
    mean = _mean_of_one_or_more(count)
    if not (math.isfinite(count.dispersion) and count.dispersion > 0):
        raise ValueError(f"dispersion of a negative-binomial count, {count.dispersion}, give more than 0")
    success = count.dispersion / (count.dispersion + mean - 1.0)
    return 1 + rng.negative_binomial(count.dispersion, success, n).astype(np.int64)


def _triangular(count: Count, rng: np.random.Generator, n: int) -> Integers:
    if not count.low <= count.expected <= count.high:
        raise ValueError(f"range of a count, {count.low}, {count.expected}, {count.high}, give low <= mode <= high")
    if count.low == count.high:
        return np.full(n, count.low, dtype=np.int64)
    # Two numbers for each draw, side by side: draws made in blocks are those made at once.
    levels = rng.random((n, 2))
    low, mode, high = float(count.low), float(count.expected), float(count.high)
    width, left = high - low, mode - low
    rising = levels[:, 0] * width <= left
    root = np.sqrt(width * np.where(rising, levels[:, 0] * left, (1.0 - levels[:, 0]) * (high - mode)))
    value = np.where(rising, low + root, high - root)
    whole = np.floor(value)
    drawn = whole + (levels[:, 1] < value - whole)
    bounded: Integers = np.clip(drawn, low, high).astype(np.int64)
    return bounded
