"""What is said of a predicted step beside its time: releases that run there, full memory, images decoded too slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.catalog.training.torch_releases import torch_releases
from cloudcost.figures import figure, size_words
from cloudcost.timing.levels.compose import COMPILED, TORCH
from cloudcost.timing.memory import PRESSURE, USABLE

if TYPE_CHECKING:
    from cloudcost.domain.devices import Device, Instance


def release_notes(device: Device, stack: str) -> list[str]:
    """Return which releases of PyTorch run on a device where the newest does not; empty where it does.

    Examples
    --------
    >>> from cloudcost.catalog.devices import device
    >>> release_notes(device("V100"), "torch")
    ['PyTorch on V100: up to 2.14, after 2.10 its cu126 builds alone: plain pip brings no code for it.']
    >>> release_notes(device("V100"), "tf2.5"), release_notes(device("T4"), "torch")
    ([], [])
    """
    releases = torch_releases(device)
    if stack not in (TORCH, COMPILED) or not releases.is_limited:
        return []
    return [f"PyTorch on {device.name}: {releases.text}."]


def memory_notes(need: int, memory_bytes: float, largest: int) -> list[str]:
    """Return that a step does not fit, or that little memory is left; empty where there is enough."""
    share = need / memory_bytes
    if share > USABLE:
        missing = size_words(need - USABLE * memory_bytes)
        remedy = f"the largest batch that fits is {largest}" if largest else "no batch fits"
        return [f"Does not fit: {missing} of memory are missing, {remedy}."]
    if share > PRESSURE:
        return [f"Uses about {100 * share:.0f} % of the memory: steps may be slower for want of workspace."]
    return []


def loader_notes(instance: Instance, images: int, image_px: int, seconds: float) -> list[str]:
    """Return that decoding the images of a step takes longer than the step; empty where it does not."""
    from cloudcost.timing.loading import loader_seconds

    loading = loader_seconds(images, vcpu=instance.vcpu, image_px=image_px)
    if loading <= seconds:
        return []
    return [
        f"Decoding JPEGs on {instance.vcpu} vCPU takes about {figure(loading)} s per step, longer than the step "
        "itself: decode beforehand or elsewhere."
    ]
