"""Random runs on spot capacity: a long history is drawn from the model once, runs are asked for at random moments.

Each run by itself has the model's distribution exactly, correlation between its spells included; runs share the
history, so that a mean over very many of them is as sure as the history is long (2^19 spells in all by default; mean
up-time and wait of each regime, and the chance to begin in it, are exact by stratification).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cloudcost.domain.spot import SpotModel, SpotZone
from cloudcost.frozen import dataclass
from cloudcost.spot.history import SpotDraws, SpotHistory, runs_in_history
from cloudcost.spot.intervals import best_interval
from cloudcost.spot.model import Floats, ZoneArrays, zone_arrays

SPELLS = 2**19
"""Drawn for all zones together. [count]"""

_CHAINS = 64
"""Chains of regimes that are walked side by side and put end to end. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnHistory:
    """A history drawn from a zone, and the moments in it sorted by what they fall into.

    Parameters
    ----------
    history : SpotHistory
    chances : ndarray of shape (pieces + 1,)
        Cumulated chance to begin in each up-time or wait, pieces of one regime together. [1]
    begins, lengths : ndarray of shape (pieces,)
        Of the pieces. [s], [s]
    """

    history: SpotHistory
    chances: Floats
    begins: Floats
    lengths: Floats

    def moments(self, levels: Floats) -> Floats:
        """Return moments in the history for numbers in [0, 1). [s]"""
        piece = np.clip(np.searchsorted(self.chances, levels, side="right") - 1, 0, self.begins.size - 1)
        low, high = self.chances[piece], self.chances[piece + 1]
        return self.begins[piece] + self.lengths[piece] * np.minimum((levels - low) / (high - low), 1 - 1e-12)


def draw_history(rng: np.random.Generator, zone: SpotZone, spells: int = SPELLS) -> DrawnHistory:
    """Return a history of about `spells` spells in which each regime's means hold exactly. [count]

    Up-times are the exponential's quantiles at evenly spaced levels in random order, waits are drawn and scaled.
    """
    arrays = zone_arrays(zone)
    order = _draw_regimes(rng, arrays, spells)
    up, wait = np.empty(order.size), np.zeros(order.size)
    chance_up, chance_wait = np.zeros(order.size), np.zeros(order.size)
    for regime in range(arrays.share.size):
        places = np.flatnonzero(order == regime)
        if places.size == 0:
            continue
        quantiles = -np.log1p(-(np.arange(places.size) + 0.5) / places.size)
        up[places] = rng.permutation(quantiles) * (arrays.up[regime] / quantiles.mean())
        if arrays.wait[regime] > 0:
            drawn = rng.gamma(arrays.shape[regime], size=places.size)
            wait[places] = drawn * (arrays.wait[regime] / drawn.mean())
        chance_up[places] = up[places] * (arrays.running[regime] / up[places].sum())
        if arrays.waiting[regime] > 0:
            chance_wait[places] = wait[places] * (arrays.waiting[regime] / wait[places].sum())
    clock = np.cumsum(up + wait) - (up + wait)
    begins, lengths = np.concatenate([clock, clock + up]), np.concatenate([up, wait])
    kinds = np.concatenate([2 * order, 2 * order + 1]).astype(np.int16)
    sort = np.argsort(kinds, kind="stable")
    sort = sort[lengths[sort] > 0]
    chances = np.concatenate([[0.0], np.cumsum(np.concatenate([chance_up, chance_wait])[sort])])
    return DrawnHistory(
        history=SpotHistory(up_seconds=up, wait_seconds=wait),
        chances=chances / chances[-1],
        begins=begins[sort],
        lengths=lengths[sort],
    )


def _draw_regimes(rng: np.random.Generator, zone: ZoneArrays, spells: int) -> npt.NDArray[np.int64]:
    """Return the regimes of `spells` spells: chains walked side by side, then put end to end."""
    chains = min(_CHAINS, max(1, spells // 16))
    steps = -(-spells // chains)
    after = np.cumsum(zone.following, axis=1)
    after[:, -1] = 1.0
    regimes = np.empty((steps, chains), dtype=np.int64)
    levels = (np.arange(chains) + rng.random()) / chains
    regimes[0] = np.minimum(np.searchsorted(np.cumsum(zone.share), levels), zone.share.size - 1)
    for step in range(1, steps):
        regimes[step] = (rng.random(chains)[:, None] > after[regimes[step - 1]]).sum(axis=1)
    return regimes.T.ravel()


def draw_histories(rng: np.random.Generator, model: SpotModel, spells: int = SPELLS) -> tuple[DrawnHistory, ...]:
    """Return a history for each zone of a model, `spells` in all. [count]"""
    each = max(spells // len(model.zones), 1024)
    return tuple(draw_history(rng, zone, each) for zone in model.zones)


def sample_in_histories(
    histories: tuple[DrawnHistory, ...],
    moments: Floats,
    work_seconds: float | Floats,
    *,
    checkpoint_seconds: float,
    restart_seconds: float,
    interval_seconds: float,
) -> SpotDraws:
    """Return runs asked for at `moments`, numbers in [0, 1) that choose the zone and the time in it. [1]

    The same moments give comparable luck to every option; blocks of moments may be sampled one after the other.
    """
    scaled = np.asarray(moments, dtype=np.float64) * len(histories)
    work = np.broadcast_to(np.asarray(work_seconds, dtype=np.float64), scaled.shape)
    billed, wall, starts, running = (np.empty(scaled.shape) for _ in range(4))
    order = np.argsort(scaled)  # neighbours in time look up neighbours in memory
    bounds = np.searchsorted(scaled[order], np.arange(len(histories) + 1))
    for number, drawn in enumerate(histories):
        here = order[bounds[number] : bounds[number + 1]]
        draws = runs_in_history(
            drawn.history,
            drawn.moments(scaled[here] - number),
            work[here],
            checkpoint_seconds=checkpoint_seconds,
            restart_seconds=restart_seconds,
            interval_seconds=interval_seconds,
        )
        billed[here], wall[here], starts[here] = draws.billed_seconds, draws.wall_seconds, draws.starts
        running[here] = draws.running_seconds
    return SpotDraws(billed_seconds=billed, wall_seconds=wall, starts=starts, running_seconds=running)


def sample_spot_run(
    rng: np.random.Generator,
    work_seconds: Floats,
    checkpoint_seconds: float,
    restart_seconds: float,
    model: SpotModel,
    interval: float | None = None,
) -> SpotDraws:
    """Return one random run for each element of `work_seconds`.

    Parameters
    ----------
    rng : Generator
        Seeded by the caller: the same state gives the same runs.
    work_seconds : ndarray of shape (runs,)
        [s]
    checkpoint_seconds, restart_seconds, model, interval
        As for `expected_spot_run`; the best interval, if none is given, does not depend on the work.

    Examples
    --------
    >>> from cloudcost.spot.expected import expected_spot_run
    >>> from cloudcost.spot.model import exponential_model
    >>> model = exponential_model(7200.0, 1800.0)
    >>> runs = sample_spot_run(np.random.default_rng(1), np.full(20_000, 36_000.0), 60.0, 300.0, model)
    >>> expected = expected_spot_run(36_000.0, 60.0, 300.0, model)
    >>> bool(abs(runs.wall_seconds.mean() / expected.wall_seconds - 1) < 0.02)
    True
    """
    chosen = best_interval(model, checkpoint_seconds, restart_seconds) if interval is None else float(interval)
    histories = draw_histories(rng, model)
    return sample_in_histories(
        histories,
        rng.random(np.shape(work_seconds)),
        work_seconds,
        checkpoint_seconds=checkpoint_seconds,
        restart_seconds=restart_seconds,
        interval_seconds=chosen,
    )
