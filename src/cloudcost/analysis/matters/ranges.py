"""How far an input may plausibly lie from its stated value, and how wide that is in standard deviations."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, exp, log, sqrt
from statistics import NormalDist
from typing import Literal, assert_never

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
    shape : {"triangular", "lognormal", "normal"}
        How likely values within it are; distances of a lognormal one are ratios, as for times and prices.
    source : str
        Where the range comes from; begins with "assumed" where it is an assumption.
    """

    low: float
    mode: float
    high: float
    sd: float | None
    shape: Literal["triangular", "lognormal", "normal"] = "normal"
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
        if self.shape == "lognormal":
            return None if value <= 0 or self.mode <= 0 else round(abs(log(value / self.mode)) / self.sd, 6)
        return abs(value - self.mode) / self.sd

    def chance_beyond(self, value: float) -> float | None:
        """Return how likely the input lies as far from the mode as a value, on its side; None where nothing is known.

        Examples
        --------
        >>> lognormal(1.0, sd=0.5, level=0.8, source="a band").chance_beyond(1.0)
        0.5
        >>> triangular(3, 5, 8, "the project file").chance_beyond(7)  # (8 - 7)^2 / (5 x 3)
        0.06666666666666667
        """
        distance = self.distance(value)
        if distance is None:
            return None
        if self.shape == "triangular":
            return _tail(self.low, self.mode, self.high, value)
        return NormalDist().cdf(-distance)


def _tail(low: float, mode: float, high: float, value: float) -> float:
    """Return the part of a triangular distribution beyond a value, as seen from its mode."""
    if value >= mode:
        return (high - value) ** 2 / ((high - low) * (high - mode)) if value < high else 0.0
    return (value - low) ** 2 / ((high - low) * (mode - low)) if value > low else 0.0


def triangular(low: float, mode: float, high: float, source: str) -> PlausibleRange:
    """Return a range whose ends are its least and greatest values.

    Examples
    --------
    >>> round(triangular(3, 5, 8, "the project file").sd ** 2, 6)  # (9 + 25 + 64 - 15 - 24 - 40) / 18
    1.055556
    """
    variance = (low * low + mode * mode + high * high - low * mode - low * high - mode * high) / 18
    sd = sqrt(max(variance, 0.0)) or None
    return PlausibleRange(low=low, mode=mode, high=high, sd=sd, shape="triangular", source=source)


def lognormal(mode: float, *, sd: float, level: float, source: str) -> PlausibleRange:
    """Return the band that holds a lognormal value with probability `level`.

    Examples
    --------
    >>> round(lognormal(2.0, sd=0.5, level=0.8, source="a band").high, 3)  # 2 exp(1.2816 x 0.5)
    3.796
    """
    factor = exp(NormalDist().inv_cdf((1 + level) / 2) * sd)
    low, high = mode / factor, mode * factor
    return PlausibleRange(low=low, mode=mode, high=high, sd=sd or None, shape="lognormal", source=source)


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
