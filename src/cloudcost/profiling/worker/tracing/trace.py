"""Tracing as the rest of the package calls it: torch is imported when something is traced, not before."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from cloudcost.errors import MissingExtraError

if TYPE_CHECKING:
    from torch import nn

    from cloudcost.domain.network import Network


def trace_module(module: nn.Module, input: tuple[int, ...], name: str) -> Network:  # noqa: A002
    """Return the forward pass of a module, in training mode, as a network.

    Parameters
    ----------
    module : nn.Module
        On any device; it is neither changed nor computed.
    input : (C, H, W)
        Shape of one image.
    name : str
        Of the network.

    Raises
    ------
    NetworkError
        When the module does not run on images of that shape, calls something that no operation kind stands for, or
        does not return one tensor; the message names the call and the module it is in.
    """
    _require_torch()
    from cloudcost.profiling.worker.tracing.tracer import traced

    return traced(module, input, name)


def trace_factory(
    spec: str,
    input: tuple[int, ...],  # noqa: A002
    classes: int | None = None,
    kwargs: Mapping[str, object] | None = None,
) -> Network:
    """Return the network of ``package.module:factory``, traced without computing anything.

    Parameters
    ----------
    spec : str
    input : (C, H, W)
        Shape of one image.
    classes : int, optional
        Passed as ``classes`` or ``num_classes`` where the factory has such a parameter; has to agree with the output.
        [count]
    kwargs : mapping, optional
        Passed on.

    Raises
    ------
    MissingExtraError
        Without torch.
    InputError
        When the factory cannot be imported, raises, or makes no module.
    NetworkError
        When the module cannot be traced.
    """
    _require_torch()
    from cloudcost.profiling.worker.tracing.factory import call_factory
    from cloudcost.profiling.worker.tracing.module_network import network_of_module

    return network_of_module(call_factory(spec, classes, kwargs or {}), spec, input, classes)


def _require_torch() -> None:
    if find_spec("torch") is None:
        raise MissingExtraError("torch", "tracing a network")
