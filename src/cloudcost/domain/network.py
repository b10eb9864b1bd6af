"""A CNN as operations with shapes: the value behind `cloudcost.network/1`.

Shapes are per sample: ``(C, H, W)`` for a feature map, ``(C, L)`` and ``(C, D, H, W)`` for those of 1-d and 3-d
convolutions, ``(N, C)`` for tokens, ``(N,)`` for a vector. Axes before those that an operation works on are items of
one sample, such as the windows of an attention or the frames of a video. One multiply-accumulate is 2 FLOPs.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from cloudcost.frozen import dataclass

Shape = tuple[int, ...]
Mask = Literal["", "causal", "full"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One operation of a network, in execution order.

    Parameters
    ----------
    kind : str
        A key of `cloudcost.networks.kinds.table.KINDS`.
    name : str
        Unique within the network.
    sources : tuple of str
        Names of the operations whose outputs are read; the empty name is the network's input. JSON key ``from``.
    inputs : tuple of Shape
        Shapes read, per sample.
    output : Shape
        Shape written, per sample.
    kernel, stride, dilation : tuple of one to three int
        One for each axis of the map: height and width.
    padding : tuple of int
        Before each axis of the map, then after each: top, left, bottom, right.
    groups : int
        Depthwise convolutions have as many groups as channels.
    bias : bool
    parameters : int
        Of its own, frozen ones too. [count]
    l2 : bool
        Whether its kernel carries an L2 penalty that is computed in each step (Keras regularisers).
    trained : bool
        Whether a step trains its parameters; a frozen operation may still pass a gradient on.
    no_grad : bool
        Whether it runs where nothing is recorded for a backward pass (``torch.no_grad``, cut off by ``detach``): no
        gradient of its parameters, none through it.
    eval_mode : bool
        Of a batch normalisation: whether it uses its running statistics, as in evaluation.
    checkpoint : str
        Name of the region of activation checkpointing that it lies in, which the backward pass runs again; empty if
        none.
    function : str
        What a generic kind computes, by the short name of PyTorch's function: ``tanh``.
    axes : tuple of int
        Which axes of a sample it reduces or normalises, or in which order it puts them; none where shapes tell.
    calls : int
        Passes over the numbers that a generic kind takes, forward. [count]
    mask : {"", "causal", "full"}
        What of an attention's products is left out.
    """

    kind: str
    name: str
    sources: tuple[str, ...] = ()
    inputs: tuple[Shape, ...]
    output: Shape
    kernel: tuple[int, ...] = (1, 1)
    stride: tuple[int, ...] = (1, 1)
    padding: tuple[int, ...] = (0, 0, 0, 0)
    dilation: tuple[int, ...] = (1, 1)
    groups: int = 1
    bias: bool = False
    parameters: int = 0
    l2: bool = False
    trained: bool = True
    no_grad: bool = False
    eval_mode: bool = False
    checkpoint: str = ""
    function: str = ""
    axes: tuple[int, ...] = ()
    calls: int = 1
    mask: Mask = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A CNN with every shape known.

    Parameters
    ----------
    name : str
    input : Shape
        Of one sample: (C, H, W) of an image.
    ops : tuple of Op
        In execution order.
    parameters : int
        Those that a step trains, each shared parameter once. [count]
    notes : tuple of str
        What a user should know of how it came about; no part of what it is.
    more_inputs : tuple of Shape
        Of one sample, of the further inputs of a CNN that reads several; operations read them as the input, too.
    share : float
        Of the time of its operations that a step takes on average, where it skips some of them at random. [1]
    """

    name: str
    input: Shape
    ops: tuple[Op, ...]
    parameters: int
    notes: tuple[str, ...] = field(default=(), compare=False)
    more_inputs: tuple[Shape, ...] = ()
    share: float = 1.0

    def __repr__(self) -> str:
        size = "x".join(map(str, self.input))
        return f"<Network {self.name} of {size}: {len(self.ops)} operations, {self.parameters:,} parameters>"
