"""Which operation kind a torch function is: the rule stands in the kind's record, under the function's short name."""

from __future__ import annotations

from collections.abc import Callable

from torch.nn import functional
from torch.overrides import resolve_name

from cloudcost.networks.kinds.table import KINDS
from cloudcost.networks.kinds.traces import TraceRule

STRUCTURAL = frozenset({
    "contiguous", "clone", "to", "float", "half", "bfloat16", "double", "type", "type_as", "detach", "identity",
    "flatten", "view", "view_as", "reshape", "unflatten", "squeeze", "unsqueeze", "permute", "transpose", "movedim",
    "swapaxes", "chunk", "split", "tensor_split", "split_with_sizes", "getitem", "setitem", "narrow", "select",
    "expand", "expand_as", "repeat", "stack", "cat", "concat", "concatenate", "add", "sub", "rsub", "mul", "multiply",
    "div", "truediv", "mean", "sum", "matmul", "bmm", "einsum", "pad", "roll", "flip", "unfold", "fold",
})  # fmt: skip
"""Functions that move, join or reduce tensors: as ATen calls their views are free and their copies are seen."""

RULES: dict[str, TraceRule] = {name: rule for kind in KINDS.values() for name, rule in kind.traced.items()}
"""Short name of a torch function -> rule."""

_BY_IDENTITY = {
    id(functional.max_pool2d): "max_pool2d",
    id(functional.adaptive_max_pool2d): "adaptive_max_pool2d",
    id(functional.avg_pool2d): "avg_pool2d",
    id(functional.max_pool1d): "max_pool1d",
    id(functional.max_pool3d): "max_pool3d",
    id(functional.adaptive_max_pool1d): "adaptive_max_pool1d",
    id(functional.adaptive_max_pool3d): "adaptive_max_pool3d",
    id(functional.fractional_max_pool2d): "fractional_max_pool2d",
}
_OPERATORS = {"iadd": "add", "radd": "add", "imul": "mul", "rmul": "mul", "isub": "sub", "rtruediv": "div",
              "itruediv": "div", "rdiv": "div", "idiv": "div"}  # fmt: skip


def call_short_name(func: Callable[..., object]) -> str:
    """Return a torch function's name without module, in-place underscore and operator dress.

    Examples
    --------
    >>> import torch
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
