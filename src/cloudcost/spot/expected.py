"""Expected time, billed time and starts of a run on spot capacity: a recursion over checkpoints, exact for the model.

A run needs `work` seconds of training. An instance lives for an exponential up-time of its regime; it spends `restart`
seconds before new work, then works `interval` seconds and writes a checkpoint of `checkpoint` seconds, again and
again; the last stretch writes none. Interrupted, it loses what it did since its last checkpoint, waits for capacity
and starts again under the next regime. Billing: nothing for an instance interrupted within its first hour, 60 s at
least for the one that finishes. The run is asked for at a random moment, so that it may have to wait before its
first start; what volumes cost in that time is the caller's: they are billed for `wall_seconds`.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from cloudcost.domain.spot import SpotModel
from cloudcost.frozen import dataclass
from cloudcost.spot.intervals import best_interval
from cloudcost.spot.model import Floats, ModelArrays, model_arrays

LIMIT_SECONDS = 365 * 86400.0
"""A run that is expected to take longer, and 20 times its work, is said never to finish. [s]"""

_DIRECT_POINTS = 96
"""So many different lengths of work are computed one by one; more are interpolated on a grid. [count]"""

_RECURSION = 4096
"""Checkpoints after which the growth per checkpoint is constant to float precision and is extrapolated. [count]"""

_HOPELESS = 1e-14
"""A chance per attempt below this is none: the expected number of attempts would be above 1e14. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotRun:
    """Expected figures of a run on spot capacity; arrays where the work was an array.

    Parameters
    ----------
    billed_seconds : ndarray
        Of the instance, after the free first hours. [s]
    wall_seconds : ndarray
        From asking for the first instance to the end, waits included; volumes exist all this time. [s]
    running_seconds : ndarray
        Of the instance, billed or not. [s]
    starts : ndarray
        Of instances, the first one included. [count]
    lost_seconds : ndarray
        Work, and writing of checkpoints, done and thrown away. [s]
    interval_seconds : float
        Work between two checkpoints; infinite without any. [s]
    finishes : ndarray of bool
        False where the expected wall time is beyond `LIMIT_SECONDS` and 20 times the work.
    """

    billed_seconds: Floats
    wall_seconds: Floats
    running_seconds: Floats
    starts: Floats
    lost_seconds: Floats
    interval_seconds: float
    finishes: npt.NDArray[np.bool_]


def check_run(checkpoint_seconds: float, restart_seconds: float, interval_seconds: float | None) -> None:
    """Raise ValueError for a negative or undefined time of a run."""
    for name, value in (("checkpoint", checkpoint_seconds), ("restart", restart_seconds)):
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} time, {value}, give seconds from 0 on")
    if interval_seconds is not None and not interval_seconds > 0:
        raise ValueError(f"checkpoint interval, {interval_seconds}, give seconds above 0 (infinite: no checkpoints)")


def expected_spot_run(
    work_seconds: float | Floats,
    checkpoint_seconds: float,
    restart_seconds: float,
    model: SpotModel,
    interval: float | None = None,
) -> SpotRun:
    """Return what a run of `work_seconds` on spot capacity costs in time, on average.

    Parameters
    ----------
    work_seconds : float or ndarray
        Of training alone, without checkpoints and restarts. [s]
    checkpoint_seconds : float
        Time to write one checkpoint. [s]
    restart_seconds : float
        From each start, the first one included, to new work: boot, data, last checkpoint. [s]
    model : SpotModel
    interval : float or None
        Work between two checkpoints; None: the best one; infinite: no checkpoints. [s]

    Raises
    ------
    ValueError
        When a time is negative or not a number.

    Notes
    -----
    V_m(i), what is still to come when an instance starts under regime i with m stretches left, solves
    ``V_m(i) = A_m(i) + sum_k P_i(k) sum_j Q_ij V_(m-k)(j)``, with A the attempt's own cost, k the checkpoints that it
    leaves behind and Q the chain of regimes. k is geometric since the up-time is exponential within its regime, which
    turns the sum into one running term per stretch. Where more than 96 different lengths of work are asked for, the
    result is interpolated linearly between 96 of them.

    Examples
    --------
    With one exponential up-time of mean m, no checkpoint, no restart and no wait, the classic m (exp(W/m) - 1):

    >>> import math
    >>> from cloudcost.spot.model import exponential_model
    >>> run = expected_spot_run(7200.0, 0.0, 0.0, exponential_model(3600.0), interval=math.inf)
    >>> round(float(run.wall_seconds)), round(3600 * (math.exp(2) - 1)), round(float(run.starts), 3)
    (23001, 23001, 7.389)
    """
    check_run(checkpoint_seconds, restart_seconds, interval)
    work = np.asarray(work_seconds, dtype=np.float64)
    if not np.all(np.isfinite(work) & (work >= 0)):
        raise ValueError("work, negative or not finite, give seconds from 0 on")
    chosen = best_interval(model, checkpoint_seconds, restart_seconds) if interval is None else float(interval)
    lengths, back = np.unique(work.ravel(), return_inverse=True)
    points = lengths if lengths.size <= _DIRECT_POINTS else _grid(lengths)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore"):
        total = _random_moment(points, chosen, checkpoint_seconds, restart_seconds, model_arrays(model))
    total[points == 0] = 0.0
    if points is not lengths:
        total = np.column_stack([np.interp(lengths, points, column) for column in total.T])
    total = np.where(np.isnan(total), np.inf, total)[back.ravel()].reshape((*work.shape, 5))
    running, free, waits, starts, restarts = (total[..., k] for k in range(5))
    wall = running + waits
    with np.errstate(invalid="ignore"):
        lost = running - work - checkpoint_seconds * _writes(work, chosen) - restarts
        billed = np.where(np.isfinite(running), running - free, np.inf)
    return SpotRun(
        billed_seconds=billed,
        wall_seconds=wall,
        running_seconds=running,
        starts=starts,
        lost_seconds=np.where(np.isfinite(running), np.maximum(lost, 0.0), np.inf),
        interval_seconds=chosen,
        finishes=np.asarray(wall <= np.maximum(LIMIT_SECONDS, 20.0 * work)),
    )


def stretches(work: Floats, interval: float) -> Floats:
    """Return in how many stretches of `interval` seconds the work is done, the last one shorter. [count]"""
    if math.isinf(interval):
        return np.ones_like(work)
    return np.maximum(np.ceil(work / interval - 1e-9), 1.0)


def _writes(work: Floats, interval: float) -> Floats:
    return stretches(work, interval) - 1.0


def _grid(lengths: Floats) -> Floats:
    """Return lengths of work to interpolate between: half of them evenly, half geometrically spaced."""
    low, high = float(lengths[0]), float(lengths[-1])
    spaced = np.geomspace(max(low, high * 1e-6), high, _DIRECT_POINTS // 2)
    return np.unique(np.concatenate([[low], np.linspace(low, high, _DIRECT_POINTS // 2), spaced, [high]]))


def _random_moment(work: Floats, interval: float, checkpoint: float, restart: float, chain: ModelArrays) -> Floats:
    """Return (running, free, waits, starts, restarts) by length of work, asked for at a random moment."""
    left = stretches(work, interval)
    last = work - (left - 1.0) * (interval if math.isfinite(interval) else 0.0)
    started = _attempts(left, last, interval + checkpoint, restart, chain)
    begin = chain.running + (chain.waiting[:, None, :] @ chain.following)[:, 0, :]
    result: Floats = np.einsum("zi,zink->nk", begin, started)
    result[:, 2] += chain.first_wait_seconds
    return result


def _attempts(left: Floats, last: Floats, period: float, restart: float, chain: ModelArrays) -> Floats:
    """Return V for a start with all stretches left, shape (zones, regimes, lengths, 5)."""
    rate = 1.0 / chain.up[:, :, None, None]
    same = np.eye(chain.up.shape[1])
    finish = restart + last
    one = _last_stretch(finish, restart, chain)
    most = int(min(left.max(), _RECURSION))
    if most < 2:
        return one
    if math.exp(-(restart + period) / chain.hardest_up_seconds) <= _HOPELESS:
        one[:, :, left > 1] = np.inf
        return one
    kept_one: Floats = np.exp(-rate * (restart + period))  # at least one checkpoint
    step = np.exp(-rate * period)
    after_start = np.exp(-rate * restart)
    inverse = np.linalg.inv(same - (1.0 - kept_one[..., 0]) * chain.following).astype(np.float64)
    first_next = _times(chain.following, one)
    result, running = one.copy(), np.zeros_like(one)
    before: Floats = one
    quarter: Floats = one
    for m in range(2, most + 1):
        costs = _attempt_costs(finish + (m - 1) * period, restart, chain)
        all_kept = after_start * step ** (m - 1) - np.exp(-rate * (finish + (m - 1) * period)[:, None])
        if m > 2:
            running = (1.0 - step) * _times(chain.following, before) + step * running
        before = _times(inverse, costs + kept_one * running + all_kept * first_next)
        here = left == m
        if np.any(here):
            result[:, :, here] = before[:, :, here]
        if m == _RECURSION - _RECURSION // 4:
            quarter = before
    beyond = left > _RECURSION
    if np.any(beyond):
        slope = (before - quarter) / (_RECURSION // 4)
        result[:, :, beyond] = (before + slope * (left - _RECURSION)[:, None])[:, :, beyond]
    return result


def _last_stretch(finish: Floats, restart: float, chain: ModelArrays) -> Floats:
    """Return V for one stretch left, done `finish` seconds after a start: nothing is kept unless all is."""
    fail = -np.expm1(-finish[:, None, None] / chain.up)  # (lengths, zones, regimes)
    costs = _attempt_costs(finish, restart, chain)
    value = np.full_like(costs, np.inf)
    possible = np.exp(-finish / chain.hardest_up_seconds) > _HOPELESS
    if np.any(possible):
        system = np.eye(chain.up.shape[1]) - fail[possible][..., None] * chain.following
        solved = np.linalg.solve(system, np.moveaxis(costs[:, :, possible], 2, 0))
        value[:, :, possible] = np.moveaxis(solved, 0, 2)
    return value


def _times(matrices: Floats, values: Floats) -> Floats:
    """Return each zone's matrix times its values of shape (zones, regimes, lengths, 5)."""
    product: Floats = matrices @ values.reshape((*values.shape[:2], -1))
    return product.reshape(values.shape)


def _attempt_costs(finish: Floats, restart: float, chain: ModelArrays) -> Floats:
    """Return an attempt's (running, free, wait, start, restart) if it is done after `finish` seconds, by length."""
    up, wait = chain.up[..., None], chain.wait[..., None]
    succeed = np.exp(-finish / up)
    free_seconds, minimum_seconds = chain.billing
    free_until = np.minimum(finish, free_seconds)
    survive = np.exp(-free_until / up)
    short = np.maximum(minimum_seconds - finish, 0.0) * succeed
    costs = np.empty((*succeed.shape, 5))
    costs[..., 0] = up * (1.0 - succeed)
    costs[..., 1] = up * (1.0 - survive) - free_until * survive - short  # E[U; U < first hour], less the minimum
    costs[..., 2] = wait * (1.0 - succeed)
    costs[..., 3] = 1.0
    costs[..., 4] = up * -np.expm1(-np.minimum(finish, restart) / up)
    return costs
