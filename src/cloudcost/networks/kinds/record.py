"""What a record of a kind of operation holds, and the rules that many kinds share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from cloudcost.domain.network import Op, Shape
from cloudcost.networks.kinds.launches import Passes
from cloudcost.networks.kinds.steps import Step
from cloudcost.networks.shapes import Sides, elements, same_padding, text, window_output

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import TraceRule

Fault: TypeAlias = tuple[str, str]
Group: TypeAlias = Literal["convolution", "product", "attention", "norm", "activation", "pool", "rest", "free"]


def window_padding(op: Op) -> Sides:
    """Return TensorFlow's padding of a windowed operation: the output is the input's size over the stride."""
    pairs = [
        same_padding(size, op.kernel[axis], stride=op.stride[axis], dilation=op.dilation[axis])
        for axis, size in enumerate(map_of(op.inputs[0], op)[1:])
    ]
    return (*(before for before, _ in pairs), *(after for _, after in pairs))


def map_of(shape: Shape, op: Op) -> Shape:
    """Return channels and sizes of one map that a windowed operation reads or writes, items of a sample left out.

    Examples
    --------
    >>> op = Op(kind="conv2d", name="a", inputs=((16, 3, 9, 9),), output=(16, 8, 7, 7), kernel=(3, 3))
    >>> map_of(op.inputs[0], op)
    (3, 9, 9)
    """
    return shape[-len(op.kernel) - 1 :]


def items_of(shape: Shape, op: Op) -> Shape:
    """Return the axes before a map: how many of them one sample has."""
    return shape[: -len(op.kernel) - 1]


class OpKind(NamedTuple):
    """One kind of operation; a named tuple, since every command makes the table anew as it starts.

    Parameters
    ----------
    name : str
        As network JSON has it.
    faults : function of (op)
        What of the output does not follow from what is read; a kind that keeps the shape leaves it out.
    reads_map, writes_map : bool
        Whether the (first) input and the output are maps of channels x height x width.
    many : bool
        Whether it reads several tensors.
    rank : int, optional
        Axes of the map that it works on; None where the shapes tell. [count]
    weights : function of (op), optional
        Trainable parameters besides the bias; None for a kind without parameters. [count]
    bias : function of (op), optional
        Parameters of the bias that it has or could have; None for a kind without. [count]
    allowed : function of (op), optional
        Every number of parameters that is right, where weights and bias are not the only one. [count]
    most : function of (op), optional
        Up to how many parameters may be stated, where they do not follow from the shapes. [count]
    tensors : int
        In how many equal tensors the weights are held.
    macs : function of (op)
        Multiply-accumulates of one forward pass of one sample. [count]
    window : {"none", "kernel", "pool"}
        Whether it slides a window over the map, and whether that is a kernel, which network JSON has to state.
    transposed : bool
        Whether its forward pass is the data gradient of a convolution.
    same : function of (op)
        Padding that "same" stands for.
    unstated : function of (op), optional
        Padding of an operation that states none and needs no guess.
    keeps : {"nothing", "input", "output", "both"}
        What the backward pass reads again.
    matrix : function of (op), optional
        What the backward pass reads again besides, unless one kernel computes the whole: an attention's shares.
        [count]
    part : bool
        Whether it takes a part of a tensor, so that gradients of the parts are put together, not summed.
    group : str
        How its time is counted: which columns of the timing model take its bytes, FLOPs and calls. "free" moves
        nothing: the operation behind it reads the tensor as it lies.
    autocast : {"half", "full", "widens", "passes", "joins"}
        Under automatic mixed precision: runs in half precision, in fp32, gives fp32 if it has parameters, gives fp32
        if it reads fp32, or is carried out in fp32 if one input is fp32 (PyTorch's list of autocast operations).
    fuses : bool
        Whether fast libraries run it within the convolution and bias before it.
    calls : function of (op, batch, wanted)
        What one training step calls; `wanted` says of each input whether its gradient is needed.
    steps : function of (op, first)
        How PyTorch runs it; `first` is the first channel of a part.
    traced : mapping
        Short names of PyTorch's functions that are this kind, each with its rule.
    """

    name: str
    keeps: Literal["nothing", "input", "output", "both"]
    group: Group
    calls: Callable[[Op, int, tuple[bool, ...]], Passes]
    steps: Callable[[Op, int], tuple[Step, ...]]
    faults: Callable[[Op], list[Fault]] | None = None
    reads_map: bool = False
    writes_map: bool = False
    many: bool = False
    rank: int | None = None
    weights: Callable[[Op], int] | None = None
    bias: Callable[[Op], int] | None = None
    allowed: Callable[[Op], AbstractSet[int]] | None = None
    most: Callable[[Op], int] | None = None
    tensors: int = 1
    macs: Callable[[Op], int] | None = None
    window: Literal["none", "kernel", "pool"] = "none"
    transposed: bool = False
    same: Callable[[Op], Sides] = window_padding
    unstated: Callable[[Op], Sides] | None = None
    matrix: Callable[[Op], int] | None = None
    part: bool = False
    autocast: Literal["half", "full", "widens", "passes", "joins"] = "half"
    fuses: bool = False
    traced: Mapping[str, TraceRule] = MappingProxyType({})


def windows(op: Op, axis: int, *, ceil: bool) -> int:
    """Return how many windows of an operation fit along an axis of its map. [px]"""
    return window_output(
        map_of(op.inputs[0], op)[axis + 1],
        op.kernel[axis],
        stride=op.stride[axis],
        before=op.padding[axis],
        after=op.padding[axis + len(op.kernel)],
        dilation=op.dilation[axis],
        ceil=ceil,
    )


def is_even(op: Op) -> bool:
    """Return whether the padding is alike at both ends, as PyTorch's own windows have it."""
    middle = len(op.padding) // 2
    return op.padding[:middle] == op.padding[middle:]


def described(op: Op) -> str:
    """Return an operation with its window, for a message."""
    size = f"{op.kind} {text(op.kernel)}, stride {text(op.stride)}, padding {list(op.padding)}"
    dilated = f", dilation {text(op.dilation)}" if any(step > 1 for step in op.dilation) else ""
    return f"{size}{dilated} over {text(map_of(op.inputs[0], op)[1:])} px"


def same_elements(op: Op) -> list[Fault]:
    """Return the fault of an operation that keeps every value and changes the shape."""
    if elements(op.inputs[0]) == elements(op.output):
        return []
    return [
        (
            "output",
            f"{op.kind} keeps the {elements(op.inputs[0])} values of {text(op.inputs[0])}, "
            f"not the {elements(op.output)} of {text(op.output)}",
        )
    ]
