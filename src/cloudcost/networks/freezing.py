"""Transfer learning: a network whose first stages, or whose whole backbone, are not trained.

The backbone ends where the head begins: behind the last convolutions of a classifier (its pool, its flattening and what
follows, at least the last trained operation), and at the first enlargement of a network that enlarges its maps again
(the decoder of a segmentation network). Auxiliary heads belong to no backbone. A stage is what runs at one size of map:
the first convolution of a ResNet is its first one, `layer1` its second; residual blocks are of the stage that they
write. Freezing is PyTorch's: weights have no gradient, batch normalisations still compute the statistics of the batch.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from cloudcost.errors import NetworkError
from cloudcost.networks.checks import trained_parameters
from cloudcost.networks.kinds.table import kind_of

if TYPE_CHECKING:
    from cloudcost.domain.network import Network, Op

BACKBONE = "backbone"
HALVED = 0.5
"""Pixels of a new stage over those of the one before, at most: strides leave a quarter, bare padding more. [1]"""


def frozen(network: Network, freeze: str | int) -> Network:
    """Return the network with its backbone, or so many of its stages, frozen.

    Parameters
    ----------
    network : Network
    freeze : {"backbone"} or int
        Or the number of stages, from the images on. [count]

    Raises
    ------
    NetworkError
        When it has fewer stages, or nothing would be left to train.

    Examples
    --------
    >>> from cloudcost.networks.registry import named_network
    >>> whole = named_network("resnet18")
    >>> frozen(whole, "backbone").parameters, frozen(whole, 1).parameters  # 512 x 1000 + 1000; without conv1, bn1
    (513000, 11679976)
    """
    stages = stage_numbers(network)
    most = max(stages.values(), default=0)
    last = most if freeze == BACKBONE else freeze
    if not isinstance(last, int) or isinstance(last, bool) or not 1 <= last <= most:
        known = f"1 to {most} stages" if most > 1 else "1 stage" if most else "no stage before its head"
        raise NetworkError(f'{network.name}:freeze: "backbone" or a number of stages, it has {known}, not {freeze!r}')
    names = {op.name for op in network.ops if op.parameters and stages.get(op.name, last + 1) <= last}
    ops = tuple(replace(op, trained=False) if op.name in names else op for op in network.ops)
    shared = sum(map(trained_parameters, network.ops)) - network.parameters
    trained = [trained_parameters(op) for op in ops]
    if not any(trained):
        raise NetworkError(f"{network.name}:freeze: nothing would be left to train, {freeze!r}, freeze fewer stages")
    left = max(sum(trained) - shared, *trained)
    note = f"{network.name}: {left:,} of {network.parameters:,} parameters are trained"
    return replace(network, ops=ops, parameters=left, notes=(*network.notes, note))


def stage_numbers(network: Network) -> dict[str, int]:
    """Return the stage of each operation of the backbone, from 1; those of the head are not in it.

    Examples
    --------
    >>> from cloudcost.networks.registry import named_network
    >>> numbers = stage_numbers(named_network("vgg16"))
    >>> max(numbers.values()), "classifier.linear_1" in numbers
    (5, False)
    """
    ops = _backbone(network)
    numbers: dict[str, int] = {}
    pixels = 0
    stage = 0
    for op in ops:
        area = prod(op.output[1:])
        if kind_of(op).window != "none" and not _gates(op) and (not stage or area <= HALVED * pixels):
            stage, pixels = stage + 1, area
        numbers[op.name] = max(stage, 1)
    joined = {_block(op.name) for op in ops if op.kind == "add"} - {""}
    latest: dict[str, int] = {}
    for name, number in numbers.items():
        latest[_block(name)] = max(number, latest.get(_block(name), 0))
    return {name: latest[_block(name)] if _block(name) in joined else number for name, number in numbers.items()}


def _gates(op: Op) -> bool:
    """Return whether an operation works on the means of channels, beside the maps (squeeze and excitation)."""
    return len(op.inputs[0]) != 3 or prod(op.inputs[0][1:]) == 1


def _block(name: str) -> str:
    """Return the numbered module that an operation lies in (``layer2.0`` of ``layer2.0.conv1``), empty if none."""
    parents = name.split(".")[:-1]
    while parents and not parents[-1].isdigit():
        parents.pop()
    return ".".join(parents)


def _backbone(network: Network) -> list[Op]:
    """Return the operations before the head, in execution order."""
    main = _ancestors(network)
    ops = [op for op in network.ops if op.name in main]
    enlarging = next((place for place, op in enumerate(ops) if _enlarges(op)), None)
    if enlarging is not None:
        return ops[:enlarging]
    start = len(ops)
    begin = len(ops)
    while start and _belongs_to_a_head(ops[start - 1]):
        start -= 1
        if kind_of(ops[start]).group in ("pool", "free"):
            begin = start
    if not any(op.parameters and op.trained for op in ops[begin:]):
        begin = max((place for place, op in enumerate(ops) if op.parameters and op.trained), default=0)
    return ops[:begin]


def _belongs_to_a_head(op: Op) -> bool:
    return kind_of(op).group != "convolution" and not kind_of(op).many


def _enlarges(op: Op) -> bool:
    kind, source = kind_of(op), op.inputs[0]
    if kind.transposed:
        return True
    moves = kind.group == "rest" and not kind.many and op.kind != "pad" and len(source) == len(op.output) == 3
    return moves and prod(op.output) > prod(source) and prod(source[1:]) > 1


def _ancestors(network: Network) -> set[str]:
    """Return the names of the operations that the last one depends on, itself among them."""
    if not all(op.sources for op in network.ops):
        return {op.name for op in network.ops}
    found = {network.ops[-1].name}
    for op in reversed(network.ops):
        if op.name in found:
            found.update(op.sources)
    return found
