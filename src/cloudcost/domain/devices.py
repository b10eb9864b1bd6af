"""The machines that a CNN can be trained on: devices (a GPU or a CPU) and rented instances that hold them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A processor as its data sheet states it; dense rates, one GPU of the card.

    Parameters
    ----------
    name : str
        Short and unique: ``T4``, ``A100-SXM4-40GB``, ``RTX 3090``.
    aliases : tuple of str
        Other spellings that users write.
    kind : {"gpu", "cpu"}
    segment : str
        ``cloud``, ``consumer``, ``laptop``, ``integrated`` (in one chip with the processor), ``workstation``,
        ``embedded``, ``server``.
    architecture : str
    compute_capability : str
        Of CUDA; empty for others.
    fp32_tflops, tf32_tflops, fp16_tensor_tflops : float or None
        Peak rates; None where the device has no such unit. [10**12 FLOP/s]
    memory_bytes : int or None
        None where it is the machine's, which is bought in several sizes. [bytes]
    bandwidth_gb_s : float
        Memory bandwidth. [10**9 bytes/s]
    l2_mb : float or None
        Last-level cache of a GPU, AMD's Infinity Cache among them. [10**6 bytes]
    multiprocessors : int or None
        Cores of a processor, of an Apple GPU. [count]
    tdp_watts : float or None
        Board power limit, of one GPU; a laptop's may be set lower. [W]
    launched : date or None
    launch_price_usd : Decimal or None
        List price of one GPU at launch. [USD]
    source : str
    """

    name: str
    aliases: tuple[str, ...] = ()
    kind: Literal["gpu", "cpu"]
    segment: str
    architecture: str
    compute_capability: str
    fp32_tflops: float
    tf32_tflops: float | None
    fp16_tensor_tflops: float | None
    memory_bytes: int | None
    bandwidth_gb_s: float
    l2_mb: float | None
    multiprocessors: int | None
    tdp_watts: float | None
    launched: date | None
    launch_price_usd: Decimal | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A machine type that a provider rents out.

    Parameters
    ----------
    name : str
        ``g4dn.xlarge``; SageMaker's ``ml.`` types are looked up without the prefix.
    provider : str
        ``aws``, ``gcp``, ``azure``, ``lambda`` ...
    vcpu : int
        [count]
    memory_gib : float
        [GiB]
    device : str or None
        Name of a `Device` for a GPU type that the timing model knows; None for CPU types and other accelerators.
    accelerator : str
        The provider's own name of the accelerator; empty for CPU types.
    gpu_count : Fraction
        May be a fraction of a card (g6f). [count]
    network_gbps : float or None
        Baseline. [10**9 bit/s]
    local_storage_gb : float
        Instance store. [10**9 bytes]
    status : {"current", "previous", "closed", "retired"}
        ``closed``: no new customers or starts; ``retired``: can no longer be started.
    status_from : date or None
        Since when the status holds.
    status_source : str
    source : str
    """

    name: str
    provider: str
    vcpu: int
    memory_gib: float
    device: str | None
    accelerator: str
    gpu_count: Fraction
    network_gbps: float | None
    local_storage_gb: float
    status: Literal["current", "previous", "closed", "retired"]
    status_from: date | None
    status_source: str
    source: str
