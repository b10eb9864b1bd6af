"""What an ATen call on tensors is in the vocabulary of `timing.calls`: the key that its time is stored under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod

import torch

from cloudcost.networks.kinds.launches import Dims
from cloudcost.timing.calls.framework import (
    COMMUTATIVE,
    Call,
    Phase,
    attention,
    batched_product,
    convolution,
    normalisation,
    plain,
    pool_geometry,
    product,
)

FREE = frozenset({
    "detach", "t", "transpose", "permute", "view", "_unsafe_view", "expand", "empty", "empty_like", "empty_strided",
    "device", "as_strided", "slice", "split", "split_with_sizes", "unsqueeze", "squeeze", "alias", "select", "unbind",
    "narrow", "chunk", "_reshape_alias", "unfold", "new_empty", "new_empty_strided", "is_same_size",
    "_local_scalar_dense", "_record_function_exit", "_record_function_enter_new", "lift_fresh", "set_",
})  # fmt: skip
"""Calls that move no data; what they take is part of the overhead per call."""

_TRAINING = {"native_batch_norm": 5, "native_batch_norm_backward": 7}
"""Which argument says whether a batch normalisation computes the statistics of the batch, or has running ones."""
_SAME = {
    "_adaptive_avg_pool2d": "avg_pool2d",
    "_adaptive_avg_pool2d_backward": "avg_pool2d_backward",
    "_native_batch_norm_legit": "native_batch_norm",
    "cudnn_batch_norm": "native_batch_norm",
    "cudnn_batch_norm_backward": "native_batch_norm_backward",
    "miopen_batch_norm": "native_batch_norm",
}
"""Calls that do the work of another under a name of their own."""


def call_name(func: torch._ops.OpOverload) -> str:
    """Return the operator's name without name space, overload and trailing underscore.

    Examples
    --------
    >>> call_name(torch.ops.aten.add_.Tensor), call_name(torch.ops.aten._to_copy.default)
    ('add', '_to_copy')
    """
    name = func._schema.name.rpartition("::")[2]
    return name if name.startswith("__") else name.rstrip("_")


def describe(
    phase: Phase, func: torch._ops.OpOverload, args: Sequence[object], kwargs: Mapping[str, object], result: object
) -> Call | None:
    """Return the call, None for one that moves no data.

    Parameters
    ----------
    phase : {"forward", "backward", "optimizer"}
    func : torch._ops.OpOverload
    args, kwargs
        As the call got them.
    result : object
        What it returned.
    """
    name = call_name(func)
    if name in FREE:
        return None
    inputs = tuple(tuple(tensor.shape) for tensor in _tensors([*args, *kwargs.values()]))
    outputs = tuple(tuple(tensor.shape) for tensor in _tensors([result]))
    if name == "convolution":
        return replace(_convolution("forward", args, args[0], args[1], outputs[0], offset=3), phase=phase)
    if name == "convolution_backward":
        gradient = args[0]
        assert isinstance(gradient, torch.Tensor)
        mask = args[-1]
        assert isinstance(mask, (list, tuple))
        wanted = (bool(mask[0]), bool(mask[1]))
        return _convolution("backward", args, args[1], args[2], tuple(gradient.shape), offset=4, wanted=wanted)
    if name in {"bmm", "baddbmm"}:
        left, right = inputs[-2:]
        return batched_product(phase, left[0], left[1], left[2], right[2])
    if name.startswith("_scaled_dot_product"):
        query, key, value = inputs[1:4] if name.endswith("_backward") else inputs[:3]
        return attention(phase, prod(query[:-2]), query[-2], key[-2], query[-1], value[-1])
    if name in {"mm", "addmm"}:
        left, right = inputs[-2:]
        return product(phase, left[0], left[1], right[1], bias=name == "addmm")
    if not outputs or name.startswith("_foreach_"):
        return _of_lists(phase, name, args)
    large = tuple(dims for dims in inputs if len(dims) > 1 or phase == "optimizer" or len(inputs) == 1)
    if not any(inputs) and not any(outputs):
        return None
    name = _SAME.get(name, name)
    geometry = ""
    if "max_pool" in name and "_with_indices" in name:
        kernel, stride = args[2:4] if name.endswith("_backward") else args[1:3]
        rank = 3 if "3d" in name else 2
        geometry = pool_geometry(_each(kernel, rank), _each(stride or kernel, rank))
        large = large[:2] if name.endswith("_backward") else large[:1]
    elif "batch_norm" in name or "layer_norm" in name or "group_norm" in name:
        large = large[:1]
        if name in _TRAINING and not args[_TRAINING[name]]:
            return normalisation(phase, name, large[0], outputs[0], running=True)
    elif name in COMMUTATIVE:
        large = tuple(sorted(inputs, key=prod, reverse=True))
    if phase == "optimizer":  # a tensor of parameters is so many numbers, whatever its shape
        return plain(phase, name, tuple((prod(dims),) for dims in large), (prod(outputs[0]),))
    return plain(phase, name, large or inputs[:1], outputs[0], geometry=geometry)


def _of_lists(phase: Phase, name: str, args: Sequence[object]) -> Call | None:
    """Return a call on lists of tensors as one update of so many numbers; None for one without lists.

    Optimizers update all parameters at once on CUDA. Such a call may return nothing and change its first list.
    """
    lists = [_tensors(value) for value in args if isinstance(value, (list, tuple))]
    sizes = tuple((sum(tensor.numel() for tensor in tensors),) for tensors in lists if tensors)
    return plain(phase, name.removeprefix("_foreach_"), sizes, sizes[0]) if sizes else None


def _convolution(
    phase: Phase,
    args: Sequence[object],
    data: object,
    weight: object,
    output: Dims,
    *,
    offset: int,
    wanted: tuple[bool, bool] = (True, True),
) -> Call:
    assert isinstance(data, torch.Tensor)
    assert isinstance(weight, torch.Tensor)
    stride, padding, dilation, transposed, _, groups = args[offset : offset + 6]
    assert isinstance(groups, int)
    shape, weights = tuple(data.shape), tuple(weight.shape)
    rank = len(shape) - 2
    if rank == 1:  # a 1-D convolution is a 2-D one of height 1
        shape, weights, output = ((*dims[:2], 1, dims[2]) for dims in (shape, weights, output))
    return convolution(
        phase,
        shape,
        weights,
        output,
        stride=_each(stride, rank),
        padding=_each(padding, rank),
        dilation=_each(dilation, rank),
        groups=groups,
        transposed=bool(transposed),
        data_gradient=wanted[0],
        weight_gradient=wanted[1],
    )


def _each(values: object, rank: int) -> tuple[int, ...]:
    if isinstance(values, int):
        return (values,) * rank
    assert isinstance(values, (list, tuple))
    return (int(values[0]),) * rank if len(values) == 1 else tuple(map(int, values))


def _tensors(values: Sequence[object]) -> list[torch.Tensor]:
    found: list[torch.Tensor] = []
    for value in values:
        if isinstance(value, torch.Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += _tensors(value)
    return found
