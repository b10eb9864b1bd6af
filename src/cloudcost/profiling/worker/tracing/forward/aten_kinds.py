"""Which operation an ATen call is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod

import torch

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.frozen import dataclass
from cloudcost.networks.checks import op_faults
from cloudcost.networks.kinds.table import KINDS
from cloudcost.networks.kinds.traces import Node, Seen
from cloudcost.profiling.worker.tracing.forward.recorder import Recorder
from cloudcost.profiling.worker.tracing.forward.rules import RULES
from cloudcost.profiling.worker.tracing.forward.shares import BATCH, PerImage, batch_axis, per_image

PRODUCTS = {"mm": 0, "bmm": 0, "mv": 0, "dot": 0, "addmm": 1, "baddbmm": 1, "addbmm": 1, "addmv": 1}
"""Position of the first factor; the second one follows."""
_COPIES = frozenset({
    "clone", "_to_copy", "copy", "cat", "stack", "constant_pad_nd", "reflection_pad1d", "reflection_pad2d",
    "reflection_pad3d", "replication_pad1d", "replication_pad2d", "replication_pad3d", "roll", "flip", "repeat",
    "index", "index_select", "gather", "take", "scatter", "scatter_add", "index_put", "_unsafe_index",
    "_unsafe_index_put", "index_add", "index_copy", "index_fill", "pixel_shuffle", "pixel_unshuffle",
    "channel_shuffle", "native_channel_shuffle", "im2col", "col2im", "tril", "triu", "rot90", "select_scatter",
    "slice_scatter", "repeat_interleave", "masked_select", "masked_scatter", "embedding", "unfold_copy", "block_diag",
    "as_strided_copy", "slice_copy", "expand_copy", "diag_embed", "diagonal_scatter", "as_strided_scatter", "trace",
    "max_unpool2d", "max_unpool3d",
})  # fmt: skip
_PASSES = frozenset({
    "cumsum", "cumprod", "logcumsumexp", "cummax", "cummin", "sort", "topk", "renorm", "grid_sampler_2d",
    "grid_sampler_3d", "upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d", "_upsample_nearest_exact1d",
    "_upsample_nearest_exact2d", "_upsample_nearest_exact3d", "upsample_linear1d", "upsample_bilinear2d",
    "upsample_trilinear3d", "upsample_bicubic2d", "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa",
    "rrelu_with_noise", "native_dropout", "glu", "floor_divide", "polar", "complex", "nan_to_num", "prelu",
    "_prelu_kernel", "affine_grid_generator", "linalg_cross", "log_sigmoid_forward", "log_softmax", "_log_softmax",
    "_thnn_fused_lstm_cell", "_thnn_fused_gru_cell", "_trilinear", "_softmax", "_safe_softmax",
})  # fmt: skip
"""Calls that go over their numbers once or a few times and write about as many."""
_REDUCTIONS = frozenset({
    "sum", "mean", "amax", "amin", "max", "min", "prod", "var", "std", "var_mean", "std_mean", "norm", "argmax",
    "argmin", "any", "all", "logsumexp", "linalg_vector_norm", "median", "nanmedian", "nansum", "count_nonzero",
    "aminmax", "kthvalue", "mode", "max_pool2d_with_indices", "max_pool3d_with_indices", "avg_pool1d", "avg_pool2d",
    "avg_pool3d", "_adaptive_avg_pool2d", "_adaptive_avg_pool3d", "adaptive_max_pool2d", "adaptive_max_pool3d",
    "fractional_max_pool2d", "l1_loss", "mse_loss", "smooth_l1_loss", "huber_loss",
})  # fmt: skip
_NORMS = {
    "native_batch_norm": "batch_norm", "_native_batch_norm_legit": "batch_norm", "cudnn_batch_norm": "batch_norm",
    "native_layer_norm": "layer_norm", "native_group_norm": "group_norm", "_fused_rms_norm": "normalize",
}  # fmt: skip
_KINDS = {**_NORMS, "cat": "concat", "_softmax": "softmax", "_safe_softmax": "softmax"}
"""Calls that are one kind, where their shapes are that kind's."""
_JOINS = {"add": "add", "sub": "add", "rsub": "add", "mul": "multiply", "div": "multiply"}
"""Calls that join several tensors from the images; with one such tensor they scale it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtenCall:
    """One ATen call as it was made.

    Parameters
    ----------
    name : str
        Without namespace and overload.
    args, named
        Arguments.
    inputs, outputs : tuple of tensors
        What it read and returned, in order.
    nodes : tuple of (Node or None)
        What had written each input before the call; None where it does not come from the images.
    carries : tuple of bool
        Whether each input carried a gradient then.
    """

    name: str
    args: tuple[object, ...]
    named: Mapping[str, object]
    inputs: tuple[torch.Tensor, ...]
    outputs: tuple[torch.Tensor, ...]
    nodes: tuple[Node | None, ...]
    carries: tuple[bool, ...]

    def wanted(self, sources: tuple[str, ...]) -> dict[str, bool]:
        """Return of each source whether what was read of it carried a gradient."""
        flags = [carries for carries, node in zip(self.carries, self.nodes, strict=True) if node is not None]
        found: dict[str, bool] = {}
        for source, flag in zip(sources, flags, strict=len(flags) == len(sources)):  # of one source, numbers and places
            found[source] = found.get(source, False) or flag
        return found

    def beside(self, op: Op) -> tuple[str, ...]:
        """Return what it reads that carries a gradient and is no source of its operation: weights made of images."""
        if len(op.sources) >= sum(node is not None for node in self.nodes):
            return ()
        pairs = zip(self.carries, self.nodes, strict=True)
        return tuple(node.name for carries, node in pairs if carries and node is not None and node.name)

    @property
    def short(self) -> str:
        """The name without the underscore of in-place calls."""
        return self.name.rstrip("_")

    @property
    def in_place(self) -> bool:
        """Whether it overwrites its first input."""
        return bool(self.outputs) and self.outputs[0] is self.inputs[0]

    @property
    def writes_part(self) -> bool:
        """Whether its first input is a part of a tensor, the rest of which stays as it is."""
        whole = self.inputs[0].untyped_storage().nbytes() // self.inputs[0].element_size()
        return bool(self.inputs[0].numel() < whole)

    def tensor(self, position: int) -> torch.Tensor:
        """Return an argument that is a tensor."""
        value = self.args[position]
        assert isinstance(value, torch.Tensor)
        return value


def operation_of(func: torch._ops.OpOverload, call: AtenCall, recorder: Recorder) -> Op | None:
    """Return the operation that a call is, its views written down before it; None where there is no kind for it.

    Parameters
    ----------
    func : OpOverload
        Whose tags are asked.
    call : AtenCall
        Which reads at least one tensor that comes from the images.
    recorder : Recorder
    """
    weights = recorder.weights(call.inputs)
    reads = list(zip(call.inputs, call.nodes, strict=True))
    if call.short == "copy" and call.in_place and not call.writes_part:  # what is overwritten whole is not read
        reads = reads[1:] if call.nodes[1] is not None else []
    if call.short in PRODUCTS:
        return _product(call, recorder, sum(weights.values()))
    nodes = [recorder.read(tensor, node) for tensor, node in reads if node is not None]
    output = per_image(call.outputs[0])
    if not nodes:  # a constant over what was there
        nodes = [recorder.read(call.inputs[0], call.nodes[0])] if call.nodes[0] is not None else []
    if not nodes:
        return None
    seen = _Reading(call=call, nodes=tuple(nodes), output=output, parameters=sum(weights.values()))
    for op in seen.candidates(func):
        if op.kind in KINDS and not op_faults(op):
            return op
    for op in seen.generic(func):
        faults = {key for key, _ in op_faults(op)}
        if faults == {"parameters"}:  # of weights that are looked up or computed a part is read
            most = KINDS[op.kind].most
            return op if most is None else replace(op, parameters=most(op))
        if not faults:
            return op
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    call: AtenCall
    nodes: tuple[Node, ...]
    output: Shape
    parameters: int

    def op(self, kind: str, **more: object) -> Op:
        fields: dict[str, object] = {
            "kind": kind, "name": "", "sources": tuple(node.name for node in self.nodes),
            "inputs": tuple(node.shape for node in self.nodes), "output": self.output, "parameters": self.parameters,
            **more,
        }  # fmt: skip
        return Op(**fields)  # type: ignore[arg-type]

    def candidates(self, func: torch._ops.OpOverload) -> list[Op]:
        """Return the kinds that the call is where shapes allow, the most particular one first."""
        call, short = self.call, self.call.short
        several = len(self.nodes) > 1
        if short in _JOINS:
            return [self.op(_JOINS[short] if several else "scale")]
        if short in _KINDS:
            return [self.op(_KINDS[short])]
        if short in _MAKERS:
            return _MAKERS[short](self)
        rule = RULES.get(short)
        if rule is None or several or self.parameters or torch.Tag.pointwise not in func.tags:
            return []
        seen = Seen(
            func=short, args=call.args, named=call.named, nodes=self.nodes, weights={},
            reads=tuple(PerImage(shape=(1, *node.shape)) for node in self.nodes),
        )  # fmt: skip
        try:
            return [op for op in rule(seen, [self.output]) if isinstance(op, Op)]
        except NetworkError:
            return []

    def generic(self, func: torch._ops.OpOverload) -> list[Op]:
        """Return the call as a norm, a pass over its numbers, a reduction or a copy; nothing if it is none of these."""
        short, tags = self.call.short, func.tags
        copied = self.op("copy", function=short)
        if short in _COPIES:
            return [copied]
        if torch.Tag.reduction in tags or short in _REDUCTIONS:
            return [self.op("reduce", function=short), copied]
        if short in _NORMS:
            return [self.op("normalize", function=short), copied]
        if torch.Tag.pointwise in tags or short in _PASSES:
            return [self.op("elementwise", function=short), copied]
        return []


def _product(call: AtenCall, recorder: Recorder, parameters: int) -> Op | None:
    """Return a product with weights as a linear map, one of two activations as a product."""
    at = PRODUCTS[call.short]
    factors = [call.tensor(at), call.tensor(at + 1)]
    nodes = [recorder.node(factor) for factor in factors]
    inner = factors[0].shape[-1]
    output = per_image(call.outputs[0])
    bias = at == 1 and parameters > 0
    reads = [recorder.read(factor, node) for factor, node in zip(factors, nodes, strict=True) if node is not None]
    sources, inputs = tuple(node.name for node in reads), tuple(node.shape for node in reads)
    if len(reads) == 2:
        return Op(kind="matmul", name="", sources=sources, inputs=inputs, output=output, parameters=parameters)
    if not reads:
        return None
    macs = call.outputs[0].numel() // (BATCH if batch_axis(call.outputs[0]) is not None else 1) * inner
    op = Op(kind="linear", name="", sources=sources, inputs=inputs, output=output, parameters=parameters, bias=bias)
    rule = KINDS["linear"].macs
    if rule is not None and inputs[0][-1] == inner and not op_faults(op) and rule(op) == macs:
        return op
    return _product_of_items(call, recorder)


def _product_of_items(call: AtenCall, recorder: Recorder) -> Op | None:
    """Return a product in which each item of an image has weights of its own (a capsule, a head), a copy of them."""
    at = PRODUCTS[call.short]
    factors = [call.tensor(at), call.tensor(at + 1)]
    for factor in factors:
        if recorder.node(factor) is None:
            recorder.constant(factor)
    nodes = [recorder.read(factor) for factor in factors]
    rows, columns = nodes[0].shape, nodes[1].shape
    if len(rows) < len(columns):  # an image has one row of each item
        nodes[0] = recorder.shaped(factors[0], nodes[0], (*rows[:-1], 1, rows[-1]))
    elif len(columns) < len(rows):
        nodes[1] = recorder.shaped(factors[1], nodes[1], (*columns, 1))
    left, right = (node.shape for node in nodes)
    sources = tuple(node.name for node in nodes)
    output = (*left[:-1], right[-1])
    op = Op(kind="matmul", name="", sources=sources, inputs=(left, right), output=output)
    fits = prod(output) == prod(per_image(call.outputs[0]))
    return op if fits and not op_faults(op) else None


def _pads(reading: _Reading) -> list[Op]:
    sides = reading.call.args[1]
    rank = len(reading.output) - 1
    if not isinstance(sides, (list, tuple)) or not 1 <= rank <= 3:
        return []
    sides = [*sides, *(0,) * (2 * rank)]
    if any(sides[2 * rank :]):
        return []
    before = tuple(int(sides[2 * axis]) for axis in reversed(range(rank)))
    after = tuple(int(sides[2 * axis + 1]) for axis in reversed(range(rank)))
    ones = (1,) * rank
    return [reading.op("pad", padding=before + after, kernel=ones, stride=ones, dilation=ones)]


def _means(reading: _Reading) -> list[Op]:
    shape = reading.nodes[0].shape
    return [reading.op("global_avg_pool")] if len(shape) == 3 and prod(reading.output) == shape[0] else []


def _convolution(reading: _Reading) -> list[Op]:
    """Return a convolution that a TorchScript function or a gradient of one's own calls."""
    _, weight, bias, stride, padding, dilation, transposed, _, groups = reading.call.args[:9]
    assert isinstance(weight, torch.Tensor)
    assert isinstance(groups, int)
    rank = weight.dim() - 2
    kind = f"conv_transpose{rank}d" if transposed else f"conv{rank}d"
    sides: tuple[int, ...] = tuple(padding)  # type: ignore[arg-type]
    node = reading.nodes[0]
    made = reading.op(
        kind, sources=(node.name,), inputs=(node.shape,), kernel=tuple(weight.shape[2:]), stride=tuple(stride),  # type: ignore[arg-type]
        padding=sides + sides, dilation=tuple(dilation), bias=bias is not None,  # type: ignore[arg-type]
        groups=groups // BATCH if groups % BATCH == 0 else groups,
    )  # fmt: skip
    return [made]


_MAKERS: dict[str, Callable[[_Reading], list[Op]]] = {
    "mean": _means,
    "constant_pad_nd": _pads,
    "convolution": _convolution,
}
"""Calls that are a particular kind where their arguments allow."""
