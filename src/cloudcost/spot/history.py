"""Many runs over one long history of spells, each found by search instead of walked: replay and sampling.

A history is a circle of spells, real (a trace) or drawn from a model. What a run does between two of its starts does
not depend on when it started, so prefix sums over the spells of checkpoints kept, seconds billed and seconds passed
answer all runs: a binary search finds the spell in which the last stretch begins, a table of maxima over 1, 2, 4 ...
spells finds the first one long enough to finish it. A run costs some twenty look-ups however often it is interrupted.
"""

from __future__ import annotations

import math
from dataclasses import field

import numpy as np
import numpy.typing as npt

from cloudcost.frozen import dataclass
from cloudcost.spot.expected import check_run, stretches
from cloudcost.spot.model import Floats, SpotBilling, spot_billing

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotHistory:
    """A circle of spells: after the last one comes the first again.

    Parameters
    ----------
    up_seconds, wait_seconds : ndarray of shape (spells,)
        Each up-time, and the wait after it. [s]
    billing : SpotBilling
        Of the service that has the capacity; EC2's without it.
    """

    up_seconds: Floats
    wait_seconds: Floats
    billing: SpotBilling = field(default_factory=spot_billing)

    @property
    def seconds(self) -> float:
        """Length of the whole circle. [s]"""
        return float(self.up_seconds.sum() + self.wait_seconds.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotDraws:
    """Runs, one per element; infinite where no spell is ever long enough to finish.

    Parameters
    ----------
    billed_seconds, wall_seconds : ndarray
        As in `SpotRun`. [s]
    starts : ndarray
        [count]
    running_seconds : ndarray
        Of the wall time, with an instance; the rest is waiting for capacity. [s]
    """

    billed_seconds: Floats
    wall_seconds: Floats
    starts: Floats
    running_seconds: Floats


def runs_in_history(
    history: SpotHistory,
    begin_seconds: Floats,
    work_seconds: float | Floats,
    *,
    checkpoint_seconds: float,
    restart_seconds: float,
    interval_seconds: float,
) -> SpotDraws:
    """Return what runs of `work_seconds` asked for at `begin_seconds` come to.

    Parameters
    ----------
    history : SpotHistory
    begin_seconds : ndarray of shape (runs,)
        Moments after the beginning of the first spell, within the circle. [s]
    work_seconds : float or ndarray of shape (runs,)
        [s]
    checkpoint_seconds, restart_seconds, interval_seconds : float
        As for `expected_spot_run`. [s]

    Raises
    ------
    ValueError
        When a time is negative or not a number.

    Examples
    --------
    A machine that lives for 3 h and then waits for 1 h, again and again. 4 h of work without checkpoints never fit;
    with one every half hour they take one restart. Asked for at the end of hour 2, the first hour keeps nothing that
    is paid: an instance that has lived for exactly one hour is billed.

    >>> history = SpotHistory(up_seconds=np.array([10800.0]), wait_seconds=np.array([3600.0]))
    >>> run = runs_in_history(history, np.array([7200.0]), 14400.0, checkpoint_seconds=0.0, restart_seconds=0.0,
    ...     interval_seconds=1800.0)
    >>> float(run.wall_seconds[0]), float(run.billed_seconds[0]), float(run.starts[0])
    (18000.0, 14400.0, 2.0)
    """
    check_run(checkpoint_seconds, restart_seconds, interval_seconds)
    begin, work = np.broadcast_arrays(np.asarray(begin_seconds, float), np.asarray(work_seconds, float))
    up, wait = history.up_seconds, history.wait_seconds
    period = interval_seconds + checkpoint_seconds
    kept = _kept(up, restart_seconds, period)
    free_seconds, minimum_seconds = history.billing
    paid = np.where(up >= free_seconds, up, 0.0)
    clock, checkpoints, billed, lived = (_prefix(values) for values in (up + wait, kept, paid, up))
    left = stretches(work, interval_seconds)
    last = work - (left - 1.0) * (interval_seconds if math.isfinite(interval_seconds) else 0.0)

    # The first instance: the rest of the up-time that the run begins in, or none if it begins in a wait.
    spell = np.minimum(np.searchsorted(clock, begin, side="right") - 1, up.size - 1)
    rest = up[spell] - (begin - clock[spell])
    alive = rest > 0
    first_kept = np.where(alive, np.minimum(_kept(rest, restart_seconds, period), left - 1.0), 0.0)
    first_need = restart_seconds + (left - 1.0) * period if math.isfinite(period) else restart_seconds
    alone = alive & (rest >= first_need + last)
    wall = clock[spell + 1] - begin
    cost = np.where(alive & (rest >= free_seconds), rest, 0.0)
    running = np.where(alive, rest, 0.0)

    # Then whole spells from `at` on: the one in which the last missing checkpoint is written ...
    at = spell + 1
    missing = np.where(alone, 0.0, left - 1.0 - first_kept)
    here, lap, possible = _spell_reaching(checkpoints, at, missing)
    lap_from = at // up.size
    base = checkpoints[at % up.size]
    to_go = missing - (checkpoints[here] + (lap - lap_from) * checkpoints[-1] - base)
    need = restart_seconds + np.where(to_go > 0, to_go * (period if math.isfinite(period) else 0.0), 0.0) + last
    # ... and, where it ends too soon after that, the next one that is long enough for the last stretch.
    short = ~alone & possible & (up[here] < need - 1e-9)
    need = np.where(short, restart_seconds + last, need)
    index = lap * up.size + here
    if np.any(short):
        index[short], found = _next_long_spell(up, index[short] + 1, need[short])
        possible = possible.copy()
        possible[short] = found
    end, lap = index % up.size, index // up.size
    laps = lap - lap_from
    wall = wall + clock[end] - clock[at % up.size] + laps * clock[-1] + need
    cost = cost + billed[end] - billed[at % up.size] + laps * billed[-1] + np.maximum(need, minimum_seconds)
    running = running + lived[end] - lived[at % up.size] + laps * lived[-1] + need
    starts = alive + (index - at) + 1.0
    whole = first_need + last
    never = ~(alone | possible)
    nothing = work <= 0
    return SpotDraws(
        billed_seconds=_pick(nothing, alone, never, np.maximum(whole, minimum_seconds), cost),
        wall_seconds=_pick(nothing, alone, never, whole, wall),
        starts=_pick(nothing, alone, never, np.ones_like(whole), starts),
        running_seconds=_pick(nothing, alone, never, whole, running),
    )


def _pick(nothing: npt.NDArray[np.bool_], alone: npt.NDArray[np.bool_], never: npt.NDArray[np.bool_],
          whole: Floats, several: Floats) -> Floats:  # fmt: skip
    return np.where(nothing, 0.0, np.where(alone, whole, np.where(never, np.inf, several)))


def _kept(up: Floats, restart: float, period: float) -> Floats:
    """Return the checkpoints that up-times leave room for. [count]"""
    return np.maximum(np.floor((up - restart) / period + 1e-9), 0.0)


def _prefix(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])


def _spell_reaching(prefix: Floats, at: Integers, missing: Floats) -> tuple[Integers, Integers, npt.NDArray[np.bool_]]:
    """Return (spell, lap, possible): the first spell from `at` on whose end has `missing` more than the beginning."""
    size, total = prefix.size - 1, float(prefix[-1])
    target = prefix[at % size] + missing
    if total > 0:
        laps = np.where(missing > 0, np.maximum(np.ceil(target / total) - 1.0, 0.0), 0.0)
        found = np.searchsorted(prefix, target - laps * total, side="left") - 1
        possible = np.ones(at.shape, dtype=bool)
    else:
        laps, found, possible = np.zeros_like(missing), at % size, missing <= 0
    none = missing <= 0
    here = np.where(none, at % size, np.clip(found, 0, size - 1))
    return here, np.where(none, 0, laps).astype(np.int64) + at // size, possible


_WALKED = 16
"""Spells that are looked at one by one before the table of maxima is made. [count]"""
_LEVELS = 10
"""Of the table of maxima; a block of the last one is 2^9 spells. More would cost memory, fewer time. [count]"""


def _next_long_spell(up: Floats, at: Integers, need: Floats) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return the first spell from `at` on, counted over laps, that lasts `need`; and whether there is one."""
    size = up.size
    found = up.max() >= need - 1e-9
    twice = np.concatenate([up, up])
    spell = at % size
    active = np.flatnonzero(found)
    for _ in range(_WALKED):  # most are long enough, or one soon after is
        active = active[twice[spell[active]] < need[active] - 1e-9]
        if not active.size:
            break
        spell[active] += 1
    if active.size:
        spell[active] = _next_in_table(twice, spell[active], need[active])
    return np.where(found, at // size * size + spell, at), found


def _next_in_table(twice: Floats, spell: Integers, need: Floats) -> Integers:
    """Return the first spell from `spell` on that lasts `need`, which there is, by a table of maxima."""
    long = np.flatnonzero(twice >= need.min() - 1e-9)  # the others last for none of them
    place = np.searchsorted(long, spell)
    levels = [twice[long]]
    while len(levels) < _LEVELS and 2 ** len(levels) <= long.size:
        half = 2 ** (len(levels) - 1)
        below = levels[-1]
        levels.append(np.maximum(below[:-half], below[half:]))
    # The largest blocks as often as they can be skipped, then each smaller size once at most.
    largest, step = levels[-1], 2 ** (len(levels) - 1)
    active = np.arange(place.size)
    while active.size:
        active = active[largest[np.minimum(place[active], largest.size - 1)] < need[active] - 1e-9]
        place[active] += step
    for level in range(len(levels) - 2, -1, -1):
        maxima = levels[level]
        skip = maxima[np.minimum(place, maxima.size - 1)] < need - 1e-9
        place = place + np.where(skip, 2**level, 0)
    return long[place]
