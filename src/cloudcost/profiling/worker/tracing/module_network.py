"""The network that a module stands for: traced, unless the module was made from a description in the first place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloudcost.errors import InputError
from cloudcost.networks.freezing import frozen
from cloudcost.networks.registry import is_factory
from cloudcost.profiling.worker.tracing.factory import build_module, require_classes
from cloudcost.profiling.worker.tracing.network_module import NetworkModule
from cloudcost.profiling.worker.tracing.tracer import traced

if TYPE_CHECKING:
    from torch import nn

    from cloudcost.domain.network import Network
    from cloudcost.profiling.plan import Plan


def planned_module(plan: Plan) -> nn.Module:
    """Return the module that a plan names, what it freezes frozen.

    Raises
    ------
    InputError, NetworkError
        As `build_module`; or where a factory, which says itself what is trained, is to be frozen.
    """
    module = build_module(plan.network, plan.image, plan.classes, plan.kwargs)
    if plan.freeze is None:
        return module
    if is_factory(plan.network):
        raise InputError(
            f"--freeze: a factory says by requires_grad what is trained, {plan.freeze!r}, leave it out for one"
        )
    return NetworkModule(frozen(network_of_module(module, plan.network, plan.image, plan.classes), plan.freeze))


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
