"""A training step as the calls that a framework makes: what a machine's own operation times are stored under.

A network's operation is several calls: a convolution is `convolution` forward and `convolution_backward` backward, a
batch of parameters with momentum is three updates. Each call has a key (the call and its shapes): two calls with one
key take the same time on one machine, so that a time measured under a key holds for every network that makes the call.
The names are those of PyTorch's ATen operators without overload and without the underscore of in-place variants; calls
that move no data (views) are no calls here. Nothing of PyTorch is needed to list them.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Literal, assert_never

from cloudcost.frozen import dataclass
from cloudcost.networks.kinds.launches import Attends, Convolves, Dims, Launch, Moves, Multiplies, Sizes

Phase = Literal["forward", "backward", "optimizer"]
Part = Literal["", "data", "weights", "bias", "running"]

FLOAT_BYTES = 4
"""Bytes of an fp32 number; other precisions keep the unit, so that features are comparable within one environment."""
COMMUTATIVE = frozenset({"add", "mul"})
"""Calls whose key has the larger tensor first, whatever the order in the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of one step.

    Parameters
    ----------
    phase : {"forward", "backward", "optimizer"}
    op : str
        The call's name.
    key : str
        Name, shapes and geometry: what the time depends on.
    kind : str
        The class that a regression puts it in: calls of one kind scale alike.
    flops : float
        [FLOP]
    read_bytes, written_bytes, weight_bytes : float
        As fp32; weights apart from what is read. [bytes]
    part : {"", "data", "weights", "bias", "running"}
        Which part of `whole` it is: a gradient of one operand alone, or a normalisation on running statistics.
    whole, ahead : Call, optional
        Of a part: the call that does all of it, and the forward pass of a convolution.
    """

    phase: Phase
    op: str
    key: str
    kind: str
    flops: float
    read_bytes: float
    written_bytes: float
    weight_bytes: float = 0.0
    part: Part = ""
    whole: Call | None = None
    ahead: Call | None = None


def shape_text(dims: Dims) -> str:
    """Return a shape as it stands in a key.

    Examples
    --------
    >>> shape_text((8, 3, 64, 64))
    '8x3x64x64'
    """
    return "x".join(map(str, dims)) or "1"


def convolution(
    phase: Phase,
    data: Dims,
    weight: Dims,
    output: Dims,
    *,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes = (1, 1),
    groups: int = 1,
    transposed: bool = False,
    data_gradient: bool = True,
    weight_gradient: bool = True,
) -> Call:
    """Return a convolution, or the call that computes its gradients.

    Parameters
    ----------
    phase : {"forward", "backward"}
    data, weight, output : tuple of int
        (N, C, H, W), (K, C/groups, h, w) and the output of the forward pass.
    data_gradient, weight_gradient : bool
        Which gradients the backward pass computes: the first layer has none of `data`, a frozen one none of `weight`.

    Examples
    --------
    >>> convolution("forward", (8, 3, 64, 64), (16, 3, 3, 3), (8, 16, 64, 64), stride=(1, 1), padding=(1, 1)).key
    'convolution 8x3x64x64 16x3x3x3 s1 p1'
    """
    positions = prod(data) if transposed else prod(output)
    flops = 2.0 * positions * prod(weight[1:])
    text = f"{shape_text(data)} {shape_text(weight)} s{_pair(stride)} p{_pair(padding)}"
    if any(size > 1 for size in dilation):
        text += f" d{_pair(dilation)}"
    if groups > 1:
        text += f" g{groups}"
    if transposed:
        text += " transposed"
    kind = "conv_transpose" if transposed else _conv_kind(data, weight, output, stride, dilation, groups)
    sizes = (prod(data) * FLOAT_BYTES, prod(output) * FLOAT_BYTES, prod(weight) * FLOAT_BYTES)
    ahead = Call(
        phase="forward", op="convolution", key=f"convolution {text}", kind=kind, flops=flops,
        read_bytes=sizes[0], written_bytes=sizes[1], weight_bytes=sizes[2],
    )  # fmt: skip
    if phase == "forward":
        return ahead
    whole = Call(
        phase=phase, op="convolution_backward", key=f"convolution_backward {text}", kind=f"{kind}_backward",
        flops=2 * flops, read_bytes=sizes[0] + sizes[1], written_bytes=sizes[0], weight_bytes=sizes[2],
    )  # fmt: skip
    if data_gradient and weight_gradient:
        return whole
    part: Part = "data" if data_gradient else "weights" if weight_gradient else "bias"
    return replace(
        whole, key=f"{whole.key} {part}", kind=f"{whole.kind}_{part}", flops=flops if part != "bias" else 0.0,
        read_bytes=sizes[1] + (sizes[0] if part == "weights" else 0), written_bytes=sizes[0] if data_gradient else 0.0,
        weight_bytes=sizes[2] if part != "bias" else 0.0, part=part, whole=whole, ahead=ahead,
    )  # fmt: skip


def _conv_kind(data: Dims, weight: Dims, output: Dims, stride: Sizes, dilation: Sizes, groups: int) -> str:
    area = prod(weight[2:])
    if groups > 1 and groups == data[1]:
        return f"conv_depthwise{_map_size(output)}"
    if groups > 1:
        return f"conv_grouped{_map_size(output)}"
    if data[1] <= 4:
        return "conv_image"
    if area == 1:
        few = "_few" if data[0] < FEW_IMAGES and stride == dilation == (1, 1) else ""
        return f"conv_1x1{few}{_map_size(output)}"
    return f"conv_3x3{_map_size(output)}" if area <= 9 and stride == (1, 1) else "conv_other"


FEW_IMAGES = 16
"""Below that, PyTorch on one CPU thread runs 1x1 convolutions of stride 1 as plain matrix products, and from there on
with oneDNN, which took up to four times as long an image here (`ConvParams::use_mkldnn` in ATen's Convolution.cpp,
PyTorch 2.13). [images]"""
TINY_PIXELS = 9
"""Maps of so many pixels or fewer fill no vector register: on CPUs, operations on them run at a fraction of the rate
(measured here: 1x1 convolutions at 5-7 instead of 30-42 GFLOP/s on 2x2 and 3x3 maps). [pixels]"""
VECTOR = 8
"""Numbers of a 32-byte vector register. [count]"""


def _map_size(dims: Dims) -> str:
    """Return the part of a kind that says how a map fills vectors."""
    pixels = prod(dims[2:])
    if len(dims) != 4 or pixels == 1:
        return ""
    if pixels <= TINY_PIXELS:
        return "_tiny"
    return "_odd" if pixels % VECTOR else ""


def product(phase: Phase, rows: int, inner: int, columns: int, *, bias: bool = False) -> Call:
    """Return a matrix product (rows x inner) (inner x columns), with a bias added as linear layers do.

    Examples
    --------
    >>> product("forward", 8, 512, 10, bias=True).key
    'addmm 8x512 512x10'
    """
    op = "addmm" if bias else "mm"
    return Call(
        phase=phase,
        op=op,
        key=f"{op} {rows}x{inner} {inner}x{columns}",
        kind="product",
        flops=2.0 * rows * inner * columns,
        read_bytes=FLOAT_BYTES * rows * inner,
        written_bytes=FLOAT_BYTES * rows * columns,
        weight_bytes=FLOAT_BYTES * inner * columns,
    )


def batched_product(phase: Phase, times: int, rows: int, inner: int, columns: int) -> Call:
    """Return so many matrix products (rows x inner) (inner x columns) of two activations.

    Examples
    --------
    >>> batched_product("forward", 96, 49, 32, 49).key
    'bmm 96x49x32 96x32x49'
    """
    return Call(
        phase=phase,
        op="bmm",
        key=f"bmm {times}x{rows}x{inner} {times}x{inner}x{columns}",
        kind="products",
        flops=2.0 * times * rows * inner * columns,
        read_bytes=float(FLOAT_BYTES * times * inner * (rows + columns)),
        written_bytes=float(FLOAT_BYTES * times * rows * columns),
    )


def attention(phase: Phase, times: int, queries: int, keys: int, head: int, values: int) -> Call:
    """Return softmax(queries keys^T) values of so many heads as one call; its backward pass has 2.5 times the work.

    Examples
    --------
    >>> attention("forward", 96, 197, 197, 64, 64).key
    'attention 96x197x64 96x197x64 96x197x64'
    """
    ahead = phase == "forward"
    read, written = times * (queries * head + keys * (head + values)), times * queries * values
    flops = 2.0 * times * queries * keys * ((head + values) if ahead else (3 * head + 2 * values))
    return Call(
        phase=phase,
        op="attention" if ahead else "attention_backward",
        key=f"{'attention' if ahead else 'attention_backward'} {times}x{queries}x{head} {times}x{keys}x{head} "
        f"{times}x{keys}x{values}",
        kind="attention" if ahead else "attention_backward",
        flops=flops,
        read_bytes=float(FLOAT_BYTES * (read if ahead else read + 2 * written)),
        written_bytes=float(FLOAT_BYTES * (written if ahead else read)),
    )


def plain(phase: Phase, op: str, inputs: tuple[Dims, ...], output: Dims, *, geometry: str = "") -> Call:
    """Return a call whose time follows what it reads and writes: activations, norms, pools, sums, updates.

    Examples
    --------
    >>> plain("forward", "relu", ((8, 64, 32, 32),), (8, 64, 32, 32)).key
    'relu 8x64x32x32'
    """
    text = " ".join(map(shape_text, inputs))
    shown = "" if inputs and output == inputs[0] else f" > {shape_text(output)}"
    return Call(
        phase=phase,
        op=op,
        key=f"{op} {text}{shown}{' ' + geometry if geometry else ''}",
        kind=f"{op}_update" if phase == "optimizer" else f"{op}{_map_size(output)}",
        flops=0.0,
        read_bytes=float(FLOAT_BYTES * sum(map(prod, inputs))),
        written_bytes=float(FLOAT_BYTES * prod(output)),
    )


def normalisation(phase: Phase, op: str, data: Dims, output: Dims, *, running: bool) -> Call:
    """Return a normalisation, which on running statistics is a call of its own: it computes none.

    Examples
    --------
    >>> normalisation("forward", "native_batch_norm", (8, 4, 2, 2), (8, 4, 2, 2), running=True).key
    'native_batch_norm 8x4x2x2 running'
    """
    whole = plain(phase, op, (data,), output)
    if not running:
        return whole
    return replace(whole, key=f"{whole.key} running", kind=f"{whole.kind}_running", part="running", whole=whole)


def launched(phase: Phase, launch: Launch) -> Call:
    """Return what an operation's record asks for as a call of a phase."""
    match launch:
        case Convolves():
            return convolution(
                phase,
                launch.data,
                launch.weight,
                launch.output,
                stride=launch.stride,
                padding=launch.padding,
                dilation=launch.dilation,
                groups=launch.groups,
                transposed=launch.transposed,
                data_gradient=launch.data_gradient,
                weight_gradient=launch.weight_gradient,
            )
        case Multiplies() if launch.times:
            return batched_product(phase, launch.times, launch.rows, launch.inner, launch.columns)
        case Attends():
            return attention(phase, *launch)
        case Multiplies():
            return product(phase, launch.rows, launch.inner, launch.columns, bias=launch.bias)
        case Moves(running=True):
            return normalisation(phase, launch.name, launch.inputs[0], launch.output, running=True)
        case Moves():
            geometry = "" if launch.window is None else pool_geometry(*launch.window)
            return plain(phase, launch.name, launch.inputs, launch.output, geometry=geometry)
        case _:
            assert_never(launch)


def pool_geometry(kernel: Sizes, stride: Sizes) -> str:
    """Return the windows of a pool as they stand in a key.

    Examples
    --------
    >>> pool_geometry((3, 3), (2, 2))
    'k3 s2'
    """
    return f"k{_pair(kernel)} s{_pair(stride)}"


def _pair(values: Sizes) -> str:
    return str(values[0]) if len(set(values)) == 1 else ",".join(map(str, values))
