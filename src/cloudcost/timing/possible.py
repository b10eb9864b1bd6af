"""What no prediction can be asked: software stacks that nobody measured, and steps faster than a device computes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cloudcost.catalog.devices import device, is_device_file
from cloudcost.domain.network import Network
from cloudcost.domain.project import Precision
from cloudcost.errors import CatalogError, CloudCostError
from cloudcost.timing.gradients import step_macs
from cloudcost.timing.levels.compose import STACKS
from cloudcost.timing.rates.library import model_from_file

WINOGRAD = 2.25
"""Products that a Winograd convolution of 3x3 kernels saves: 36 in place of 16 for a tile of 2x2 (Lavin & Gray, CVPR
2016); no library saves more in training. [1]"""
LEAST_SECONDS = 1e-6
"""A single kernel takes some microseconds to start; no step is faster, on any device. [s]"""
MOST_SECONDS = 1e6
"""Eleven days for one step, as the project file allows. [s]"""


def known_stacks(devices: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the software stacks that can be asked for, those of the given model files too."""
    stacks = set(STACKS)
    for name in devices:
        if is_device_file(name):
            try:
                stacks.add(model_from_file(Path(name)).stack)
            except (CloudCostError, OSError):  # told where the file is read for its times
                continue
    return tuple(sorted(stacks))


def least_seconds(network: Network, batch: int, name: str, precision: Precision) -> float:
    """Return a time that no step can be faster than: all products at the device's peak. [s]

    The device's highest rate of that precision counts; strict fp32 is taken as TF32 where there is one, which is what
    PyTorch does by default.

    Examples
    --------
    1,000 images of 4.09 GMAC, three times (the gradient of the images left out), two operations each, at 8.14 TFLOP/s
    with Winograd's saving:

    >>> from cloudcost.networks.registry import named_network
    >>> round(least_seconds(named_network("resnet50"), 1000, "T4", "fp32"), 2)
    1.33
    """
    try:
        known = device(name)
    except CatalogError:
        return LEAST_SECONDS
    tflops = max(known.fp32_tflops, known.tf32_tflops or 0.0)
    if precision in ("amp", "bf16", "half"):
        tflops = max(tflops, known.fp16_tensor_tflops or 0.0)
    flops = 2 * step_macs(network) * network.share * batch
    return max(flops / (tflops * 1e12 * WINOGRAD), LEAST_SECONDS)
