"""The network that a module stands for: traced, unless the module was made from a description in the first place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cloudcost.errors import InputError
from cloudcost.networks.freezing import frozen
from cloudcost.networks.registry import is_factory
from cloudcost.networks.shapes import shapes_of
from cloudcost.profiling.worker.tracing.factory import build_module, require_classes
from cloudcost.profiling.worker.tracing.forward.passes import traced
from cloudcost.profiling.worker.tracing.network_module import NetworkModule

if TYPE_CHECKING:
    from torch import nn

    from cloudcost.domain.network import Network, Shape
    from cloudcost.profiling.plan import Plan


def planned_module(plan: Plan) -> nn.Module:
    """Return the module that a plan names, what it freezes frozen.

    Raises
    ------
    InputError, NetworkError
        As `build_module`; or where a factory, which says itself what is trained, is to be frozen.
    """
    module = build_module(plan.network, plan.inputs, plan.classes, plan.kwargs)
    if plan.freeze is None:
        return module
    if is_factory(plan.network):
        raise InputError(
            f"--freeze: a factory says by requires_grad what is trained, {plan.freeze!r}, leave it out for one"
        )
    return NetworkModule(frozen(network_of_module(module, plan.network, plan.inputs, plan.classes), plan.freeze))


def network_of_module(module: nn.Module, name: str, shapes: Shape | Sequence[Shape], classes: int | None) -> Network:
    """Return the network of a module.

    Parameters
    ----------
    module : nn.Module
    name : str
        As the user gave it; of a path the file's name is kept.
    shapes : Shape or sequence of Shape
        Of the input, or of each input, per image.
    classes : int or None
        [count]

    Raises
    ------
    NetworkError
        When the module cannot be traced, or has other outputs than `classes`.
    """
    if isinstance(module, NetworkModule):
        return module.network
    found = traced(module, shapes_of(shapes), name)
    require_classes(name, found.outputs, classes)
    return replace(found.network, name=name.rpartition("/")[2])
