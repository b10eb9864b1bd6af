"""What a network asks of a device in one training step: FLOPs, bytes and calls by kind of operation.

Computed once per network, per sample; the batch enters when a step is asked for. Equations and sources:
``docs/explanation/timing-model.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

import numpy as np

from cloudcost.frozen import dataclass
from cloudcost.networks.checks import bias_parameters, parameter_tensors, trained_parameters
from cloudcost.networks.kinds.table import kind_of
from cloudcost.timing.gradients import Gradients, passes_of, step_gradients
from cloudcost.timing.memory import kept_elements
from cloudcost.timing.rates.coefficients import COLUMNS, INDEX, ONE_PASS, times_of
from cloudcost.timing.rates.convolution import Array, classes, effort_lines, efforts
from cloudcost.timing.wiring import wired

if TYPE_CHECKING:
    from cloudcost.domain.network import Network, Op
    from cloudcost.networks.kinds.record import OpKind


def _elements(shape: tuple[int, ...]) -> float:
    total = 1.0
    for side in shape:
        total *= side
    return total


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkFeatures:
    """One network's work, per sample.

    Parameters
    ----------
    conv : float64, shape (12, convolutions)
        Input height, width, channels; output height, width, channels; kernel height, width; stride, groups; 1 where
        the gradient of the input is computed; 1 where Winograd's algorithm exists.
    lines : float64, shape (9, convolutions)
        Effective FLOPs of the passes as straight lines of the batch, see `cloudcost.timing.rates.convolution`.
    classes : float64, shape (2, convolutions, 5)
        Which columns the FLOPs of a convolution go to, by the map that a pass writes: output (0) or input (1).
    per_sample, fixed : float64, shape (columns,)
        What grows with the batch and what does not. [GB, GFLOP; thousands of calls]
    full_precision : float64, shape (columns,)
        Bytes per image that stay in fp32 under automatic mixed precision: layer normalisations, trainable scales and
        the sums behind them (PyTorch's list of autocast operations, read 2026-11). [GB]
    fused : float64, shape (columns,)
        Bytes per image that a library spares which computes convolution, bias and activation in one kernel. [GB]
    fused_records : float
        Layer records that it spares. [1000 calls]
    passes : float64, shape (3, convolutions)
        How often forward pass and gradient of the weights are computed, 2 for a forward pass that is run again; the
        last is 1, since `conv` says whether the gradient of the input is. [count]
    input_gb : float
        One image in fp32. [GB]
    records : float
        Layer records. [1000 calls]
    kept_elements : float
        Activations that the backward pass reads again. [elements per image]
    parameters : int
        Those that a step trains. [count]
    frozen : int
        Those that it does not. [count]
    ahead : NetworkFeatures, optional
        The forward pass alone, where some operation is frozen or run again; elsewhere the shares of the groups tell.
    """

    conv: Array
    lines: Array
    classes: Array
    per_sample: Array
    fixed: Array
    full_precision: Array
    fused: Array
    fused_records: float
    passes: Array
    input_gb: float
    records: float
    kept_elements: float
    parameters: int
    frozen: int = 0
    ahead: NetworkFeatures | None = None

    def at(self, batches: Sequence[int], balance: float, *, half_bytes: bool = False, fuses: bool = False) -> Array:
        """Return the work of a step at each batch.

        Parameters
        ----------
        batches : sequence of int
            Images per step and GPU. [images]
        balance : float
            Peak rate over bandwidth of the device: it decides between algorithms. [FLOP/byte]
        half_bytes : bool
            Under automatic mixed precision: what stays in fp32 then counts twice.
        fuses : bool
            Whether convolution, bias and activation run as one forward kernel.

        Returns
        -------
        float64, shape (batches, columns)
            In the order and the units of `cloudcost.timing.rates.coefficients.COLUMNS`.
        """
        batch = np.asarray(batches, dtype=np.float64)
        per_sample = self.per_sample + self.full_precision if half_bytes else self.per_sample
        if fuses:
            per_sample = per_sample - self.fused
        x: Array = self.fixed + batch[:, None] * per_sample
        if self.conv.shape[1]:
            for way, effort in enumerate(efforts(self.lines, batch, balance)):
                x[:, 9 * way : 9 * way + 5] += (effort * self.passes[way]) @ self.classes[way // 2]
        return x


def features_of(network: Network) -> NetworkFeatures:
    """Return a network's work per sample.

    Raises
    ------
    UnknownOpError
        When an operation's kind has no feature: it is never counted as zero seconds.
    """
    network = wired(network)
    gradients = step_gradients(network)
    features = _tallied(network, gradients)
    if all(each.usual for each in gradients):
        return features
    alone = tuple(_FORWARD_ALONE._replace(sources=(False,) * len(op.sources)) for op in network.ops)
    return replace(features, ahead=_tallied(network, alone))


_FORWARD_ALONE = Gradients(sources=(), kernel=False, backward=False)


def _tallied(network: Network, gradients: tuple[Gradients, ...]) -> NetworkFeatures:
    tally = _Tally()
    tally.sum_gradients(network, gradients)
    for op, each in zip(network.ops, gradients, strict=True):
        tally.count(op, each)
    return tally.close(network)


class _Tally:
    """Sums over the operations of a network, one at a time."""

    def __init__(self) -> None:
        self.conv: list[tuple[float, ...]] = []
        self.passes: list[tuple[float, ...]] = []
        self.per_sample = np.zeros(len(COLUMNS))
        self.fixed = np.zeros(len(COLUMNS))
        self.full_precision = np.zeros(len(COLUMNS))
        self.scaled: set[str] = set()
        self.fused = np.zeros(len(COLUMNS))
        self.fused_records = 0
        self.biased: set[str] = set()
        self.records = 0.0

    def sum_gradients(self, network: Network, gradients: tuple[Gradients, ...]) -> None:
        """Count the sums of gradients: a tensor that k operations read has k gradients to add up."""
        readers: dict[str, int] = {}
        size: dict[str, float] = {}
        for op, each in zip(network.ops, gradients, strict=True):
            for source, wanted in zip(op.sources, each.sources, strict=True):
                readers[source] = readers.get(source, 0) + wanted
            size[op.name] = 4e-9 * _elements(op.output)
        extra = sum((count - 1) * size[name] for name, count in readers.items() if name and count)
        self.per_sample[INDEX["rest.byte"]] += extra

    def call(self, name: str, times: int = 1) -> None:
        self.fixed[INDEX[name]] += 1e-3 * times

    def count(self, op: Op, gradients: Gradients) -> None:
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
        out = 4e-9 * _elements(op.output)
        per_sample = self.per_sample
        if op.bias:
            per_sample[INDEX["bias.byte"]] += out
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
        out = 4e-9 * _elements(op.output)
        read = 4e-9 * sum(map(_elements, op.inputs))
        per_sample = self.per_sample
        match kind.group:
            case "convolution":
                self._convolution(op, kind, read, out, gradients)
            case "product" if len(op.output) == 3:
                self._convolution(op, kind, read, out, gradients)
            case "product":
                self._dense(op, gradients)
            case "norm":
                per_sample[INDEX["bn.byte"]] += out
                self.call("bn.calls")
                self._stays_full(op, kind, "bn.byte", out)
            case "activation":
                per_sample[INDEX["act.byte"]] += out
                self.call("act.calls")
                if kind.fuses and self.biased.intersection(op.sources):
                    self.fused[INDEX["act.byte"]] += out / 3
                    self.fused[INDEX["bias.byte"]] += out / 2
                    self.fused_records += 1
            case "pool":
                per_sample[INDEX["pool.byte"]] += read + out
                self.call("pool.calls")
            case "rest":
                per_sample[INDEX["rest.byte"]] += out
                self.call("rest.calls")
                self._stays_full(op, kind, "rest.byte", out)
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
        (ci, ih, iw), (co, oh, ow) = op.inputs[0], op.output
        if kind.group == "product":  # a linear map of each position of an (H, W, C) map is a 1x1 convolution
            (ih, iw, ci), (oh, ow, co) = op.inputs[0], op.output
        kh, kw = op.kernel
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
        winograd = (kh, kw) == (3, 3) and op.stride == (1, 1) and op.dilation == (1, 1) and groups == 1
        self.conv.append((ih, iw, ci, oh, ow, co, kh, kw, stride, groups, "dx" in passes, winograd))
        self.passes.append((passes.count("fwd"), passes.count("dw"), 1.0))

    def _dense(self, op: Op, gradients: Gradients) -> None:
        passes = len(passes_of(gradients))
        weights = _elements(op.inputs[0]) * op.output[0]
        self.per_sample[INDEX["dense.flop"]] += 2e-9 * weights * passes
        self.fixed[INDEX["dense.weight_byte"]] += 4e-9 * weights * passes
        self.call("dense.calls", passes)

    def close(self, network: Network) -> NetworkFeatures:
        self.fixed[INDEX["rest.constant"]] = 1.0
        conv = np.array(self.conv, dtype=np.float64).reshape(-1, 12).T
        return NetworkFeatures(
            conv=conv,
            lines=effort_lines(conv),
            classes=classes(conv),
            per_sample=self.per_sample,
            fixed=self.fixed,
            full_precision=self.full_precision,
            fused=self.fused,
            fused_records=1e-3 * self.fused_records,
            passes=np.array(self.passes, dtype=np.float64).reshape(-1, 3).T,
            input_gb=4e-9 * _elements(network.input),
            records=1e-3 * self.records,
            kept_elements=kept_elements(network),
            parameters=network.parameters,
            frozen=sum(op.parameters - trained_parameters(op) for op in network.ops),
        )
