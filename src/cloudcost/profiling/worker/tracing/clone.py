"""A copy of a module that holds shapes and no numbers."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import nn

from cloudcost.domain.network import Shape
from cloudcost.errors import NetworkError


def on_meta(module: nn.Module) -> nn.Module:
    """Return a copy of a module on the meta device; what is lazy stays so.

    Raises
    ------
    NetworkError
        When the module is TorchScript, or cannot be copied.
    """
    while isinstance(module, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
        module = module.module
    scripted = next((path for path, part in module.named_modules() if isinstance(part, torch.jit.ScriptModule)), None)
    if scripted is not None:
        where = f"{scripted or 'the module itself'} is TorchScript"
        raise NetworkError(f"{where}, whose layers cannot be followed, give the nn.Module that it was made from")
    memo: dict[int, object] = {}
    computed = (each for part in module.modules() for each in vars(part).values() if isinstance(each, torch.Tensor))
    for tensor in [*module.parameters(), *module.buffers(), *computed]:  # those that a hook writes anew are no leaves
        memo[id(tensor)] = _empty(tensor)
    try:
        clone = copy.deepcopy(module, memo)
    except Exception as error:
        raise NetworkError(
            f"{type(module).__name__}: cannot be copied for tracing ({error}), "
            "leave out what is no module, parameter or buffer"
        ) from None
    return clone


def _empty(tensor: torch.Tensor) -> torch.Tensor:
    if isinstance(tensor, nn.parameter.UninitializedParameter):
        return nn.parameter.UninitializedParameter(tensor.requires_grad, device="meta", dtype=tensor.dtype)
    if isinstance(tensor, nn.parameter.UninitializedBuffer):
        return nn.parameter.UninitializedBuffer(tensor.requires_grad, device="meta", dtype=tensor.dtype)
    empty = torch.empty_like(tensor, device="meta")
    return nn.Parameter(empty, requires_grad=tensor.requires_grad) if isinstance(tensor, nn.Parameter) else empty


def is_lazy(module: nn.Module) -> bool:
    """Return whether layers of a module wait for the first images to know their sizes."""
    return any(nn.parameter.is_lazy(tensor) for tensor in (*module.parameters(), *module.buffers()))


def materialise(module: nn.Module, shapes: Sequence[Shape]) -> None:
    """Give lazy layers their sizes by one pass over two empty images, where there are any.

    Parameters
    ----------
    module : nn.Module
    shapes : sequence of Shape
        Of the inputs, per image.
    """
    if not is_lazy(module):
        return
    device = next((each.device for each in module.parameters()), torch.device("cpu"))
    images = [torch.zeros(2, *shape, device=device) for shape in shapes]
    with torch.no_grad():
        module(*images)
