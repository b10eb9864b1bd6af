"""What a profile says about steps that were not timed: another batch, an unseen network, images per second. No torch.

A project's local option asks `profile_faults` whether a profile is about the training at all, then `step_seconds`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log, log2, sqrt
from typing import TYPE_CHECKING

from cloudcost.errors import TimingError
from cloudcost.networks.kinds.table import kind_of
from cloudcost.networks.shapes import text
from cloudcost.timing.calls.framework import FEW_IMAGES

if TYPE_CHECKING:
    from cloudcost.domain.network import Network
    from cloudcost.domain.profile import Profile, StepRecord

REPEAT_SD = 0.02
"""Standard deviation of the log of a measured step that a single run cannot see: the next day, another process. [1]"""
DISTURBED_SD = 0.5
"""The same where every step was disturbed, so that nothing tells by how much: other programs on the machine lengthened
steps by 1.2 to 1.7, 0.5 in the log (docs/decisions/0006-calm-steps.md). [1]"""
REACH_SD = 0.05
"""The same for each doubling of the batch beyond the measured ones, from benchmarks/profiles. [1]"""
FALL = 0.1
"""An operation that takes so much less at the larger batch runs other code there; less than that is noise. [1]"""
SWITCH_SD = 0.09
"""The same where 1x1 convolutions run other code at the batch than at the measured ones (`calls.FEW_IMAGES`): batch 16
from 4 and 8 at 128 px, benchmarks/profiles. [1]"""
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

    A batch that was timed has its own time; another follows from the two nearest that were, operation by operation
    where they correspond, as `a + b batch`.

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
            return step.seconds, _own_sd(step, profile.steps)
    least, most = profile.steps[0], profile.steps[-1]
    near = most if batch > most.batch else least
    doublings = _doublings(batch, least.batch, most.batch)
    if least.batch == most.batch:
        return least.seconds * batch / least.batch, sqrt(
            _own_sd(least, profile.steps) ** 2 + (ONE_BATCH_SD * doublings) ** 2
        )
    low, high = _nearest_two(profile.steps, batch)
    seconds = _by_operation(profile, low, high, batch)
    if seconds is None:
        start, slope = batch_line((low, high))
        seconds = start + slope * batch
    reach = REACH_SD * max(doublings, 0.5)
    switch = SWITCH_SD if few_images_tell_nothing(profile) and most.batch < FEW_IMAGES <= batch else 0.0
    return seconds, sqrt(_own_sd(near, profile.steps) ** 2 + reach**2 + switch**2)


def few_images_tell_nothing(profile: Profile) -> bool:
    """Return whether batches below `FEW_IMAGES` run other code than larger ones: 1x1 convolutions on one thread."""
    one_thread = profile.environment.device == "cpu" and profile.environment.threads == 1
    return one_thread and any(op.kind.startswith("conv_1x1_few") for op in profile.ops)


def _nearest_two(steps: Sequence[StepRecord], batch: int) -> tuple[StepRecord, StepRecord]:
    """Return the two batch sizes to draw the line through: those nearest by ratio, in order."""
    first, second = sorted(steps, key=lambda step: abs(log(step.batch / batch)))[:2]
    return (first, second) if first.batch < second.batch else (second, first)


def _by_operation(profile: Profile, low: StepRecord, high: StepRecord, batch: int) -> float | None:
    """Return the sum of each operation's own line, scaled to the step; None where operations do not correspond. [s]

    Libraries choose another algorithm at some sizes: an operation may then take less at the larger batch. A line
    through both points would make nonsense of it, and of the whole step; such an operation is taken to be in
    proportion to the larger batch.
    """
    smaller, larger = ([op for op in profile.ops if op.batch == step.batch] for step in (low, high))
    if not smaller or [(op.phase, op.op, op.count) for op in smaller] != [(op.phase, op.op, op.count) for op in larger]:
        return None
    total = sum(
        one.count * _line_of_operation((low.batch, one.seconds), (high.batch, other.seconds), batch, one.phase)
        for one, other in zip(smaller, larger, strict=True)
    )
    return None if high.operations_seconds is None else total * high.seconds / high.operations_seconds


def _line_of_operation(one: tuple[int, float], other: tuple[int, float], batch: int, phase: str) -> float:
    (small, at_small), (large, at_large) = one, other
    if phase == "optimizer":  # the same parameters at any batch
        return (at_small + at_large) / 2
    slope = (at_large - at_small) / (large - small)
    start = at_small - slope * small
    if slope < 0 and at_large > (1 - FALL) * at_small:
        return at_large
    if slope < 0 or start < 0:
        near, at_near = other if batch > small else one
        return at_near * batch / near
    return start + slope * batch


def _doublings(batch: int, least: int, most: int) -> float:
    return max(log2(batch / most), log2(least / batch), 0.0)


def _own_sd(step: StepRecord, steps: Sequence[StepRecord]) -> float:
    """Return the standard deviation of the log of a timed step: between runs, within one, and what disturbs it. [1]"""
    disturbance = log(max(step.quantiles[2] / step.seconds, 1.0))
    if step.disturbed_share >= 1:  # no step was calm, so the two medians are one
        disturbance = max(
            disturbance, DISTURBED_SD, *(log(max(each.quantiles[2] / each.seconds, 1.0)) for each in steps)
        )
    return sqrt(REPEAT_SD**2 + (step.spread / 2) ** 2 + step.half_width**2 + disturbance**2)


def same_layers(one: Network, other: Network) -> bool:
    """Return whether two networks have the same convolutions, the head apart: it differs with the number of classes.

    Parameters
    ----------
    one, other : Network

    Examples
    --------
    >>> from cloudcost.networks.registry import named_network
    >>> ten, thousand = (named_network("resnet18", image_px=64, classes=number) for number in (10, 1000))
    >>> same_layers(ten, thousand), same_layers(ten, named_network("resnet34", image_px=64))
    (True, False)
    """

    def convolutions(network: Network) -> Counter[tuple[tuple[int, ...], int]]:
        trained = [op for op in network.ops if op.parameters]
        return Counter((op.kernel, op.parameters) for op in trained[:-1] if kind_of(op).group == "convolution")

    return convolutions(one) == convolutions(other)


def same_training(one: Network, other: Network) -> bool:
    """Return whether two networks of the same layers train the same ones, and check the same ones.

    Parameters
    ----------
    one, other : Network
    """

    def trained(network: Network) -> Counter[tuple[object, ...]]:
        return Counter(
            (op.kernel, op.parameters, op.trained and not op.no_grad, bool(op.checkpoint))
            for op in network.ops
            if kind_of(op).group == "convolution"
        )

    return trained(one) == trained(other)


def profile_faults(
    profile: Profile,
    *,
    image_px: int,
    precision: str,
    optimizer: str,
    channels_last: bool,
    cudnn_benchmark: bool = False,
    inputs: tuple[tuple[int, ...], ...] = (),
) -> tuple[str, ...]:
    """Return in what a profile differs from a training, one sentence each; nothing where it fits.

    Parameters
    ----------
    profile : Profile
    image_px : int
        [pixels]
    precision, optimizer, channels_last, cudnn_benchmark
        Of the training.
    inputs : tuple of shapes
        Of each of its inputs, where they are stated.
    """
    environment = profile.environment
    found = []
    network = profile.network
    if inputs and (network.input, *network.more_inputs) != inputs:
        stated = " and ".join(map(text, inputs))
        found.append(f"its inputs are {text(network.input)} px, those of the training {stated} px")
    elif not inputs and network.input[1:] != (image_px, image_px):
        size = text(network.input[1:])
        found.append(f"its images are {size} px, those of the training {image_px} px")
    for key, theirs, ours in (
        ("precision", environment.precision, precision),
        ("optimizer", profile.optimizer, optimizer),
        ("channels_last", environment.channels_last, channels_last),
    ):
        if theirs != ours and not (ours == "default" and (theirs == "tf32" or environment.device == "cpu")):
            found.append(f"its {key} is {theirs}, that of the training {ours}")
    search = environment.cudnn_benchmark
    if search is not None and search != cudnn_benchmark:
        found.append(f"its cudnn_benchmark is {_on(search)}, that of the training {_on(cudnn_benchmark)}")
    if profile.mode != "step":
        found.append("it holds operations alone, no step was timed")
    return tuple(found)


def _on(setting: bool) -> str:
    return "on" if setting else "off"
