"""Sums of what the operations of a network ask of a device in one training step, per sample and fixed."""

from __future__ import annotations

from math import prod, sqrt
from typing import TYPE_CHECKING, assert_never

import numpy as np

from cloudcost.catalog.training.attention import attention_kernels
from cloudcost.networks.checks import bias_parameters, parameter_tensors, trained_parameters
from cloudcost.networks.counts import macs
from cloudcost.networks.kinds.products import product_sizes
from cloudcost.networks.kinds.record import items_of, map_of
from cloudcost.networks.kinds.table import kind_of
from cloudcost.timing.attention import attention_work, kernels_of, product_work
from cloudcost.timing.gradients import Gradients, passes_of
from cloudcost.timing.rates.coefficients import COLUMNS, INDEX, ONE_PASS, times_of
from cloudcost.timing.rates.convolution import Array

if TYPE_CHECKING:
    from cloudcost.domain.network import Network, Op, Shape
    from cloudcost.networks.kinds.record import OpKind


FUSED_BIAS = 1 / 3
"""Of a linear map of tokens, whose product adds the bias as it writes: of the three passes over the output that a
convolution's bias takes (read and written forward, read for the gradient), the last is left. [1]"""


def _positions(shape: Shape) -> tuple[int, float, float]:
    """Return the numbers of each position that a linear map reads, and its positions as height and width."""
    return shape[-1], prod(shape[:-2]), shape[-2]


def _plane(shape: Shape, op: Op) -> tuple[int, float, float]:
    """Return channels, height and width of all maps of a sample as one; a 1-d map as a square of as many pixels."""
    items = prod(items_of(shape, op))
    channels, *sizes = map_of(shape, op)
    if len(sizes) == 1:
        side = sqrt(items * sizes[0])
        return channels, side, side
    return channels, items * prod(sizes[:-1]), sizes[-1]


class Tally:
    """Sums over the operations of a network, one at a time."""

    def __init__(self) -> None:
        self.fixed = np.zeros(len(COLUMNS))
        self.fixed[INDEX["rest.constant"]] = 1.0
        self.conv: list[tuple[float, ...]] = []
        self.passes: list[tuple[float, ...]] = []
        self.linear: list[bool] = []
        self.per_sample = np.zeros(len(COLUMNS))
        self.full_precision = np.zeros(len(COLUMNS))
        self.scaled: set[str] = set()
        self.fused = np.zeros(len(COLUMNS))
        self.fused_records = 0
        self.biased: set[str] = set()
        self.records = 0.0
        self.products = 0.0
        self.varieties: dict[str, float] = {}
        self.attentions: list[tuple[Op, float]] = []

    def sum_gradients(self, network: Network, gradients: tuple[Gradients, ...]) -> None:
        """Count the sums of gradients: a tensor that k operations read has k gradients to add up."""
        readers: dict[str, int] = {}
        size: dict[str, float] = {}
        for op, each in zip(network.ops, gradients, strict=True):
            for source, wanted in zip(op.sources, each.sources, strict=True):
                readers[source] = readers.get(source, 0) + wanted
            size[op.name] = 4e-9 * prod(op.output)
        extra = sum((count - 1) * size[name] for name, count in readers.items() if name and count)
        self.per_sample[INDEX["rest.byte"]] += extra

    def call(self, name: str, times: int = 1) -> None:
        """Count calls."""
        self.fixed[INDEX[name]] += 1e-3 * times

    def count(self, op: Op, gradients: Gradients) -> None:
        """Count an operation, by how often its passes run."""
        kind = kind_of(op)
        if kind.group == "free":
            return
        if gradients.usual and not op.eval_mode:
            self._count(op, kind, gradients)
            return
        whole = self.per_sample, self.fixed, self.full_precision, self.fused, self.records
        self.per_sample, self.fixed, self.full_precision, self.fused = (np.zeros(len(COLUMNS)) for _ in range(4))
        self.records = 0.0
        self._count(op, kind, gradients)
        times = times_of(gradients.backward, gradients.again, op.eval_mode)
        self.per_sample = whole[0] + times * self.per_sample
        self.fixed = whole[1] + times * self.fixed
        self.full_precision = whole[2] + times * self.full_precision
        self.fused = whole[3] + times * self.fused
        self.records = whole[4] + self.records * (
            (1.0 if gradients.backward else ONE_PASS) + ONE_PASS * gradients.again
        )

    def _count(self, op: Op, kind: OpKind, gradients: Gradients) -> None:
        self.records += 1
        self._by_group(op, kind, gradients)
        out = 4e-9 * prod(op.output)
        per_sample = self.per_sample
        if op.bias:
            fused = kind.group == "product" and len(op.output) > 1
            per_sample[INDEX["bias.byte"]] += FUSED_BIAS * out if fused else out
            self.call("bias.calls")
            self.records += 1
            if kind.group == "convolution" and not kind.transposed:
                self.biased.add(op.name)
        trained = trained_parameters(op) if gradients.backward else 0
        if trained:
            self.fixed[INDEX["sgd.byte"]] += 4e-9 * trained
            self.call("sgd.variables", len(parameter_tensors(op)))
        if op.l2 and trained:
            kernel = op.parameters - (bias_parameters(op) if op.bias else 0)
            self.fixed[INDEX["rest.l2_byte"]] += 4e-9 * kernel
            self.call("rest.calls")

    def _by_group(self, op: Op, kind: OpKind, gradients: Gradients) -> None:
        """Count an operation's FLOPs, bytes and calls, bias and parameters left out."""
        out = 4e-9 * prod(op.output)
        read = 4e-9 * sum(map(prod, op.inputs))
        per_sample = self.per_sample
        match kind.group:
            case "convolution":
                self._convolution(op, kind, read, out, gradients)
            case "product" if op.kind == "recurrent":
                self._recurrent(op, gradients)
            case "product" if len(op.output) > 1:
                self._convolution(op, kind, read, out, gradients)
            case "product":
                self._dense(op, gradients)
            case "attention" if kind.matrix is None:
                self._products(op)
            case "attention":
                self.attentions.append((op, times_of(gradients.backward, gradients.again, False)[INDEX["attn.flop"]]))
            case "norm":
                per_sample[INDEX["bn.byte"]] += op.calls * out
                self.call("bn.calls", op.calls)
                self._stays_full(op, kind, "bn.byte", op.calls * out)
            case "activation":
                per_sample[INDEX["act.byte"]] += op.calls * out
                self.call("act.calls", op.calls)
                self._stays_full(op, kind, "act.byte", op.calls * out)
                if kind.fuses and self.biased.intersection(op.sources):
                    self.fused[INDEX["act.byte"]] += out / 3
                    self.fused[INDEX["bias.byte"]] += out / 2
                    self.fused_records += 1
            case "pool":
                per_sample[INDEX["pool.byte"]] += op.calls * (read + out)
                self.call("pool.calls", op.calls)
            case "rest":
                per_sample[INDEX["rest.byte"]] += op.calls * out
                self.call("rest.calls", op.calls)
                self._stays_full(op, kind, "rest.byte", op.calls * out)
            case "free":
                pass
            case _:
                assert_never(kind.group)

    def _stays_full(self, op: Op, kind: OpKind, column: str, out: float) -> None:
        """Count what stays in fp32, a trainable scale's stream among it: fp32 until it is cast again."""
        reads_full = bool(self.scaled.intersection(op.sources))
        match kind.autocast:
            case "half":
                return
            case "full":
                self.full_precision[INDEX[column]] += out
            case "joins":
                self.full_precision[INDEX[column]] += 2 * out if reads_full else 0.0
            case "widens":
                self._widened(op, column, out, widened=op.parameters > 0)
            case "passes":
                self._widened(op, column, out, widened=reads_full)
            case _:
                assert_never(kind.autocast)

    def _widened(self, op: Op, column: str, out: float, *, widened: bool) -> None:
        if widened:
            self.scaled.add(op.name)
            self.full_precision[INDEX[column]] += out

    def _convolution(self, op: Op, kind: OpKind, read: float, out: float, gradients: Gradients) -> None:
        if kind.group == "product":  # a linear map of each position is a 1x1 convolution
            (ci, ih, iw), (co, oh, ow), kh, kw = _positions(op.inputs[0]), _positions(op.output), 1, 1
        else:
            (ci, ih, iw), (co, oh, ow) = _plane(op.inputs[0], op), _plane(op.output, op)
            kh, kw = (op.kernel[0], 1) if len(op.kernel) == 1 else (prod(op.kernel[:-1]), op.kernel[-1])
        groups = op.groups
        passes = passes_of(gradients)
        weights = kh * kw * ci * co / groups
        if groups > 1 and groups == ci:
            work = 2e-9 * (ih * iw if kind.transposed else oh * ow) * weights
            self.per_sample[INDEX["dwc.flop"]] += len(passes) * work
            self.per_sample[INDEX["dwc.byte"]] += len(passes) * (read + out)
            self.call("dwc.calls", len(passes))
            return
        for way in passes:
            self.per_sample[INDEX[f"{way}.in_byte"]] += read
            self.per_sample[INDEX[f"{way}.out_byte"]] += out
            self.fixed[INDEX[f"{way}.weight_byte"]] += 4e-9 * weights
            self.call(f"{way}.calls")
        if kind.transposed:  # the mirror image: its forward pass is the data gradient of a convolution
            ci, ih, iw, co, oh, ow = co, oh, ow, ci, ih, iw
        stride = max(op.stride)
        winograd = op.kernel == (3, 3) and op.stride == (1, 1) and op.dilation == (1, 1) and groups == 1
        products = ih * iw * weights if kind.transposed else oh * ow * weights
        self.products += products
        odd = {"dilated": max(op.dilation) > 1, "grouped": groups > 1, "transposed": kind.transposed}
        for name in (name for name, is_so in odd.items() if is_so):
            self.varieties[name] = self.varieties.get(name, 0.0) + products
        self.conv.append((ih, iw, ci, oh, ow, co, kh, kw, stride, groups, "dx" in passes, winograd))
        self.passes.append((passes.count("fwd"), passes.count("dw"), 1.0))
        self.linear.append(kind.group == "product")

    def _dense(self, op: Op, gradients: Gradients) -> None:
        passes = len(passes_of(gradients))
        weights = prod(op.inputs[0]) * op.output[0]
        self.per_sample[INDEX["dense.flop"]] += 2e-9 * weights * passes
        self.fixed[INDEX["dense.weight_byte"]] += 4e-9 * weights * passes
        self.call("dense.calls", passes)

    def _recurrent(self, op: Op, gradients: Gradients) -> None:
        """Count a recurrent layer: its weights cross memory at every step, one step after the other."""
        passes = len(passes_of(gradients))
        turns, work = op.inputs[0][0] * op.calls * op.groups, macs(op)
        self.per_sample[INDEX["dense.flop"]] += 2e-9 * work * passes
        self.fixed[INDEX["dense.weight_byte"]] += 4e-9 * work * passes
        self.call("dense.calls", passes * turns)
        self.records += turns - 1

    def _products(self, op: Op) -> None:
        times, rows, inner, columns = product_sizes(op) or (0, 0, 0, 0)
        flop, byte, calls = product_work(times, rows, inner, columns)
        self.per_sample[INDEX["attn.flop"]] += flop
        self.per_sample[INDEX["attn.byte"]] += byte
        self.fixed[INDEX["attn.calls"]] += calls

    def attended(self) -> tuple[Array, Array]:
        """Return work per sample and calls of all attention, for each first kernel of a device."""
        count = len(attention_kernels())
        per_sample, fixed = np.zeros((count, len(COLUMNS))), np.zeros((count, len(COLUMNS)))
        for op, times in self.attentions:
            for first, kernel in enumerate(kernels_of(op)):
                (flop, byte, calls), softmax = attention_work(op, kernel)
                per_sample[first, INDEX["attn.flop"]] += times * flop
                per_sample[first, INDEX["attn.byte"]] += times * byte
                fixed[first, INDEX["attn.calls"]] += times * calls
                if kernel.keeps_matrix:
                    per_sample[first, INDEX["act.byte"]] += times * softmax
                    fixed[first, INDEX["act.calls"]] += times * 1e-3
        return per_sample, fixed
