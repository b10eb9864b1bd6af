"""The network that a module stands for: traced, unless the module was made from a description in the first place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloudcost.profiling.worker.tracing.factory import require_classes
from cloudcost.profiling.worker.tracing.network_module import NetworkModule
from cloudcost.profiling.worker.tracing.tracer import traced

if TYPE_CHECKING:
    from torch import nn

    from cloudcost.domain.network import Network


def network_of_module(module: nn.Module, name: str, image: tuple[int, ...], classes: int | None) -> Network:
    """Return the network of a module.

    Parameters
    ----------
    module : nn.Module
    name : str
        As the user gave it; of a path the file's name is kept.
    image : (C, H, W)
    classes : int or None
        [count]

    Raises
    ------
    NetworkError
        When the module cannot be traced, or has other outputs than `classes`.
    """
    if isinstance(module, NetworkModule):
        return module.network
    short = name.rpartition("/")[2]
    network = replace(traced(module, image, name), name=short)
    require_classes(network, classes)
    return network
