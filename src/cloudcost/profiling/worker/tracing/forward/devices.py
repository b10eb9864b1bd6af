"""Where the tensors of a traced pass lie: on the meta device, wherever the module would have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from cloudcost.profiling.worker.tracing.forward.shares import BATCH, tensors_in

DEVICE_MOVES = frozenset({"to", "cuda"})
"""Functions that move a tensor to a device."""
_FACTORIES = frozenset({
    "zeros", "ones", "full", "empty", "rand", "randn", "randint", "new_zeros", "new_ones", "new_full", "new_empty",
    "arange", "tensor", "bernoulli", "normal", "eye", "linspace",
})  # fmt: skip
_DRAWS = frozenset({"rand", "randn", "randint", "randperm", "normal"})
_LARGEST_DRAW = 4096
"""Random numbers that are really drawn, at most, since a module may branch on them; more are only shapes. [count]"""


def without_device(args: Sequence[object], named: Mapping[str, object]) -> tuple[Sequence[object], dict[str, object]]:
    """Return the arguments of a move without the device: shapes are the same on any."""
    kept = [args[0], *(value for value in args[1:] if not _is_device(value))]
    flags = ("device", "non_blocking", "copy")
    return kept, {key: value for key, value in named.items() if key not in flags}


def _is_device(value: object) -> bool:
    return isinstance(value, (torch.device, str)) or (isinstance(value, int) and not isinstance(value, bool))


def placed(short: str, args: Sequence[object], named: dict[str, object]) -> tuple[Sequence[object], dict[str, object]]:
    """Return a call's arguments with its tensors on one device.

    A tensor that is made with the batch on an axis knows only its shape, as the images do. A few random numbers are
    drawn in earnest, wherever the module wants them: a module may skip a layer by them.
    """
    tensors = list(tensors_in([*args, *named.values()]))
    if not tensors and short in _FACTORIES | _DRAWS:
        sizes = [size for value in (*args, *named.values()) for size in _sizes(value)]
        if any(size and size % BATCH == 0 for size in sizes):
            return args, {**named, "device": "meta"}
        device = named.get("device")
        if device is not None and torch.device(str(device)).type not in ("cpu", "meta"):
            named = {**named, "device": "meta"}
        if short in _DRAWS and device is not None and torch.device(str(device)).type == "meta":
            count = 1
            for size in sizes:
                count *= max(size, 1)
            if count <= _LARGEST_DRAW:
                return args, {**named, "device": "cpu"}
        return args, named
    if any(tensor.is_meta for tensor in tensors) and not all(tensor.is_meta for tensor in tensors):
        return _on_meta(tuple(args)), _on_meta(named)  # type: ignore[return-value]
    return args, named


def _sizes(value: object) -> list[int]:
    if isinstance(value, bool):
        return []
    if isinstance(value, int):
        return [value]
    if isinstance(value, (list, tuple)):
        return [size for each in value for size in _sizes(each)]
    return []


def _on_meta(value: object) -> object:
    if isinstance(value, torch.Tensor):
        return value if value.is_meta else value.to("meta")
    if isinstance(value, Mapping):
        return {key: _on_meta(each) for key, each in value.items()}
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_on_meta(each) for each in value)
    if isinstance(value, list):
        return [_on_meta(each) for each in value]
    return value
