"""Tracing as the rest of the package calls it: torch is imported when something is traced, not before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from cloudcost.errors import MissingExtraError
from cloudcost.networks.shapes import shapes_of

if TYPE_CHECKING:
    from torch import nn

    from cloudcost.domain.network import Network, Shape


def trace_module(module: nn.Module, input: Shape | Sequence[Shape], name: str) -> Network:  # noqa: A002
    """Return the forward pass of a module, in training mode, as a network.

    Parameters
    ----------
    module : nn.Module
        On any device; it is neither changed nor computed.
    input : Shape or sequence of Shape
        Shape of one image, ``(C, H, W)``; several where the module takes several inputs.
    name : str
        Of the network.

    Raises
    ------
    NetworkError
        When the module does not run on images of that shape, calls something that no operation kind stands for,
        decides by the values of a tensor, or returns nothing that comes from the images; the message names the call
        and the module it is in.
    """
    _require_torch()
    from cloudcost.profiling.worker.tracing.forward.passes import traced

    return traced(module, shapes_of(input), name).network


def trace_factory(
    spec: str,
    input: Shape | Sequence[Shape],  # noqa: A002
    classes: int | None = None,
    kwargs: Mapping[str, object] | None = None,
) -> Network:
    """Return the network of ``package.module:factory`` or ``timm:NAME``, traced without computing anything.

    Parameters
    ----------
    spec : str
    input : Shape or sequence of Shape
        Shape of one image, of each input.
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
        When the factory cannot be imported, raises, or makes no module; or a library is missing.
    NetworkError
        When the module cannot be traced.
    """
    _require_torch()
    from cloudcost.profiling.worker.tracing.factory import call_factory
    from cloudcost.profiling.worker.tracing.libraries import is_library, make_library_network
    from cloudcost.profiling.worker.tracing.module_network import network_of_module

    shapes = shapes_of(input)
    if is_library(spec):
        module = make_library_network(spec, shapes[0], classes, kwargs or {})
    else:
        module = call_factory(spec, classes, kwargs or {})
    return network_of_module(module, spec, shapes, classes)


def input_of_library(spec: str) -> Shape:
    """Return the shape of one image that ``timm:NAME`` is published for.

    Raises
    ------
    MissingExtraError, InputError
        Without torch, or without the library.
    """
    _require_torch()
    from cloudcost.profiling.worker.tracing.libraries import library_input

    return library_input(spec)


def _require_torch() -> None:
    if find_spec("torch") is None:
        raise MissingExtraError("torch", "tracing a network")
