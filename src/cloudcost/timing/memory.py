"""Does a training step fit into a GPU's memory, and up to which batch.

A step keeps every tensor that its backward pass reads again: the inputs of convolutions, of linear maps and of
normalisations, and the outputs of activations and of max pools. What is overwritten in place or read only once is not
counted; the images themselves always are, and the shares that an attention gives unless a kernel is known to do
without. Parameters, their gradients and the optimizer's state come on top. Below the
first trained operation nothing is kept, but the largest operation has to hold what it reads and writes. Of regions of
activation checkpointing what they read is kept, and one region's insides at a time.
"""

from __future__ import annotations

from math import floor, prod
from typing import TYPE_CHECKING

from cloudcost.catalog.training.optimizers import optimizer_facts
from cloudcost.catalog.training.precisions import precision_facts
from cloudcost.networks.kinds.table import kind_of
from cloudcost.timing.attention import kernels_of
from cloudcost.timing.gradients import step_gradients
from cloudcost.timing.wiring import wired

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cloudcost.domain.network import Network, Op
    from cloudcost.timing.attention import kernels_of
from cloudcost.timing.gradients import Gradients

USABLE = 0.90
"""Share of the card's memory that a step can fill: the driver, the context and fragments take the rest. Of 1,060 cells
of the measured data set (11 CNNs, 5 sizes, 5 batches, 4 GPUs) 1,059 ran or are absent as this rule says. [1]"""

PRESSURE = 0.70
"""Share above which a step may run slower than predicted, for want of workspace for faster algorithms. [1]"""


def kept_elements(network: Network, kernel: int = -1) -> float:
    """Return how many activations of one image the backward pass reads again. [elements]

    Parameters
    ----------
    network : Network
    kernel : int, default -1
        Place of the first kernel of attention that the device has (`cloudcost.timing.attention.first_kernel`): one
        that writes the shares to memory unless given.

    Examples
    --------
    >>> from cloudcost.networks.builder import Builder
    >>> b = Builder("tiny", (3, 8, 8))
    >>> _ = b.relu(b.conv(b.input, 4, 3, padding="same"))
    >>> kept_elements(b.build())  # the image, 3 x 8 x 8, and the activation, 4 x 8 x 8
    448.0
    """
    network = wired(network)
    size = {"": float(sum(map(prod, (network.input, *network.more_inputs))))}
    stands_for: dict[str, str] = {"": ""}
    region: dict[str, str] = {"": ""}
    kept: dict[str, set[str]] = {"": {""}}
    passing = 0.0
    for op, gradients in zip(network.ops, step_gradients(network), strict=True):
        sources = [stands_for[source] for source in op.sources]
        size[op.name] = float(prod(op.output))
        region[op.name] = op.checkpoint
        kind = kind_of(op)
        stands_for[op.name] = sources[0] if kind.group == "free" else op.name
        within = kept.setdefault(op.checkpoint, set())
        if op.checkpoint:
            kept[""].update(source for source in sources if region[source] != op.checkpoint)
        if gradients.backward:
            within.update(_kept_by(op, sources, gradients))
            if kind.matrix is not None and kernels_of(op)[kernel].keeps_matrix:
                size[f"{op.name} shares"] = float(kind.matrix(op))
                within.add(f"{op.name} shares")
        elif stands_for[op.name] == op.name:
            passing = max(passing, size[op.name] + sum(size[source] for source in {*sources} - {""}))
    always = kept.pop("")
    regions = (sum(size[name] for name in names - always) for names in kept.values())
    return max(sum(size[name] for name in always) + max(regions, default=0.0), size[""] + passing)


def held_elements(network: Network) -> tuple[float, ...]:
    """Return what memory holds of one image while each operation of a wired network runs. [elements]

    What the backward pass reads again of all before it, and its own output: on the way back the same is there.
    Regions of activation checkpointing count as kept whole.

    Examples
    --------
    >>> from cloudcost.networks.builder import Builder
    >>> b = Builder("tiny", (3, 8, 8))
    >>> _ = b.conv(b.relu(b.conv(b.input, 4, 3, padding="same")), 2, 3, padding="same")
    >>> held_elements(b.build())  # 192 of the image, 256 of each map of 4 channels, 128 of the last
    (448.0, 448.0, 576.0)
    """
    size = {"": float(prod(network.input))}
    stands_for: dict[str, str] = {"": ""}
    kept = {""}
    total = size[""]
    held: list[float] = []
    for op, gradients in zip(network.ops, step_gradients(network), strict=True):
        sources = [stands_for[source] for source in op.sources]
        size[op.name] = float(prod(op.output))
        stands_for[op.name] = sources[0] if kind_of(op).group == "free" else op.name
        if gradients.backward:
            new = {*_kept_by(op, sources, gradients)} - kept
            kept |= new
            total += sum(size[name] for name in new)
        held.append(total if stands_for[op.name] in kept else total + size[op.name])
    return tuple(held)


def _kept_by(op: Op, sources: Sequence[str], gradients: Gradients) -> Iterator[str]:
    """Yield what the backward pass of an operation reads; a frozen product needs its weights alone."""
    kind = kind_of(op)
    if kind.keeps in ("input", "both") and (gradients.kernel or kind.group != "product"):
        yield from sources
    if kind.keeps in ("output", "both"):
        yield op.name


def step_bytes(
    kept: float, parameters: int, *, batch: int, optimizer: str = "sgd", precision: str = "fp32", frozen: int = 0
) -> int:
    """Return what a step needs on each GPU. [bytes]

    Parameters
    ----------
    kept : float
        Activations kept per image. [elements]
    parameters : int
        Trained ones. [count]
    batch : int
        Per GPU. [images]
    optimizer : {"sgd", "momentum", "adam"}
    precision : str
        AMP keeps activations in half precision, and a half-precision copy of the weights.
    frozen : int
        Parameters without gradient and state. [count]

    Examples
    --------
    >>> step_bytes(1000.0, 500, batch=2)  # 4 (2 x 1000 + 2 x 500)
    12000
    >>> step_bytes(1000.0, 500, batch=2, optimizer="adam", precision="amp")  # 2 x 2 x 1000 + 4 (4 + 1/2) 500
    13000
    """
    return round(batch * _per_image(kept, precision) + _fixed(parameters, optimizer, precision, frozen))


def largest_batch(
    kept: float,
    parameters: int,
    *,
    memory_bytes: float,
    optimizer: str = "sgd",
    precision: str = "fp32",
    frozen: int = 0,
) -> int:
    """Return the largest batch per GPU that fits, 0 if not even one image does. [images]

    Examples
    --------
    >>> largest_batch(1000.0, 500, memory_bytes=20000)  # (18000 - 4000) / 4000
    3
    """
    room = USABLE * memory_bytes - _fixed(parameters, optimizer, precision, frozen)
    return max(0, floor(room / _per_image(kept, precision)))


def _per_image(kept: float, precision: str) -> float:
    return precision_facts(precision).activation_bytes * kept


def _fixed(parameters: int, optimizer: str, precision: str, frozen: int) -> float:
    facts = precision_facts(precision)
    each = facts.weight_bytes * optimizer_facts(optimizer).copies + facts.weight_copy_bytes
    return parameters * each + facts.weight_bytes * frozen
