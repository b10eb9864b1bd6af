"""Runs replayed over a real trace: when capacity was there, tick by tick, and what a run would have come to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cloudcost.spot.history import SpotDraws, SpotHistory, runs_in_history
from cloudcost.spot.model import Floats


def trace_history(ticks: npt.ArrayLike, gap_seconds: float) -> tuple[SpotHistory, float]:
    """Return a trace as a circle of spells, and how long after the trace's beginning its first spell starts. [s]

    Parameters
    ----------
    ticks : array-like of 0 and 1
        Whether capacity was there at each tick.
    gap_seconds : float
        Between two ticks. [s]

    Raises
    ------
    ValueError
        When capacity was never there, or always: there is nothing to replay or to fit.

    Examples
    --------
    >>> history, shift = trace_history([1, 0, 0, 1, 1, 1], 600.0)
    >>> history.up_seconds.tolist(), history.wait_seconds.tolist(), shift
    ([2400.0], [1200.0], 1800.0)
    """
    state = np.asarray(ticks) > 0
    if state.ndim != 1 or state.all() or not state.any():
        raise ValueError(f"trace of {state.size} ticks without a change, give one in which capacity comes and goes")
    rises = np.flatnonzero(state & ~np.roll(state, 1))
    falls = np.flatnonzero(~state & np.roll(state, 1))
    falls = np.roll(falls, -1) if falls[0] < rises[0] else falls
    up = ((falls - rises) % state.size).astype(np.float64)
    wait = ((np.roll(rises, -1) - falls) % state.size).astype(np.float64)
    return (
        SpotHistory(up_seconds=up * gap_seconds, wait_seconds=wait * gap_seconds),
        float(rises[0] * gap_seconds),
    )


def replay(
    ticks: npt.ArrayLike,
    gap_seconds: float,
    work_seconds: float,
    *,
    checkpoint_seconds: float,
    restart_seconds: float,
    interval_seconds: float,
    begin_ticks: npt.NDArray[np.int64] | None = None,
) -> SpotDraws:
    """Return runs begun at `begin_ticks` of a trace, or at every tick, that run whenever capacity is there.

    Parameters
    ----------
    ticks : array-like of 0 and 1
        Whether capacity was there at each tick; it is taken to hold until the next one.
    gap_seconds : float
        Between two ticks. [s]
    work_seconds, checkpoint_seconds, restart_seconds, interval_seconds : float
        As for `expected_spot_run`. [s]
    begin_ticks : ndarray of int, optional

    Notes
    -----
    A run that reaches the end of the trace goes on at its beginning: leaving it out instead would leave out the
    unlucky ones.

    Examples
    --------
    20 minutes of work on a trace of 10-minute ticks, begun at each tick. The first run keeps its first half, waits for
    two ticks and does the rest.

    >>> runs = replay([1, 0, 0, 1, 1, 1], 600.0, 1200.0, checkpoint_seconds=0.0, restart_seconds=0.0,
    ...     interval_seconds=600.0)
    >>> (runs.wall_seconds / 600).tolist()
    [4.0, 4.0, 3.0, 2.0, 2.0, 2.0]
    """
    history, shift = trace_history(ticks, gap_seconds)
    size = np.size(np.asarray(ticks))
    begin = np.arange(size) if begin_ticks is None else np.asarray(begin_ticks)
    moments: Floats = (begin.astype(np.float64) * gap_seconds - shift) % (size * gap_seconds)
    return runs_in_history(
        history,
        moments,
        work_seconds,
        checkpoint_seconds=checkpoint_seconds,
        restart_seconds=restart_seconds,
        interval_seconds=interval_seconds,
    )
