"""How often to write a checkpoint: the best interval under a spot model, and Young's formula as a cross-check."""

from __future__ import annotations

import math

import numpy as np

from cloudcost.domain.spot import SpotModel
from cloudcost.spot.model import Floats, zone_arrays

SHORTEST_SECONDS = 60.0
"""No interval below this is chosen: a checkpoint that costs nothing would otherwise be written all the time. [s]"""

LONGEST_SECONDS = 30 * 86400.0
"""The search ends here. [s]"""


def young_interval(checkpoint_seconds: float, mean_up_seconds: float) -> float:
    """Return the first-order optimum, sqrt(2 c m).

    Parameters
    ----------
    checkpoint_seconds : float
        Time to write one checkpoint. [s]
    mean_up_seconds : float
        Mean time between interruptions. [s]

    Returns
    -------
    float
        Work between two checkpoints. [s]

    References
    ----------
    J. W. Young, A first order approximation to the optimum checkpoint interval, CACM 17 (1974); as quoted in
    arXiv:2410.18124, read 2026-11-22.

    Examples
    --------
    >>> young_interval(50.0, 10_000.0)
    1000.0
    """
    return math.sqrt(2.0 * checkpoint_seconds * mean_up_seconds)


def best_interval(model: SpotModel, checkpoint_seconds: float, restart_seconds: float) -> float:
    """Return the work between two checkpoints that makes a long run shortest and, with it, cheapest.

    Parameters
    ----------
    model : SpotModel
    checkpoint_seconds : float
        Time to write one checkpoint. [s]
    restart_seconds : float
        From a start to the first new work: boot, data, last checkpoint. [s]

    Returns
    -------
    float
        Between `SHORTEST_SECONDS` and `LONGEST_SECONDS`. [s]

    Notes
    -----
    Interruptions come from outside, whatever the interval is: cycles of mean length L and billed seconds alike follow
    each other, and only the work kept in each depends on the interval T. With rate a = 1/up of regime i, a cycle keeps
    ``T sum_i share_i exp(-a_i (r + T + c)) / (1 - exp(-a_i (T + c)))`` of work on average; the interval that
    maximises it is best for time and for money at once, for all lengths of work that are long against it. Over
    several zones the mean of the time per work, L over that sum, is minimised.

    Examples
    --------
    >>> from cloudcost.spot.model import exponential_model
    >>> round(best_interval(exponential_model(36_000.0), 60.0, 300.0))  # Young: sqrt(2 * 60 * 36000) = 2078
    2039
    """
    grid = np.geomspace(SHORTEST_SECONDS, LONGEST_SECONDS, 129)
    for _ in range(4):
        best = int(np.argmin(seconds_per_work(model, grid, checkpoint_seconds, restart_seconds)))
        middle = float(grid[best])
        grid = np.linspace(float(grid[max(best - 1, 0)]), float(grid[min(best + 1, grid.size - 1)]), 17)
    return middle


def seconds_per_work(
    model: SpotModel, interval_seconds: Floats, checkpoint_seconds: float, restart_seconds: float
) -> Floats:
    """Return the wall time per second of work kept in a run without end, the mean over the zones, by interval. [1]"""
    period = interval_seconds[:, None] + checkpoint_seconds
    total = np.zeros_like(interval_seconds)
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        for zone in model.zones:
            arrays = zone_arrays(zone)
            kept = np.exp(-(restart_seconds + period) / arrays.up) / -np.expm1(-period / arrays.up)
            total += arrays.cycle_seconds / (interval_seconds * (kept @ arrays.share))
    return total / len(model.zones)
