"""How often eager PyTorch starts something on the device in one step, by pass and class of call.

The host prepares every call: Python, the dispatcher, the choice of an algorithm, the launch. What one call of a class
costs is fitted once for all hosts (`cloudcost.timing.levels.table`); a host scales them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import numpy as np

from cloudcost.networks.checks import parameter_tensors
from cloudcost.networks.kinds.launches import Attends, Convolves, Moves, Multiplies
from cloudcost.networks.kinds.table import kind_of
from cloudcost.timing.gradients import step_gradients
from cloudcost.timing.rates.convolution import Array
from cloudcost.timing.wiring import wired

if TYPE_CHECKING:
    from cloudcost.domain.network import Network
    from cloudcost.networks.kinds.launches import Launch

CLASSES: tuple[str, ...] = (
    "forward.convolution",
    "forward.norm",
    "forward.product",
    "forward.other",
    "forward.once",
    "backward.convolution",
    "backward.norm",
    "backward.product",
    "backward.other",
    "backward.once",
    "update.tensor",
    "update.once",
)
"""``once`` is what a pass costs whatever the network; ``update.tensor`` a parameter tensor in the optimizer, whose
kernels PyTorch fuses over many tensors."""
FORWARD: Array = np.array([name.startswith("forward") for name in CLASSES], dtype=np.float64)
_PLACE = {name: place for place, name in enumerate(CLASSES)}


def launches_of(network: Network) -> Array:
    """Return how many calls of each class a training step makes, float64 of shape (12,). [count]

    Examples
    --------
    >>> from cloudcost.networks.registry import named_network
    >>> counted = dict(zip(CLASSES, launches_of(named_network("resnet18"))))
    >>> counted["forward.convolution"], counted["backward.norm"], counted["update.tensor"]
    (np.float64(20.0), np.float64(20.0), np.float64(62.0))
    """
    counts = np.zeros(len(CLASSES))
    counts[[_PLACE["forward.once"], _PLACE["backward.once"], _PLACE["update.once"]]] = 1.0
    counts[_PLACE["forward.other"]] = counts[_PLACE["backward.other"]] = 2.0  # softmax with its logarithm, the loss
    readers: dict[str, int] = {}
    flows: set[str] = set()
    network = wired(network)
    for op, gradients in zip(network.ops, step_gradients(network), strict=True):
        kind = kind_of(op)
        ahead, behind = kind.calls(op, 1, gradients.sources)
        for launch in ahead:
            counts[_PLACE[f"forward.{_class(launch)}"]] += 1
        if gradients.again:
            for launch in ahead:
                counts[_PLACE[f"backward.{_class(launch)}"]] += 1
        if gradients.backward:
            flows.add(op.name)
            for launch in behind:
                counts[_PLACE[f"backward.{_class(launch)}"]] += 1
        counts[_PLACE["update.tensor"]] += len(parameter_tensors(op))
        for source in op.sources:
            readers[source] = readers.get(source, 0) + (not kind.part and not op.no_grad)
    counts[_PLACE["backward.other"]] += sum(readers[name] - 1 for name in flows if readers.get(name, 0) > 1)
    return counts


def _class(launch: Launch) -> str:
    match launch:
        case Convolves():
            return "convolution"
        case Multiplies() | Attends():
            return "product"
        case Moves():
            return "norm" if "_norm" in launch.name else "other"
        case _:
            assert_never(launch)
