"""A step on several GPUs of one machine: the gradients are summed over a ring while the backward pass still runs.

Each GPU works at its own batch. A ring all-reduce moves ``2 (n - 1) / n`` times the gradients over each link; it
overlaps with the backward pass except for the last bucket, which is ready only when that ends. A machine of one's own
has a line instead, through what its data-parallel profiles measured.
"""

from __future__ import annotations

from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How GPUs of one machine reach one another.

    Parameters
    ----------
    name : str
    bandwidth_gb_s : float
        What a ring all-reduce reaches on each link, well below the sheet. [10**9 bytes/s]
    step_seconds : float
        Waiting for the slowest and starting the collectives, per doubling of the GPUs. [s]
    drag : float
        Share by which the step grows per doubling of the GPUs: contention for the host and its memory. [1]
    source : str
    """

    name: str
    bandwidth_gb_s: float
    step_seconds: float
    drag: float
    source: str


LINKS = {
    "pcie": Link(name="pcie", bandwidth_gb_s=6.0, step_seconds=0.5e-3, drag=0.02, source="PCIe 3.0"),
    "nvlink": Link(name="nvlink", bandwidth_gb_s=60.0, step_seconds=0.3e-3, drag=0.015, source="NVLink"),
    "network": Link(name="network", bandwidth_gb_s=2.5, step_seconds=2e-3, drag=0.02, source="25 Gbit/s"),
}

SEVERAL_STACKS = {"K80": 0.81}
"""Steps per step of the fitted model where several GPUs were only ever measured with other software. One K80 runs a
step in 0.81 of the time with TensorFlow 1.2 and with Torch7 (14 published rows, 2017) of what TensorFlow 2.5 takes, on
which its model is fitted; the published rows of 2-8 K80 are TensorFlow 1.2's, and no later ones are known. [1]"""

LAST_BUCKET_BYTES = 25e6
"""PyTorch's default bucket of gradients, 25 MiB of which are last to be summed. [bytes]"""


def step_on_several(seconds: float, forward_share: float, *, gradient_bytes: float, gpus: int, link: Link) -> float:
    """Return the time of a step on several GPUs, each at the batch that takes `seconds` alone. [s]

    Examples
    --------
    >>> link = Link(name="l", bandwidth_gb_s=1.0, step_seconds=0.0, drag=0.0, source="")
    >>> round(step_on_several(0.3, 1 / 3, gradient_bytes=0.3e9, gpus=2, link=link), 3)  # 0.1 + 0.3 + 0.025
    0.425
    """
    if gpus == 1:
        return seconds
    factor = 2 * (gpus - 1) / gpus / (1e9 * link.bandwidth_gb_s)
    exchange = factor * gradient_bytes
    last = factor * min(gradient_bytes, LAST_BUCKET_BYTES)
    forward = forward_share * seconds
    doublings = (gpus - 1).bit_length()
    step = forward + max(seconds - forward, exchange) + last
    return step * (1 + link.drag * doublings) + link.step_seconds * doublings


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationLine:
    """What averaging gradients adds to a step: `per_tensor x tensors + per_parameter x parameters`.

    Parameters
    ----------
    processes : int
        [count]
    per_tensor, per_parameter : float
        [s]
    """

    processes: int
    per_tensor: float
    per_parameter: float

    def seconds(self, parameters: int, tensors: int) -> float:
        """Return what a step takes longer. [s]

        Examples
        --------
        >>> CommunicationLine(processes=2, per_tensor=1e-4, per_parameter=5e-9).seconds(11_000_000, 62)
        0.0612
        """
        return round(self.per_tensor * tensors + self.per_parameter * parameters, 12)
