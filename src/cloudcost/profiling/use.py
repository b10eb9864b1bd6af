"""What a profile says about steps that were not timed: another batch, an unseen network, images per second. No torch.

A project's local option asks `profile_faults` whether a profile is about the training at all, then `step_seconds`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING

from cloudcost.errors import TimingError

if TYPE_CHECKING:
    from cloudcost.domain.profile import Profile, StepRecord

REPEAT_SD = 0.02
"""Standard deviation of the log of a measured step that a single run cannot see: the next day, another process. [1]"""
REACH_SD = 0.05
"""The same for each doubling of the batch beyond the measured ones, from benchmarks/profiles. [1]"""
ONE_BATCH_SD = 0.20
"""The same for each doubling when one batch alone was measured: time is then taken to be proportional. [1]"""


def batch_line(steps: Sequence[StepRecord]) -> tuple[float, float]:
    """Return a and b of `a + b batch` through measured steps, least squares on relative errors. [s], [s/image]

    Parameters
    ----------
    steps : sequence of StepRecord
        Two batch sizes or more.

    Notes
    -----
    a is at least 0: where the line through the points would start below, it runs through the origin.

    Raises
    ------
    ValueError
        For fewer than two batch sizes.
    """
    if len({step.batch for step in steps}) < 2:
        raise ValueError("a line needs two batch sizes")
    weights = [1 / step.seconds**2 for step in steps]
    total = sum(weights)
    mean_x = sum(w * step.batch for w, step in zip(weights, steps, strict=True)) / total
    mean_y = sum(w * step.seconds for w, step in zip(weights, steps, strict=True)) / total
    spread = sum(w * (step.batch - mean_x) ** 2 for w, step in zip(weights, steps, strict=True))
    moment = sum(w * (step.batch - mean_x) * (step.seconds - mean_y) for w, step in zip(weights, steps, strict=True))
    slope = moment / spread
    start = mean_y - slope * mean_x
    if start < 0 or slope <= 0:
        squares = sum(w * step.batch**2 for w, step in zip(weights, steps, strict=True))
        slope = sum(w * step.batch * step.seconds for w, step in zip(weights, steps, strict=True)) / squares
        start = 0.0
    return start, slope


def step_seconds(profile: Profile, batch: int) -> tuple[float, float]:
    """Return the time of a step at a batch size, and the standard deviation of its log. [s], [1]

    A batch that was timed has its own time; another follows from the line through those that were.

    Parameters
    ----------
    profile : Profile
    batch : int
        [images]

    Raises
    ------
    TimingError
        For a profile without steps (made with ``--ops-only``).
    ValueError
        For a batch below 1.
    """
    if batch < 1:
        raise ValueError(f"a batch is at least 1, not {batch}")
    if not profile.steps:
        raise TimingError(f"profile of {profile.network.name}: no step was timed, make one without --ops-only")
    for step in profile.steps:
        if step.batch == batch:
            return step.seconds, _own_sd(step)
    least, most = profile.steps[0], profile.steps[-1]
    near = most if batch > most.batch else least
    doublings = _doublings(batch, least.batch, most.batch)
    if least.batch == most.batch:
        return least.seconds * batch / least.batch, sqrt(_own_sd(least) ** 2 + (ONE_BATCH_SD * doublings) ** 2)
    start, slope = batch_line(profile.steps)
    return start + slope * batch, sqrt(_own_sd(near) ** 2 + (REACH_SD * max(doublings, 0.5)) ** 2)


def _doublings(batch: int, least: int, most: int) -> float:
    from math import log2

    return max(log2(batch / most), log2(least / batch), 0.0)


def _own_sd(step: StepRecord) -> float:
    return sqrt(REPEAT_SD**2 + (step.spread / 2) ** 2 + step.half_width**2)


def profile_faults(
    profile: Profile, *, image_px: int, precision: str, optimizer: str, channels_last: bool
) -> tuple[str, ...]:
    """Return in what a profile differs from a training, one sentence each; nothing where it fits.

    Parameters
    ----------
    profile : Profile
    image_px : int
        [pixels]
    precision, optimizer, channels_last
        Of the training.
    """
    environment = profile.environment
    found = []
    if profile.network.input[1:] != (image_px, image_px):
        size = "x".join(map(str, profile.network.input[1:]))
        found.append(f"its images are {size} px, those of the training {image_px} px")
    for key, theirs, ours in (
        ("precision", environment.precision, precision),
        ("optimizer", profile.optimizer, optimizer),
        ("channels_last", environment.channels_last, channels_last),
    ):
        if theirs != ours:
            found.append(f"its {key} is {theirs}, that of the training {ours}")
    if profile.mode != "step":
        found.append("it holds operations alone, no step was timed")
    return tuple(found)
