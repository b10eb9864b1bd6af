"""What a network asks of a device in one training step: FLOPs, bytes and calls by kind of operation.

Computed once per network, per sample; the batch enters when a step is asked for. Equations and sources:
``docs/explanation/timing-model.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cloudcost.catalog.training.attention import attention_kernels
from cloudcost.frozen import dataclass
from cloudcost.networks.checks import trained_parameters
from cloudcost.timing.gradients import Gradients, step_gradients
from cloudcost.timing.levels.launches import launches_of
from cloudcost.timing.memory import USABLE, held_elements, kept_elements
from cloudcost.timing.rates.convolution import ROOM_SHARE, Array, classes, effort_lines, efforts, layer_work
from cloudcost.timing.rates.tally import Tally
from cloudcost.timing.wiring import wired

if TYPE_CHECKING:
    from cloudcost.domain.network import Network


PLAIN = -1
"""Place of the kernel that every device has."""


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
    linear : bool, shape (convolutions,)
        Which of them are linear maps of tokens, which run as matrix products.
    passes : float64, shape (3, convolutions)
        How often forward pass and gradient of the weights are computed, 2 for a forward pass that is run again; the
        last is 1, since `conv` says whether the gradient of the input is. [count]
    held_gb : float64, shape (convolutions,)
        What memory holds of one image while it runs, in fp32. [GB]
    input_gb : float
        One image in fp32. [GB]
    records : float
        Layer records. [1000 calls]
    attention, attention_fixed : float64, shape (kernels, columns)
        What attention adds on a device whose first kernel is that one, per image and per step.
    kept_by_kernel : tuple of float
        Activations that the backward pass reads again, for each first kernel of attention that a device may have.
        [elements per image]
    parameters : int
        Those that a step trains. [count]
    frozen : int
        Those that it does not. [count]
    ahead : NetworkFeatures, optional
        The forward pass alone, where some operation is frozen or run again; elsewhere the shares of the groups tell.
    launches : float64, shape (12,)
        Calls of eager PyTorch by class, see `cloudcost.timing.levels.launches`. [count]
    varieties : mapping of str to float
        Share of the convolutions' products that dilated, grouped and transposed ones have. [1]
    tensor_gb : float
        Size of the activation that a byte belongs to on average. [GB per image in fp32]
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
    linear: Array
    held_gb: Array
    input_gb: float
    records: float
    attention: Array
    attention_fixed: Array
    kept_by_kernel: tuple[float, ...]
    parameters: int
    launches: Array
    varieties: Mapping[str, float]
    tensor_gb: float
    frozen: int = 0
    ahead: NetworkFeatures | None = None

    def kept(self, attention: int) -> float:
        """Return what the backward pass reads again where that kernel is the first. [elements per image]"""
        return self.kept_by_kernel[attention]

    @property
    def kept_elements(self) -> float:
        """What it reads again where every attention writes its shares to memory. [elements per image]"""
        return self.kept_by_kernel[PLAIN]

    def at(
        self,
        batches: Sequence[int],
        balance: float,
        *,
        half_bytes: bool = False,
        fuses: bool = False,
        attention: int = PLAIN,
        product_factor: float = 1.0,
        memory_bytes: float | None = None,
    ) -> Array:
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
        attention : int
            Place of the first kernel that the device has, see `cloudcost.timing.attention.first_kernel`.
        product_factor : float
            Time of a FLOP of a linear map against that of a 1x1 convolution: PyTorch leaves matrix products in FP32
            where it convolves in TF32. [1]
        memory_bytes : float, optional
            Of the device: a convolution whose tiles find no room there takes a slower algorithm. [bytes]

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
        if self.attention.any():
            x = x + self.attention_fixed[attention] + batch[:, None] * self.attention[attention]
        if self.conv.shape[1]:
            for way, effort in enumerate(efforts(self.lines, batch, balance, self.room(batch, memory_bytes))):
                times = self.passes[way] * np.where(self.linear, product_factor, 1.0)
                x[:, 9 * way : 9 * way + 5] += (effort * times) @ self.classes[way // 2]
        return x

    def room(self, batch: Array, memory_bytes: float | None) -> Array | None:
        """Return the memory left for a convolution's tiles, shape (batches, convolutions). [GB]

        The parameters are there, and what the step holds when it comes to that convolution; gradients come and go.
        """
        if memory_bytes is None:
            return None
        left = USABLE * 1e-9 * memory_bytes - 4e-9 * (self.parameters + self.frozen)
        return ROOM_SHARE * (left - batch[:, None] * self.held_gb)

    def layers(self, batch: float, balance: float, memory_bytes: float | None) -> Array:
        """Return the work of each convolution by itself, as `cloudcost.timing.rates.convolution.layer_work`."""
        room = self.room(np.array([batch]), memory_bytes)
        return layer_work(self.conv, self.lines, self.classes, self.passes, batch, balance, room)


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
    tally = Tally()
    tally.sum_gradients(network, gradients)
    held_gb: list[float] = []
    for op, each, held in zip(network.ops, gradients, held_elements(network), strict=True):
        tally.count(op, each)
        held_gb += [4e-9 * held] * (len(tally.conv) - len(held_gb))
    conv = np.array(tally.conv, dtype=np.float64).reshape(-1, 12).T
    attention, attention_fixed = tally.attended()
    kernels = range(len(attention_kernels()))
    kept = tuple(kept_elements(network, kernel) for kernel in (kernels if tally.attentions else (PLAIN,)))
    return NetworkFeatures(
        conv=conv,
        lines=effort_lines(conv),
        classes=classes(conv),
        per_sample=tally.per_sample,
        fixed=tally.fixed,
        full_precision=tally.full_precision,
        fused=tally.fused,
        fused_records=1e-3 * tally.fused_records,
        passes=np.array(tally.passes, dtype=np.float64).reshape(-1, 3).T,
        linear=np.array(tally.linear, dtype=np.bool_),
        held_gb=np.array(held_gb),
        input_gb=4e-9 * sum(map(prod, (network.input, *network.more_inputs))),
        records=1e-3 * tally.records,
        attention=attention,
        attention_fixed=attention_fixed,
        kept_by_kernel=kept if tally.attentions else kept * len(kernels),
        parameters=network.parameters,
        launches=launches_of(network),
        varieties={name: part / tally.products for name, part in tally.varieties.items()},
        tensor_gb=_tensor_gb(network),
        frozen=sum(op.parameters - trained_parameters(op) for op in network.ops),
    )


def _tensor_gb(network: Network) -> float:
    sizes = np.array([4e-9 * prod(op.output) for op in network.ops])
    return float(sizes @ sizes / sizes.sum())
