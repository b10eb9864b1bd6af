"""A module that runs a `Network`: any named network or network JSON can be timed without a definition in torch."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import torch
from torch import nn
from torch.nn import functional

from cloudcost.domain.network import Network, Op
from cloudcost.errors import NetworkError

_ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": lambda: nn.ReLU(inplace=True),
    "relu6": lambda: nn.ReLU6(inplace=True),
    "hard_swish": nn.Hardswish,
    "hard_sigmoid": nn.Hardsigmoid,
    "sigmoid": nn.Sigmoid,
    "silu": nn.SiLU,
    "gelu": nn.GELU,
    "softmax": lambda: nn.Softmax(1),
}


class NetworkModule(nn.Module):
    """Runs the operations in order; outputs that nobody reads (auxiliary heads) are stacked along the batch.

    Parameters
    ----------
    network : Network

    Raises
    ------
    NetworkError
        For an operation that PyTorch has no counterpart for.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.parts = nn.ModuleList(_part(op) for op in network.ops)
        read = {source for op in network.ops for source in op.sources}
        shape = network.ops[-1].output
        self.outputs = tuple(op.name for op in network.ops if op.name not in read and op.output == shape)
        self.split_at: dict[str, int] = {}
        taken: dict[str, int] = {}
        for op in network.ops:
            if op.kind == "split":
                self.split_at[op.name] = taken.get(op.sources[0], 0) % max(op.inputs[0][0], 1)
                taken[op.sources[0]] = taken.get(op.sources[0], 0) + op.output[0]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Run every operation."""
        values: dict[str, torch.Tensor] = {"": images}
        previous = ""
        for op, part in zip(self.network.ops, self.parts, strict=True):
            reads = [values[source] for source in (op.sources or (previous,))]
            values[op.name] = self._run(op, part, reads)
            previous = op.name
        outputs = [values[name] for name in self.outputs]
        return outputs[0] if len(outputs) == 1 else torch.cat(outputs)

    def _run(self, op: Op, part: nn.Module, reads: list[torch.Tensor]) -> torch.Tensor:
        x = reads[0]
        match op.kind:
            case "add" | "multiply":
                wide = [value[..., None, None] if value.dim() < len(op.output) + 1 else value for value in reads]
                total = wide[0]
                for value in wide[1:]:
                    total = total + value if op.kind == "add" else total * value
                return total
            case "concat":
                return torch.cat(reads, 1)
            case "split":
                start = self.split_at[op.name]
                return x[:, start : start + op.output[0]]
            case "permute" if op.groups > 1:
                grouped = x.unflatten(1, (op.groups, -1)).transpose(1, 2)
                return grouped.reshape(x.shape)
            case "permute":
                if op.output == (x.shape[2], x.shape[3], x.shape[1]):
                    return x.permute(0, 2, 3, 1)
                if op.output == (x.shape[3], x.shape[1], x.shape[2]):
                    return x.permute(0, 3, 1, 2)
                return x.reshape(x.shape[0], *op.output)
            case "flatten":
                return x.flatten(1)
            case "linear" if x.dim() > 2 and len(op.output) == 1:
                return part(x.flatten(1))
            case "layer_norm" if op.output[-1] != op.parameters // 2:
                return part(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
            case "global_avg_pool":
                return x.mean((2, 3), keepdim=len(op.output) == 3)
            case _:
                return part(x)


class _Pad(nn.Module):
    def __init__(self, padding: tuple[int, int, int, int]) -> None:
        super().__init__()
        top, left, bottom, right = padding
        self.sides = [left, right, top, bottom]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.pad(x, self.sides)


class _Scale(nn.Module):
    def __init__(self, op: Op) -> None:
        super().__init__()
        shape = (op.parameters, 1, 1) if len(op.output) == 3 and op.parameters == op.output[0] else (op.parameters,)
        self.factor: nn.Parameter | float = nn.Parameter(torch.ones(shape)) if op.parameters else 1.0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.factor


def _part(op: Op) -> nn.Module:
    top, left, bottom, right = op.padding
    even = (top, left) == (bottom, right)
    channels = op.inputs[0][0]
    match op.kind:
        case "conv2d":
            conv = nn.Conv2d(
                channels,
                op.output[0],
                op.kernel,
                op.stride,
                (top, left) if even else 0,
                op.dilation,
                op.groups,
                op.bias,
            )
            return conv if even else nn.Sequential(_Pad(op.padding), conv)
        case "conv_transpose2d":
            least = [
                (op.inputs[0][axis + 1] - 1) * op.stride[axis]
                - op.padding[axis]
                - op.padding[axis + 2]
                + op.dilation[axis] * (op.kernel[axis] - 1)
                + 1
                for axis in (0, 1)
            ]
            extra = (op.output[1] - least[0], op.output[2] - least[1])
            return nn.ConvTranspose2d(
                channels, op.output[0], op.kernel, op.stride, (top, left), extra, op.groups, op.bias, op.dilation
            )
        case "linear":
            inner = op.inputs[0][-1] if len(op.output) == len(op.inputs[0]) else prod(op.inputs[0])
            return nn.Linear(inner, op.output[-1], op.bias)
        case "batch_norm":
            return nn.BatchNorm2d(channels) if len(op.output) == 3 else nn.BatchNorm1d(channels)
        case "layer_norm":
            return nn.LayerNorm(op.parameters // 2, eps=1e-6)
        case kind if kind in _ACTIVATIONS:
            return _ACTIVATIONS[kind]()
        case "max_pool":
            pool = nn.MaxPool2d(op.kernel, op.stride, (top, left) if even else 0, op.dilation, ceil_mode=_rounds_up(op))
            return pool if even else nn.Sequential(_Pad(op.padding), pool)
        case "avg_pool" if op.kernel == op.stride == (1, 1) or not _fits(op):
            return nn.AdaptiveAvgPool2d((op.output[1], op.output[2]))
        case "avg_pool":
            return nn.AvgPool2d(op.kernel, op.stride, (top, left), ceil_mode=_rounds_up(op))
        case "upsample":
            return nn.Upsample(size=(op.output[1], op.output[2]))
        case "pad":
            return _Pad(op.padding)
        case "scale":
            return _Scale(op)
        case "dropout":
            return nn.Dropout(0.5)
        case "add" | "multiply" | "concat" | "split" | "permute" | "flatten" | "global_avg_pool":
            return nn.Identity()
        case kind:
            raise NetworkError(f"{op.name}:kind: {kind!r} cannot be run with PyTorch")


def _windows(op: Op, axis: int, *, up: bool) -> int:
    room = op.inputs[0][axis + 1] + op.padding[axis] + op.padding[axis + 2] - op.dilation[axis] * (op.kernel[axis] - 1)
    room -= 1
    return (-(-room // op.stride[axis]) if up else room // op.stride[axis]) + 1


def _rounds_up(op: Op) -> bool:
    return any(_windows(op, axis, up=False) < op.output[axis + 1] for axis in (0, 1))


def _fits(op: Op) -> bool:
    return all(op.output[axis + 1] in {_windows(op, axis, up=up) for up in (False, True)} for axis in (0, 1))
