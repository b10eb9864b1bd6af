"""How sure a time is: a lognormal band in two parts.

One part is the network's (and the software stack's): it is wrong by the same factor on every device, and does not
matter when devices are compared. The other is this device's and cell's alone. With ``z1`` common to all devices of a
comparison and ``z2`` fresh for each, both standard normal,

    time = median * exp(shared_sd * z1 + own_sd * z2)

reproduces each stated band exactly.
"""

from __future__ import annotations

from math import exp, hypot
from statistics import NormalDist

_NORMAL = NormalDist()

CLOSE = 1.17
"""From the study's sd to that of a lognormal with the same 80 % band: 1.5 / 1.2816. [1]"""


def interval(seconds: float, shared_sd: float, own_sd: float, level: float) -> tuple[float, float]:
    """Return the band that holds the true time with probability `level`. [s]

    Raises
    ------
    ValueError
        When `level` is not between 0 and 1.

    Examples
    --------
    >>> low, high = interval(1.0, 0.3, 0.4, 0.8)  # exp(1.2816 x 0.5) = 1.898
    >>> round(high, 3), round(low * high, 9)
    (1.898, 1.0)
    """
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    factor = exp(_NORMAL.inv_cdf((1 + level) / 2) * hypot(shared_sd, own_sd))
    return seconds / factor, seconds * factor
