"""Put a device model together for any device, precision, software stack, memory format and host."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import hypot
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cloudcost.errors import TimingError
from cloudcost.timing.levels.table import Levels, shipped_levels
from cloudcost.timing.rates.coefficients import COLUMNS, INDEX
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.equation import COPY, HOST_BASE, HOST_RECORD, PROFILE_SCALE, SHARPNESS, SIZE, Array

if TYPE_CHECKING:
    from cloudcost.catalog.training.hosts import Host
    from cloudcost.domain.devices import Device
    from cloudcost.domain.project import Precision

Arithmetic = Literal["fp32", "tf32", "half"]

TORCH, TENSORFLOW, COMPILED, TUNED = "torch", "tf2.5", "torch-compile", "tuned"
STACKS: tuple[str, ...] = (TORCH, COMPILED, TENSORFLOW, TUNED)
"""Eager PyTorch 2; the same compiled; TensorFlow 2.5 graphs; NVIDIA's tuned containers (NHWC, fused, DALI)."""
CONTAINERS = "tf2-ngc"
"""Level of TensorFlow 2 in NVIDIA's containers, with which its steps on tensor cores were measured."""
_ALIASES = {"pytorch": TORCH, "tensorflow": TENSORFLOW}
STACK_TEXTS = {
    TORCH: "PyTorch 2, eager",
    COMPILED: "PyTorch 2, torch.compile",
    TENSORFLOW: "TensorFlow 2.5",
    TUNED: "NVIDIA's tuned containers (NHWC, fused, DALI)",
}

TENSOR_GAIN = float(np.log(2.5))
"""What tensor cores lose of their peak against FP32 units, before the levels of an arithmetic. [log]"""
COPY_SECONDS_PER_GB = 0.02
"""Of a batch: pinned memory, copied while the device computes. [s/GB]"""
BASE_SECONDS = 1e-6
"""The host's cost is counted by its calls; what the form asks for beside them. [s]"""
GAIN_CENTRE = float(np.log(4.0))
"""What an arithmetic promises over FP32 units where the level of that gain is nothing. [log]"""
GEFORCE = frozenset({"consumer", "laptop"})
"""Segments whose NVIDIA chips run above their rated clocks, and whose tensor cores, which sum in FP32 at half their
rate, are kept busy more easily."""
WATT_LIMITS = {"Turing": 0.75, "Ada": 1.2}
"""Half-precision rate that a power limit allows: a 72 W L4 reaches 87 of its 121 TFLOP/s in matrix products (measured,
NVIDIA's developer forum); Turing, two processes older, is taken at 0.75. [10**12 FLOP/s per W]"""
FP32_WATT_LIMIT = 0.28
"""The same in FP32 for Ada: the L40S, its widest chip at the lowest clock, is rated 91.6 at 350 W; an assumption.
[10**12 FLOP/s per W]"""
DUAL_ISSUE = 0.5
"""Sheets of RDNA 3 and 4 count two operations an instruction, which compilers seldom find; an assumption. [1]"""

_FLOP: Array = np.array([column.unit == "flop" for column in COLUMNS])
_BYTE: Array = np.array([column.unit == "byte" for column in COLUMNS])
_PRODUCT: Array = np.array([column.unit == "flop" and column.group in ("dense", "attn") for column in COLUMNS])
"""Matrix products, which PyTorch leaves in FP32 by default where convolutions round to TF32."""


_POINTWISE = INDEX["fwd.pointwise_flop"]
"""What linear maps of tokens are counted in, as 1x1 convolutions are."""


def plain_stack(name: str) -> str:
    """Return the key of a stack as users write it; names that are none stay as they are.

    Examples
    --------
    >>> plain_stack(" PyTorch "), plain_stack("TF2.5"), plain_stack("mine")
    ('torch', 'tf2.5', 'mine')
    """
    plain = "".join(name.casefold().split())
    return _ALIASES.get(plain, plain)


def is_radeon(device: Device) -> bool:
    """Return whether a GPU is of the Radeon families that were measured or have measured relatives."""
    return device.architecture.startswith("RDNA")


def arithmetic_of(device: Device, precision: Precision) -> Arithmetic:
    """Return in which arithmetic convolutions run on a device at a precision.

    Examples
    --------
    >>> from cloudcost.catalog.devices import device
    >>> arithmetic_of(device("T4"), "default"), arithmetic_of(device("A10G"), "default")
    ('fp32', 'tf32')
    """
    match precision:
        case "fp32":
            return "fp32"
        case "default" | "tf32":
            return "tf32" if device.tf32_tflops else "fp32"
        case "half":
            return "half"
        case "amp" | "bf16":
            return "half" if device.fp16_tensor_tflops or is_radeon(device) else "fp32"


def rate_tflops(device: Device, arithmetic: Arithmetic) -> float:
    """Return the rate that a data sheet and a power limit allow. [10**12 FLOP/s]

    Examples
    --------
    >>> from cloudcost.catalog.devices import device
    >>> rate_tflops(device("L4"), "half"), rate_tflops(device("A100"), "tf32")
    (86.39999999999999, 156.0)
    """
    limit = WATT_LIMITS.get(device.architecture)
    watts = device.tdp_watts
    plain = _plain_tflops(device)
    match arithmetic:
        case "fp32":
            if device.architecture == "Ada" and watts is not None:
                return min(plain, FP32_WATT_LIMIT * watts)
            return plain
        case "tf32":
            peak = device.tf32_tflops or plain
            return peak if limit is None or watts is None else min(peak, 0.5 * limit * watts)
        case "half":
            peak = device.fp16_tensor_tflops or (2 * plain if is_radeon(device) else plain)
            return peak if limit is None or watts is None else min(peak, limit * watts)


def _plain_tflops(device: Device) -> float:
    """Return the FP32 rate that compilers reach for, whatever power allows. [10**12 FLOP/s]"""
    return device.fp32_tflops * (DUAL_ISSUE if device.architecture in ("RDNA3", "RDNA4") else 1.0)


def cache_gb(device: Device, levels: Levels) -> float:
    """Return the last-level cache that spares traffic to memory; 0 where it is small. [10**9 bytes]"""
    held = device.l2_mb or 0.0
    if held < 16.0:
        return 0.0
    return 1e-3 * held * (levels.infinity_share if is_radeon(device) else 1.0)


def chain(
    device: Device,
    relatives: dict[str, str],
    arithmetic: Arithmetic,
    stack: str,
    *,
    channels_last: bool,
    pure: bool,
) -> dict[str, float]:
    """Return all levels that hold, from the general to the particular, each with its weight (of most: 1)."""
    name = device.name
    chip = relatives.get(name, name)
    names = []
    if arithmetic != "fp32":
        names.append(f"arithmetic/{arithmetic}")
    if stack == TENSORFLOW and arithmetic != "fp32":
        names.append(f"stack/{CONTAINERS}")
        if arithmetic == "half":
            names.append(f"stack/{CONTAINERS}/half")
    if stack != TENSORFLOW:
        names.append("stack/torch" if is_radeon(device) or stack == COMPILED else f"stack/{stack}")
        if stack == COMPILED:
            names.append(f"stack/{COMPILED}")
        if stack != TORCH and arithmetic == "half":
            names.append(f"stack/{stack}/half")
    if pure and arithmetic_of(device, "amp") != "half":
        names.append("pure")
    if channels_last:
        names.append(f"layout/{arithmetic}")
    elif arithmetic == "half" and stack in (TORCH, COMPILED):
        names.append("nchw/half")
    if is_radeon(device):
        names.append(f"radeon/{arithmetic}")
    if device.segment in GEFORCE and not is_radeon(device):
        names.append("geforce")
        if arithmetic != "fp32":
            names.append("geforce/tensor")
    names.append(f"architecture/{device.architecture}")
    if arithmetic != "fp32":
        names.append(f"architecture/{device.architecture}/{arithmetic}")
    names.append(f"device/{chip}")
    if chip != name:
        names.append(f"variant/{name}")
    names.append(f"device/{name}/{arithmetic}")
    levels = dict.fromkeys(names, 1.0)
    if arithmetic != "fp32":
        levels["gain"] = gain_log(device, arithmetic)
    return levels


def gain_log(device: Device, arithmetic: Arithmetic) -> float:
    """Return what an arithmetic promises over FP32 units, against `GAIN_CENTRE`. [log]

    The more they promise, the less of it is reached: a chip's memory and launches do not grow along.
    """
    return float(np.log(rate_tflops(device, arithmetic) / _plain_tflops(device))) - GAIN_CENTRE


def centre_of(device: Device, arithmetic: Arithmetic, levels: Levels) -> Array:
    """Return the logarithms that levels are added to, float64 of shape (columns,)."""
    centre: Array = levels.centre.copy()
    if arithmetic != "fp32":
        centre[_FLOP] += TENSOR_GAIN
    own = levels.own.get(levels.relatives.get(device.name, device.name))
    if own is not None:
        centre += own if arithmetic == "fp32" else np.where(_BYTE, own, 0.0)
    return centre


def column_logs(
    device: Device, precision: Precision, stack: str, *, channels_last: bool, levels: Levels
) -> tuple[Arithmetic, Array]:
    """Return the arithmetic and the logarithms of all coefficients, relative to its rate and to the bandwidth."""
    arithmetic = arithmetic_of(device, precision)
    pure = precision == "half"

    def logs(which: Arithmetic) -> Array:
        names = chain(device, dict(levels.relatives), which, stack, channels_last=channels_last, pure=pure)
        total: Array = centre_of(device, which, levels) + levels.logs(names)
        return total

    found = logs(arithmetic)
    if precision == "default" and arithmetic == "tf32":
        plain = logs("fp32") + np.log(rate_tflops(device, "tf32") / rate_tflops(device, "fp32"))
        found = np.where(_PRODUCT, plain, found)
    return arithmetic, found


def composed(
    device: Device,
    precision: Precision,
    *,
    stack: str,
    channels_last: bool,
    host: Host,
    levels: Levels | None = None,
) -> DeviceModel:
    """Return the model of a device under a stack on a host.

    Raises
    ------
    TimingError
        When the device has no such arithmetic.
    """
    held = shipped_levels() if levels is None else levels
    if precision == "bf16" and not has_bfloat(device):
        raise TimingError(f"no bf16 on {device.name}: {device.architecture} emulates it, use --precision amp")
    arithmetic, columns = column_logs(device, precision, stack, channels_last=channels_last, levels=held)
    product_log = 0.0
    if precision == "default" and arithmetic == "tf32":
        _, plain = column_logs(device, "fp32", stack, channels_last=channels_last, levels=held)
        ratio = rate_tflops(device, "tf32") / rate_tflops(device, "fp32")
        product_log = max(plain[_POINTWISE] + np.log(ratio) - columns[_POINTWISE], 0.0)
    parameters = np.zeros(SIZE)
    parameters[: len(COLUMNS)] = columns
    parameters[HOST_BASE] = np.log(BASE_SECONDS)
    parameters[HOST_RECORD] = np.log(host.launch) + launch_log(stack, precision, held)
    parameters[COPY] = np.log(COPY_SECONDS_PER_GB)
    parameters[SHARPNESS] = np.log(held.sharpness - 1)
    known = held.measured.get(device.name, {})
    kinds, varieties = _covered(device, held)
    return DeviceModel(
        device=device.name,
        precision=precision,
        channels_last=channels_last,
        basis="fitted" if known.get("rows", 0) >= MANY_ROWS else "transferred",
        stack=stack,
        stack_text=STACK_TEXTS.get(stack, stack),
        peak_gflop_s=1e3 * rate_tflops(device, arithmetic),
        bandwidth_gb_s=device.bandwidth_gb_s,
        memory_bytes=None if device.memory_bytes is None else float(device.memory_bytes),
        winograd=arithmetic == "fp32",
        half_bytes=arithmetic == "half",
        autocasts=arithmetic == "half" and precision != "half",
        product_factor=float(np.exp(product_log)),
        parameters=parameters,
        covariance=np.zeros((PROFILE_SCALE, PROFILE_SCALE)),
        launch_seconds=held.launch_seconds,
        cache_gb=cache_gb(device, held),
        cache_share=held.cache_share,
        cache_reach=held.cache_reach,
        residual_sd=RESIDUAL_SDS["amp" if arithmetic == "half" and precision != "half" else arithmetic],
        host_residual_sd=HOST_RESIDUAL_SD,
        device_sd=hypot(_device_sd(device, known, held), _stack_sd(stack, device, held)),
        host_sd=host.spread,
        shared_share=SHARED_SHARE,
        ranges=dict.fromkeys(kinds, 1.0),
        varieties=frozenset(varieties),
        provenance={"source": "cloudcost.timing.levels", "rows": f"{known.get('rows', 0)} steps on this device"},
    )


def launch_log(stack: str, precision: Precision, levels: Levels) -> float:
    """Return the log of what a stack and a precision make of the host's cost."""
    mixed = levels.launch_logs.get("amp", 0.0) if precision in ("amp", "bf16") else 0.0
    return mixed + levels.launch_logs.get(stack, 0.0)


def has_bfloat(device: Device) -> bool:
    """Return whether a device computes bfloat16 in its tensor cores: NVIDIA's since Ampere, AMD's since RDNA 3."""
    return bool(device.tf32_tflops) or device.architecture in ("RDNA3", "RDNA4")


MANY_ROWS = 8
"""From so many measured steps on a device its own speed counts as known. [count]"""
RESIDUAL_SDS = {"fp32": 0.155, "tf32": 0.135, "amp": 0.14, "half": 0.19}
"""Of the log: what the form leaves on a known device and stack, of a step that the device rules; ``half`` is pure half,
whose records are those of desktops. Calibrated by leaving families out (docs/accuracy.md). [1]"""
HOST_RESIDUAL_SD = 0.045
"""The same of a step that the host rules: calls are counted, their cost differs little. [1]"""
SHARED_SHARE = 0.3
"""Of the variance of one cell's error, what other devices have in common. [1]"""
KNOWN_SD, FEW_SD, RELATIVE_SD, NEW_SD = 0.05, 0.12, 0.17, 0.3
"""Of the log, of a whole device: many steps measured on it, a few, on devices of its architecture alone, none; found by
leaving devices out (docs/accuracy.md). [1]"""


COMPILED_SD = 0.2
"""Of the log: what compiling spares is known of forward passes alone (timm's, 235 networks on three GPUs). [1]"""
TUNED_SD, TUNED_ELSEWHERE_SD = 0.15, 0.25
"""The same of tuned containers, on the generations that were measured and on others. [1]"""


def _stack_sd(stack: str, device: Device, levels: Levels) -> float:
    """Return how far a stack's own levels may be off, of the log. [1]"""
    if stack == COMPILED:
        return COMPILED_SD
    if stack != TUNED:
        return 0.0
    chip = levels.relatives.get(device.name, device.name)
    return TUNED_SD if chip in ("V100", "A100-40GB") else TUNED_ELSEWHERE_SD


def _device_sd(device: Device, known: Mapping[str, Any], levels: Levels) -> float:
    if known.get("device_rows", 0) >= MANY_ROWS:
        return KNOWN_SD
    if known or device.name in levels.relatives:
        return FEW_SD
    return RELATIVE_SD if device.architecture in levels.architectures else NEW_SD


@cache
def _covered(device: Device, levels: Levels) -> tuple[frozenset[str], frozenset[str]]:
    """Return the columns and the varieties of convolution that some network measured on a device has.

    Of a device on which nothing was measured: those of its architecture, else of all.
    """
    own = levels.measured.get(device.name)
    if own is not None:
        return frozenset(own["kinds"]), frozenset(own["varieties"])
    relatives = [held for held in levels.measured.values() if held["architecture"] == device.architecture]
    wide = relatives or list(levels.measured.values())
    return (
        frozenset(name for held in wide for name in held["kinds"]),
        frozenset(name for held in wide for name in held["varieties"]),
    )
