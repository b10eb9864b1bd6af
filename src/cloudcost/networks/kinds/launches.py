"""What an operation asks a framework to run in one training step, as shapes.

The names are those of PyTorch's ATen operators without overload and without the underscore of in-place variants; calls
that move no data (views) are none. Shapes have the batch first. Its key and class are
`cloudcost.timing.calls.framework`'s.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

Dims: TypeAlias = tuple[int, ...]
Sizes: TypeAlias = tuple[int, ...]
"""One number for each axis of a map."""


class Convolves(NamedTuple):
    """A convolution, or the call that computes its gradients; a 1-d one is a 2-d one of height 1.

    Parameters
    ----------
    data, weight, output : tuple of int
        (N, C, H, W), (K, C/groups, h, w) and the output of the forward pass; of a 3-d one with depth.
    data_gradient, weight_gradient : bool
        Whether the backward pass computes the gradient of `data`, of `weight`.
    """

    data: Dims
    weight: Dims
    output: Dims
    stride: Sizes
    padding: Sizes
    dilation: Sizes
    groups: int
    transposed: bool
    data_gradient: bool
    weight_gradient: bool = True


class Multiplies(NamedTuple):
    """A matrix product (rows x inner) (inner x columns), with a bias added as linear layers do.

    Parameters
    ----------
    times : int
        Products of one size that one call computes; 0 for a product that is no batch. [count]
    """

    rows: int
    inner: int
    columns: int
    bias: bool = False
    times: int = 0


class Attends(NamedTuple):
    """Attention as one call: softmax(queries keys^T) values.

    Parameters
    ----------
    times : int
        Heads of all images. [count]
    queries, keys, head, values : int
        Positions that ask and that are asked, numbers of a query and of a value. [count]
    """

    times: int
    queries: int
    keys: int
    head: int
    values: int


class Moves(NamedTuple):
    """A call whose time follows what it reads and writes: activations, norms, pools, sums.

    Parameters
    ----------
    name : str
        Of the ATen operator.
    inputs : tuple of shapes
    output : shape
    window : (kernel, stride), optional
        Of a pool whose time depends on it.
    running : bool
        Of a batch normalisation: whether it takes its running statistics.
    """

    name: str
    inputs: tuple[Dims, ...]
    output: Dims
    window: tuple[Sizes, Sizes] | None = None
    running: bool = False


Launch: TypeAlias = Convolves | Multiplies | Attends | Moves
Passes: TypeAlias = tuple[tuple[Launch, ...], tuple[Launch, ...]]
"""Launches of the forward and of the backward pass."""


def moves(name: str, inputs: tuple[Dims, ...], output: Dims, window: tuple[Sizes, Sizes] | None = None) -> Moves:
    """Return a call that moves data."""
    return Moves(name=name, inputs=inputs, output=output, window=window)
