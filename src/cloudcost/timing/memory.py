"""Does a training step fit into a GPU's memory, and up to which batch.

A step keeps every tensor that its backward pass reads again: the inputs of convolutions, of linear maps and of
normalisations, and the outputs of activations and of max pools. What is overwritten in place or read only once is not
counted; the images themselves always are. Parameters, their gradients and the optimizer's state come on top.
"""

from __future__ import annotations

from math import floor, prod
from typing import TYPE_CHECKING

from cloudcost.catalog.training.optimizers import optimizer_facts
from cloudcost.catalog.training.precisions import precision_facts
from cloudcost.networks.kinds.table import kind_of
from cloudcost.timing.wiring import wired

if TYPE_CHECKING:
    from cloudcost.domain.network import Network

USABLE = 0.90
"""Share of the card's memory that a step can fill: the driver, the context and fragments take the rest. Of 1,060 cells
of the measured data set (11 CNNs, 5 sizes, 5 batches, 4 GPUs) 1,059 ran or are absent as this rule says. [1]"""

PRESSURE = 0.70
"""Share above which a step may run slower than predicted, for want of workspace for faster algorithms. [1]"""

WEIGHT_BYTES = 4
"""Of a parameter, its gradient and each moment: fp32 at every precision. [bytes]"""


def kept_elements(network: Network) -> float:
    """Return how many activations of one image the backward pass reads again. [elements]

    Examples
    --------
    >>> from cloudcost.networks.builder import Builder
    >>> b = Builder("tiny", (3, 8, 8))
    >>> _ = b.relu(b.conv(b.input, 4, 3, padding="same"))
    >>> kept_elements(b.build())  # the image, 3 x 8 x 8, and the activation, 4 x 8 x 8
    448.0
    """
    size = {"": float(prod(network.input))}
    stands_for: dict[str, str] = {"": ""}
    kept: set[str] = {""}
    for op in wired(network).ops:
        sources = [stands_for[source] for source in op.sources]
        size[op.name] = float(prod(op.output))
        kind = kind_of(op)
        stands_for[op.name] = sources[0] if kind.group == "free" else op.name
        if kind.keeps in ("input", "both"):
            kept.update(sources)
        if kind.keeps in ("output", "both"):
            kept.add(op.name)
    return sum(size[name] for name in kept)


def step_bytes(kept: float, parameters: int, *, batch: int, optimizer: str = "sgd", precision: str = "fp32") -> int:
    """Return what a step needs on each GPU. [bytes]

    Parameters
    ----------
    kept : float
        Activations kept per image. [elements]
    parameters : int
        [count]
    batch : int
        Per GPU. [images]
    optimizer : {"sgd", "momentum", "adam"}
    precision : {"fp32", "tf32", "amp"}
        AMP keeps activations in half precision, and a half-precision copy of the weights.

    Examples
    --------
    >>> step_bytes(1000.0, 500, batch=2)  # 4 (2 x 1000 + 2 x 500)
    12000
    >>> step_bytes(1000.0, 500, batch=2, optimizer="adam", precision="amp")  # 2 x 2 x 1000 + 4 (4 + 1/2) 500
    13000
    """
    return round(batch * _per_image(kept, precision) + _fixed(parameters, optimizer, precision))


def largest_batch(
    kept: float, parameters: int, *, memory_bytes: float, optimizer: str = "sgd", precision: str = "fp32"
) -> int:
    """Return the largest batch per GPU that fits, 0 if not even one image does. [images]

    Examples
    --------
    >>> largest_batch(1000.0, 500, memory_bytes=20000)  # (18000 - 4000) / 4000
    3
    """
    room = USABLE * memory_bytes - _fixed(parameters, optimizer, precision)
    return max(0, floor(room / _per_image(kept, precision)))


def _per_image(kept: float, precision: str) -> float:
    return precision_facts(precision).activation_bytes * kept


def _fixed(parameters: int, optimizer: str, precision: str) -> float:
    each = WEIGHT_BYTES * optimizer_facts(optimizer).copies + precision_facts(precision).weight_copy_bytes
    return parameters * each
