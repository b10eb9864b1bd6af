"""A run on spot capacity, event by event: the slow oracle that the formula and the sampler are held against.

It shares no code with them, on purpose. The rules are those of `expected`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cloudcost.domain.spot import SpotModel
from cloudcost.frozen import dataclass

Spell = tuple[float, float]
"""An up-time and the wait after it. [s], [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedRun:
    """One run: seconds billed, seconds on the wall clock, instances started, seconds of work lost."""

    billed_seconds: float
    wall_seconds: float
    starts: int
    lost_seconds: float


def simulate_run(
    spells: Iterator[Spell],
    first_wait_seconds: float,
    work_seconds: float,
    *,
    checkpoint_seconds: float,
    restart_seconds: float,
    interval_seconds: float,
    most_starts: int = 1_000_000,
) -> SimulatedRun | None:
    """Return what one run came to, walking from event to event; None if it needs more than `most_starts`.

    Parameters
    ----------
    spells : iterator of Spell
        What the provider does, from the first start on.
    first_wait_seconds : float
        From asking to the first start. [s]
    work_seconds, checkpoint_seconds, restart_seconds, interval_seconds : float
        As for `expected_spot_run`. [s]
    most_starts : int
        [count]

    Examples
    --------
    Two hours of work, a checkpoint of a minute each half hour; the first instance dies after 45 minutes, which costs
    nothing, with 14 minutes of work lost since the checkpoint at minute 31; the second does the other 90 minutes.

    >>> simulate_run(
    ...     iter([(2700.0, 600.0), (1e9, 0.0)]), 0.0, 7200.0,
    ...     checkpoint_seconds=60.0, restart_seconds=0.0, interval_seconds=1800.0,
    ... )
    SimulatedRun(billed_seconds=5520.0, wall_seconds=8820.0, starts=2, lost_seconds=840.0)
    """
    saved = billed = lost = 0.0
    wall = first_wait_seconds
    for starts, (up, wait) in enumerate(spells, start=1):
        age, unsaved = restart_seconds, 0.0
        while age < up:
            stretch = min(interval_seconds, work_seconds - saved)
            final = saved + stretch >= work_seconds - 1e-6
            until = age + stretch + (0.0 if final else checkpoint_seconds)
            if until > up:
                unsaved = up - age
                break
            age, saved = until, saved + stretch
            if final:
                return SimulatedRun(
                    billed_seconds=billed + max(60.0, age), wall_seconds=wall + age, starts=starts, lost_seconds=lost
                )
        wall += up + wait
        billed += up if up >= 3600.0 else 0.0
        lost += unsaved
        if starts >= most_starts:
            break
    return None


def random_spells(rng: np.random.Generator, model: SpotModel) -> tuple[float, Iterator[Spell]]:
    """Return the wait before the first start and the spells from then on, seen from a random moment."""
    zone = model.zones[int(rng.integers(len(model.zones)))]
    regimes = zone.regimes
    moments = np.array([[each.share * each.up_seconds, each.share * each.wait_seconds] for each in regimes])
    if zone.available is not None:
        moments *= np.array([zone.available, 1.0 - zone.available]) / moments.sum(axis=0)
    place = int(rng.choice(moments.size, p=moments.ravel() / moments.sum()))
    regime, first = place // 2, 0.0
    if place % 2:  # within a wait: what is left of one that is met at random
        shape, mean = regimes[regime].wait_shape, regimes[regime].wait_seconds
        first = float(rng.random() * rng.gamma(shape + 1.0, mean / shape))
        regime = _follow(rng, regimes[regime].following)

    def spells(regime: int) -> Iterator[Spell]:
        while True:
            here = regimes[regime]
            yield (
                float(rng.exponential(here.up_seconds)),
                float(rng.gamma(here.wait_shape, here.wait_seconds / here.wait_shape)),
            )
            regime = _follow(rng, here.following)

    return first, spells(regime)


def _follow(rng: np.random.Generator, chances: tuple[float, ...]) -> int:
    """Return the next regime."""
    draw, total = float(rng.random()), 0.0
    for regime, chance in enumerate(chances):
        total += chance
        if draw < total:
            return regime
    return len(chances) - 1


def simulate_spot_runs(
    rng: np.random.Generator,
    count: int,
    work_seconds: float,
    checkpoint_seconds: float,
    restart_seconds: float,
    model: SpotModel,
    interval_seconds: float,
) -> list[SimulatedRun | None]:
    """Return `count` runs, each asked for at a random moment of its own. [count]"""
    outcomes = []
    for _ in range(count):
        first, spells = random_spells(rng, model)
        outcomes.append(
            simulate_run(
                spells,
                first,
                work_seconds,
                checkpoint_seconds=checkpoint_seconds,
                restart_seconds=restart_seconds,
                interval_seconds=interval_seconds,
            )
        )
    return outcomes
