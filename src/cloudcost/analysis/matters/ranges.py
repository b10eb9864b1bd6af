"""How far an input may plausibly lie from its stated value, and how wide that is in standard deviations."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, exp, log, sqrt
from statistics import NormalDist
from typing import assert_never

from cloudcost.domain.project import Count
from cloudcost.frozen import dataclass

ASSUMED_FACTOR = 2.0
"""An input without a range of its own is varied from a half to twice its value; an assumption. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlausibleRange:
    """A plausible range around a value.

    Parameters
    ----------
    low, mode, high : float
        [unit of the input]
    sd : float or None
        Standard deviation, of the log where `is_ratio`; None where nothing is uncertain.
    is_ratio : bool
        Whether distances are ratios, as for times and prices.
    source : str
        Where the range comes from; begins with "assumed" where it is an assumption.
    """

    low: float
    mode: float
    high: float
    sd: float | None
    is_ratio: bool = False
    source: str

    def distance(self, value: float) -> float | None:
        """Return how far a value lies from the mode. [sd]

        Examples
        --------
        >>> lognormal(1.0, sd=0.5, level=0.8, source="a band").distance(2.718281828)
        2.0
        """
        if not self.sd:
            return None
        if self.is_ratio:
            return None if value <= 0 or self.mode <= 0 else round(abs(log(value / self.mode)) / self.sd, 6)
        return abs(value - self.mode) / self.sd


def triangular(low: float, mode: float, high: float, source: str) -> PlausibleRange:
    """Return a range whose ends are its least and greatest values.

    Examples
    --------
    >>> round(triangular(3, 5, 8, "the project file").sd ** 2, 6)  # (9 + 25 + 64 - 15 - 24 - 40) / 18
    1.055556
    """
    variance = (low * low + mode * mode + high * high - low * mode - low * high - mode * high) / 18
    return PlausibleRange(low=low, mode=mode, high=high, sd=sqrt(max(variance, 0.0)) or None, source=source)


def lognormal(mode: float, *, sd: float, level: float, source: str) -> PlausibleRange:
    """Return the band that holds a lognormal value with probability `level`.

    Examples
    --------
    >>> round(lognormal(2.0, sd=0.5, level=0.8, source="a band").high, 3)  # 2 exp(1.2816 x 0.5)
    3.796
    """
    factor = exp(NormalDist().inv_cdf((1 + level) / 2) * sd)
    return PlausibleRange(low=mode / factor, mode=mode, high=mode * factor, sd=sd or None, is_ratio=True, source=source)


def assumed(value: float, *, least: float = 0.0, most: float | None = None) -> PlausibleRange:
    """Return the range of an input that has none of its own: from a half to twice its value, within bounds."""
    high = value * ASSUMED_FACTOR if most is None else min(value * ASSUMED_FACTOR, most)
    return triangular(max(value / ASSUMED_FACTOR, least), value, max(high, value), "assumed: from a half to twice")


def of_count(count: Count, level: float) -> PlausibleRange:
    """Return the range of an uncertain count; of a certain one the assumed range, in whole numbers."""
    match count.kind:
        case "fixed":
            low, high = max(count.expected // 2, min(count.expected, 1)), count.expected * 2
            return triangular(low, count.expected, high, "assumed: from a half to twice")
        case "range":
            return triangular(count.low, count.expected, count.high, "the project file")
        case "list":
            return _about(count.expected, min(count.values), max(count.values), _sd(count.values), "the project file")
        case "geometric":
            return _of_mean(count, 1.0, level)
        case "negative-binomial":
            return _of_mean(count, count.dispersion, level)
        case _:
            assert_never(count.kind)


def _of_mean(count: Count, size: float, level: float) -> PlausibleRange:
    beyond_one = count.mean - 1
    sd = sqrt(beyond_one + beyond_one**2 / size)
    reach = NormalDist().inv_cdf((1 + level) / 2) * sd
    low, high = max(1, round(count.expected - reach)), ceil(count.expected + reach)
    return _about(count.expected, low, high, sd, f"the project file ({count.kind})")


def _about(mode: float, low: float, high: float, sd: float, source: str) -> PlausibleRange:
    return PlausibleRange(low=min(low, mode), mode=mode, high=max(high, mode), sd=sd or None, source=source)


def _sd(values: Iterable[int]) -> float:
    members = list(values)
    mean = sum(members) / len(members)
    return sqrt(sum((each - mean) ** 2 for each in members) / len(members))
