"""Fit a zone's regimes to the spells of a trace: a hidden Markov chain whose spells are exponential, by EM.

Up-times of spot instances are far from one exponential (their standard deviation is about twice their mean), and
short ones come in rows: capacity is calm for days and scarce for days. A few regimes, each with a mean up-time and a
mean wait, that follow each other as a chain hold both, keep the up-time memoryless within a regime, and so keep the
recursion of `expected` exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cloudcost.domain.spot import SpotModel, SpotRegime, SpotZone
from cloudcost.spot.history import SpotHistory
from cloudcost.spot.model import Floats
from cloudcost.spot.replay import trace_history

REGIMES = 5
"""So many at most; fewer for few spells. [count]"""

_SPELLS_PER_REGIME = 8
_ROUNDS = 120
_STARTS = 4
_LARGEST_SHAPE = 50.0


@dataclass(slots=True)
class _Chain:
    """Parameters under way: means by regime, chances from regime to regime."""

    up: Floats
    wait: Floats
    following: Floats


def fit_trace(
    ticks: npt.ArrayLike, gap_seconds: float, *, name: str = "trace", accelerator: str = "any", source: str = ""
) -> SpotModel:
    """Return the model of one trace of 0 and 1 (or of the counts of several nodes: a lane per node).

    Parameters
    ----------
    ticks : array-like of int
        Nodes available at each tick; lane k is up while at least k are.
    gap_seconds : float
        Between two ticks. [s]
    name, accelerator, source : str
        For the model.

    Raises
    ------
    ValueError
        When capacity never changed.

    Notes
    -----
    The trace is taken as a circle, as `replay` takes it, so that no spell is cut and none counts half: mean up-time
    and mean wait of the model are those of the trace. Of the waits the mean square is kept too (by the gamma's shape
    in each regime), since it says how long one waits from a random moment on.

    Examples
    --------
    >>> model = fit_trace([1, 1, 0, 1, 1, 1, 1, 0, 0, 0], 600.0)
    >>> model.zones[0].regimes
    (SpotRegime(up_seconds=1800.0, wait_seconds=1200.0, wait_shape=4.0, share=1.0, following=(1.0,)),)
    """
    lanes = [trace_history(lane, gap_seconds)[0] for lane in node_lanes(ticks)]
    zone = SpotZone(name=name, regimes=fit_spells(lanes))
    return SpotModel(accelerator=accelerator, zones=(zone,), basis="given", source=source)


def node_lanes(ticks: npt.ArrayLike) -> list[npt.NDArray[np.bool_]]:
    """Return a trace of 0 and 1 per node: lane k is up while at least k nodes are; unchanging lanes are left out.

    Node-time and the number of interruptions are those of the whole, whichever node was really interrupted.

    Examples
    --------
    >>> [lane.astype(int).tolist() for lane in node_lanes([0, 2, 1])]
    [[0, 1, 1], [0, 1, 0]]
    """
    counts = np.asarray(ticks)
    lanes = [counts >= node for node in range(1, int(counts.max(initial=1)) + 1)]
    changing = [lane for lane in lanes if lane.any() and not lane.all()]
    if not changing:
        raise ValueError(f"trace of {counts.size} ticks without a change, give one in which capacity comes and goes")
    return changing


def fit_spells(lanes: Sequence[SpotHistory], regimes: int | None = None) -> tuple[SpotRegime, ...]:
    """Return regimes fitted to the spells of one or more circles, the shortest up-time first.

    Parameters
    ----------
    lanes : sequence of SpotHistory
    regimes : int or None
        None: as many as there are 8 spells for, `REGIMES` at most. [count]
    """
    spells = sum(lane.up_seconds.size for lane in lanes)
    number = regimes or int(np.clip(spells // _SPELLS_PER_REGIME, 1, REGIMES))
    rng = np.random.default_rng(20261122)
    best, best_score, best_weights = None, -np.inf, [np.ones((lane.up_seconds.size, 1)) for lane in lanes]
    for attempt in range(_STARTS if number > 1 else 1):
        chain, score, weights = _expectation_maximisation(lanes, _first_guess(lanes, number, attempt, rng))
        if score > best_score:
            best, best_score, best_weights = chain, score, weights
    assert best is not None
    return _regimes(lanes, best_weights, best)


def _first_guess(lanes: Sequence[SpotHistory], number: int, attempt: int, rng: np.random.Generator) -> _Chain:
    """Return means spread over the quantiles of the spells; later attempts at random."""
    up = np.concatenate([lane.up_seconds for lane in lanes])
    wait = np.concatenate([lane.wait_seconds for lane in lanes])
    levels = (np.arange(number) + 0.5) / number
    following = np.full((number, number), 0.5 / number) + 0.5 * np.eye(number)
    if attempt == 0:
        return _Chain(np.quantile(up, levels) + 1, np.quantile(wait, levels)[::-1] + 1, following)
    ups = np.quantile(up, rng.permutation(levels))
    waits = np.quantile(wait, rng.permutation(levels))
    noise = rng.lognormal(0.0, 0.3, (2, number))
    return _Chain(ups * noise[0] + 1, waits * noise[1] + 1, following)


def _expectation_maximisation(lanes: Sequence[SpotHistory], chain: _Chain) -> tuple[_Chain, float, list[Floats]]:
    """Return (chain, log-likelihood, weights of the regimes by lane and spell) after the last round."""
    number, score = chain.up.size, -np.inf
    weights: list[Floats] = []
    for _ in range(_ROUNDS):
        before, score, weights = score, 0.0, []
        moves = np.zeros((number, number))
        for lane in lanes:
            lane_score, lane_weights, lane_moves = _forward_backward(lane, chain)
            score += lane_score
            weights.append(lane_weights)
            moves += lane_moves
        total = sum(lane_weights.sum(axis=0) for lane_weights in weights) + 1e-12
        chain = _Chain(
            sum(w.T @ lane.up_seconds for w, lane in zip(weights, lanes, strict=True)) / total + 1e-3,
            sum(w.T @ lane.wait_seconds for w, lane in zip(weights, lanes, strict=True)) / total + 1e-3,
            (moves + 1e-9) / (moves + 1e-9).sum(axis=1, keepdims=True),
        )
        if score - before < 1e-4 * abs(score) / 1000:
            break
    return chain, score, weights


def _forward_backward(lane: SpotHistory, chain: _Chain) -> tuple[float, Floats, Floats]:
    """Return (log-likelihood, weights by spell and regime, expected moves) on one circle."""
    size, number = lane.up_seconds.size, chain.up.size
    logs = (
        -np.log(chain.up)
        - lane.up_seconds[:, None] / chain.up
        - np.log(chain.wait)
        - lane.wait_seconds[:, None] / chain.wait
    )
    top = logs.max(axis=1)
    density = np.exp(logs - top[:, None]) + 1e-300
    forward, backward = np.empty((size, number)), np.ones((size, number))
    scales = np.empty(size)
    state = np.full(number, 1.0 / number)
    for spell in range(size):
        state = density[spell] * (state @ chain.following if spell else state)
        scales[spell] = state.sum()
        state = state / scales[spell]
        forward[spell] = state
    for spell in range(size - 2, -1, -1):
        backward[spell] = chain.following @ (density[spell + 1] * backward[spell + 1]) / scales[spell + 1]
    weights = forward * backward
    weights /= weights.sum(axis=1, keepdims=True)
    steps = forward[:-1, :, None] * chain.following * ((density * backward)[1:] / scales[1:, None])[:, None, :]
    steps /= steps.sum(axis=(1, 2), keepdims=True)
    closing = np.outer(weights[-1], weights[0])  # the circle closes: regimes are left as often as they are entered
    return float(np.log(scales).sum() + top.sum()), weights, steps.sum(axis=0) + closing


def _regimes(lanes: Sequence[SpotHistory], weights: list[Floats], chain: _Chain) -> tuple[SpotRegime, ...]:
    """Return the regimes of a fitted chain, their means as weighted."""
    gamma = np.concatenate(weights)
    up = np.concatenate([lane.up_seconds for lane in lanes])
    wait = np.concatenate([lane.wait_seconds for lane in lanes])
    total = gamma.sum(axis=0)
    mean_up, mean_wait = gamma.T @ up / total, gamma.T @ wait / total
    variance = np.maximum(gamma.T @ wait**2 / total - mean_wait**2, mean_wait**2 / _LARGEST_SHAPE)
    following = _balanced(chain.following, total / total.sum())
    order = np.argsort(mean_up)
    return tuple(
        SpotRegime(
            up_seconds=float(mean_up[i]),
            wait_seconds=float(mean_wait[i]),
            wait_shape=float(mean_wait[i] ** 2 / variance[i]) if mean_wait[i] > 0 else 1.0,
            share=float(total[i] / total.sum()),
            following=tuple(float(following[i, j]) for j in order),
        )
        for i in order
    )


def _balanced(following: Floats, share: Floats) -> Floats:
    """Return a chain near `following` whose long-run shares are `share` (iterative proportional fitting)."""
    flows = share[:, None] * following
    for _ in range(500):
        flows *= (share / flows.sum(axis=0))[None, :]
        flows *= (share / flows.sum(axis=1))[:, None]
    return np.asarray(flows / flows.sum(axis=1, keepdims=True))
