"""Which operation kind a torch function is: one small rule per kind.

A rule gets what the call read and the shapes that it wrote, per sample, and returns an operation for each output that
matters, or the node of an earlier operation where nothing happens to the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

import torch
from torch.nn import functional
from torch.overrides import resolve_name

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The operation that wrote a tensor, and the shape that it wrote."""

    name: str
    shape: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One call as the module made it.

    Parameters
    ----------
    func : str
        Short name of the function.
    args, named
        Arguments.
    nodes : tuple of Node
        What wrote the tensors that come from the images, in order of the arguments.
    reads : tuple of torch.Tensor
        Those tensors.
    weights : mapping
        Identity of each parameter that takes part, and its numbers. [count]
    """

    func: str
    args: tuple[object, ...]
    named: Mapping[str, object]
    nodes: tuple[Node, ...]
    reads: tuple[torch.Tensor, ...]
    weights: Mapping[int, int]

    @property
    def parameters(self) -> int:
        """Parameters of this operation. [count]"""
        return sum(self.weights.values())

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the operations read."""
        return tuple(node.name for node in self.nodes)

    def argument(self, position: int, name: str, default: object = None) -> object:
        """Return an argument by position or name."""
        return self.args[position] if len(self.args) > position else self.named.get(name, default)

    def shapes(self) -> tuple[Shape, ...]:
        """Return the shapes read, as the operations that wrote them state them.

        Raises
        ------
        NetworkError
            When a tensor was reshaped to something else on the way.
        """
        return tuple(_agreed(self.func, node, tensor) for node, tensor in zip(self.nodes, self.reads, strict=True))


Rule = Callable[[Seen, list[Shape]], list[Op | Node]]


def _agreed(func: str, node: Node, tensor: torch.Tensor) -> Shape:
    shape = tuple(tensor.shape[1:])
    if shape == node.shape or [n for n in shape if n > 1] == [n for n in node.shape if n > 1]:
        return shape if len(shape) > len(node.shape) and len(shape) <= 3 else node.shape
    raise NetworkError(
        f"{func} reads a tensor of {_text(shape)} per image that {node.name or 'the input'} wrote as "
        f"{_text(node.shape)}, a reshape between maps that no operation kind stands for"
    )


def _text(shape: Shape) -> str:
    return "x".join(map(str, shape)) or "no axes"


def _pair(value: object) -> tuple[int, int]:
    if isinstance(value, int):
        return (value, value)
    if isinstance(value, (list, tuple)) and value and all(isinstance(part, int) for part in value):
        return (value[0], value[-1])
    raise NetworkError(f"a kernel, stride or padding of {value!r} is not understood")


def _op(kind: str, seen: Seen, output: Shape, **more: object) -> Op:
    fields: dict[str, object] = {
        "kind": kind, "name": "", "sources": seen.sources, "inputs": seen.shapes(), "output": output,
        "parameters": seen.parameters, **more,
    }  # fmt: skip
    return Op(**fields)  # type: ignore[arg-type]


def _same(kind: str) -> Rule:
    return lambda seen, outputs: [_op(kind, seen, outputs[0])]


def _relu6(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    low, high = seen.argument(1, "min_val", -1.0), seen.argument(2, "max_val", 1.0)
    if seen.func == "hardtanh" and (low, high) != (0.0, 6.0):
        raise NetworkError(f"hardtanh from {low} to {high} has no operation kind, only from 0 to 6 (relu6)")
    return [_op("relu6", seen, outputs[0])]


def _conv(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    transposed = seen.func == "conv_transpose2d"
    weight = seen.argument(1, "weight")
    assert isinstance(weight, torch.Tensor)
    stride, padding = _pair(seen.argument(3, "stride", 1)), seen.argument(4, "padding", 0)
    groups = seen.argument(6, "groups", 1)
    dilation = _pair(seen.argument(7 if transposed else 5, "dilation", 1))
    kernel = (weight.shape[2], weight.shape[3])
    if padding == "valid":
        top, left, bottom, right = 0, 0, 0, 0
    elif padding == "same":
        spans = [dilation[axis] * (kernel[axis] - 1) for axis in (0, 1)]
        top, left = spans[0] // 2, spans[1] // 2
        bottom, right = spans[0] - top, spans[1] - left
    else:
        top, left = bottom, right = _pair(padding)
    return [
        _op(
            "conv_transpose2d" if transposed else "conv2d",
            seen,
            outputs[0],
            kernel=kernel,
            stride=stride,
            padding=(top, left, bottom, right),
            dilation=dilation,
            groups=groups,
            bias=seen.argument(2, "bias") is not None,
        )
    ]


def _linear(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    return [_op("linear", seen, outputs[0], bias=seen.argument(2, "bias") is not None)]


def _pool(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    kind = "max_pool" if "max" in seen.func else "avg_pool"
    kernel = _pair(seen.argument(1, "kernel_size"))
    stride = _pair(seen.argument(2, "stride") or kernel)
    vertical, horizontal = _pair(seen.argument(3, "padding", 0))
    dilation = _pair(seen.argument(4, "dilation", 1)) if kind == "max_pool" else (1, 1)
    padding = (vertical, horizontal, vertical, horizontal)
    return [_op(kind, seen, outputs[0], kernel=kernel, stride=stride, padding=padding, dilation=dilation)]


def _adaptive(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    output = outputs[0]
    if output[1:] == (1, 1):
        return [_op("global_avg_pool", seen, output)]
    _, height, width = seen.shapes()[0]
    stride = (max(height // output[1], 1), max(width // output[2], 1))
    kernel = (max(height - (output[1] - 1) * stride[0], 1), max(width - (output[2] - 1) * stride[1], 1))
    if height < output[1] or width < output[2]:
        kernel = stride = (1, 1)
    return [_op("avg_pool", seen, output, kernel=kernel, stride=stride)]


def _mean(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    shape = seen.shapes()[0]
    if len(shape) != 3 or prod(outputs[0]) != shape[0]:
        raise NetworkError(f"mean of {_text(shape)} to {_text(outputs[0])} is no mean over the map")
    return [_op("global_avg_pool", seen, outputs[0])]


def _joined(kind: str) -> Rule:
    def rule(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
        if len(seen.nodes) > 1:
            return [_op(kind, seen, outputs[0])]
        return [_op("scale", seen, outputs[0])]

    return rule


def _concat(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    axis = seen.argument(1, "dim", 0)
    if axis not in (1, -len(outputs[0])):
        raise NetworkError(f"cat along axis {axis} has no operation kind, only along the channels")
    return [_op("concat", seen, outputs[0])]


def _split(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    source = seen.shapes()[0]
    whole: list[Op | Node] = []
    for output in outputs:
        if output[1:] != source[1:]:
            raise NetworkError(f"{seen.func} of {_text(source)} to {_text(output)} is no split of the channels")
        whole.append(seen.nodes[0] if output == source else _op("split", seen, output))
    return whole


def _permute(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    node, shape = seen.nodes[0], tuple(seen.reads[0].shape[1:])
    if shape == node.shape and len(shape) <= 3:
        return [_op("permute", seen, outputs[0])]
    if len(shape) == len(node.shape) + 1 and prod(shape[:2]) == node.shape[0]:  # channels dealt out in groups
        shuffled = Op(
            kind="permute", name="", sources=seen.sources, inputs=(node.shape,), output=node.shape, groups=shape[0]
        )
        return [shuffled]
    raise NetworkError(
        f"{seen.func} of {_text(shape)} per image, which {node.name or 'the input'} wrote as {_text(node.shape)}, "
        "has no operation kind"
    )


def _reshape(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    node = seen.nodes[0]
    if seen.reads[0].shape[0] * prod(outputs[0]) != seen.reads[0].numel():
        raise NetworkError(f"{seen.func} to {_text(outputs[0])} mixes the images of a batch")
    if len(outputs[0]) == 1 and len(node.shape) > 1:
        return [_op("flatten", seen, outputs[0])]
    return [node]


def _pad(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    sides = seen.argument(1, "pad", ())
    if not isinstance(sides, (list, tuple)) or len(sides) not in (2, 4) or len(outputs[0]) != 3:
        raise NetworkError(f"pad by {sides!r} has no operation kind, only height and width")
    left, right, top, bottom = (*sides, 0, 0)[:4]
    return [_op("pad", seen, outputs[0], padding=(top, left, bottom, right))]


def _same_if_shape(kind: str) -> Rule:
    def rule(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
        return [seen.nodes[0]] if seen.argument(2, "training", True) is False else [_op(kind, seen, outputs[0])]

    return rule


ALIASES = frozenset({
    "contiguous", "clone", "to", "float", "half", "bfloat16", "double", "type", "type_as", "detach", "requires_grad_",
    "requires_grad", "cpu", "cuda", "identity", "_to_copy", "alias", "data",
})  # fmt: skip
"""Calls after which a tensor is the same numbers in the same shape."""

RULES: dict[str, Rule] = {
    "conv2d": _conv, "conv_transpose2d": _conv, "linear": _linear, "batch_norm": _same("batch_norm"),
    "layer_norm": _same("layer_norm"), "relu": _same("relu"), "clamp_min": _same("relu"), "relu6": _relu6,
    "hardtanh": _relu6, "hardswish": _same("hard_swish"), "hardsigmoid": _same("hard_sigmoid"),
    "sigmoid": _same("sigmoid"), "silu": _same("silu"), "gelu": _same("gelu"), "softmax": _same("softmax"),
    "log_softmax": _same("softmax"), "max_pool2d": _pool, "avg_pool2d": _pool, "adaptive_avg_pool2d": _adaptive,
    "mean": _mean, "add": _joined("add"), "sub": _joined("add"), "rsub": _joined("add"), "mul": _joined("multiply"),
    "multiply": _joined("multiply"), "div": _joined("multiply"), "truediv": _joined("multiply"), "cat": _concat,
    "concat": _concat, "concatenate": _concat, "chunk": _split, "split": _split, "tensor_split": _split,
    "split_with_sizes": _split, "getitem": _split, "narrow": _split, "permute": _permute, "transpose": _permute,
    "movedim": _permute, "swapaxes": _permute, "flatten": _reshape, "view": _reshape, "reshape": _reshape,
    "unflatten": _reshape, "squeeze": _reshape, "unsqueeze": _reshape, "pad": _pad, "interpolate": _same("upsample"),
    "upsample": _same("upsample"), "dropout": _same_if_shape("dropout"), "dropout2d": _same_if_shape("dropout"),
    "alpha_dropout": _same_if_shape("dropout"), "feature_alpha_dropout": _same_if_shape("dropout"),
}  # fmt: skip
"""Short name of a torch function -> rule."""

_BY_IDENTITY = {
    id(functional.max_pool2d): "max_pool2d",
    id(functional.adaptive_max_pool2d): "adaptive_max_pool2d",
    id(functional.avg_pool2d): "avg_pool2d",
}
_OPERATORS = {"iadd": "add", "radd": "add", "imul": "mul", "rmul": "mul", "isub": "sub", "rtruediv": "div",
              "itruediv": "div", "rdiv": "div", "idiv": "div"}  # fmt: skip


def call_short_name(func: Callable[..., object]) -> str:
    """Return a torch function's name without module, in-place underscore and operator dress.

    Examples
    --------
    >>> call_short_name(torch.Tensor.__iadd__), call_short_name(torch.relu_), call_short_name(torch.Tensor.view)
    ('add', 'relu', 'view')
    """
    known = _BY_IDENTITY.get(id(func))
    if known is not None:
        return known
    full: str = resolve_name(func) or getattr(func, "__name__", type(func).__name__)
    short = full.rpartition(".")[2]
    if short == "__get__":  # an attribute: torch.Tensor.data.__get__
        return full.split(".")[-2]
    short = short.strip("_")
    return _OPERATORS.get(short, short)
