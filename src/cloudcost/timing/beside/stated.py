"""The time of a step on a device that no model knows: what was measured there, of the same CNN in the same setting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict

from cloudcost.catalog.devices import find_device
from cloudcost.domain.project import Precision
from cloudcost.domain.timing import StepTime
from cloudcost.frozen import dataclass
from cloudcost.timing.attention import first_kernel
from cloudcost.timing.bands import interval
from cloudcost.timing.memory import USABLE, largest_batch, step_bytes
from cloudcost.timing.rates.workload import network_features

if TYPE_CHECKING:
    from cloudcost.domain.network import Network

RUN_SD = 0.05
"""Of the log: runs of one step differ by 2 %, releases of a library and a warm card by more; an assumption. [1]"""
NOTE = "No model knows this device: this is the time that was stated, and tells nothing of another batch or CNN."


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measured step of the CNN that is predicted.

    Parameters
    ----------
    device : str
        Name of a device, or of a device model's file.
    seconds : float
        Per step. [s]
    batch : int, optional
        Per GPU, where it differs from what is predicted. [images]
    gpus : int
    precision : str, optional
        Where it differs.
    network : Network, optional
        The same CNN at another image size.
    """

    device: str
    seconds: float
    batch: int | None = None
    gpus: int = 1
    precision: Precision | None = None
    network: Network | None = None


class _Kept(TypedDict):
    optimizer: str
    precision: str
    frozen: int


def stated_step(
    measured: Iterable[Measured],
    network: Network,
    *,
    batch: int,
    device: str,
    gpus: int,
    precision: Precision,
    optimizer: str,
    stack: str | None,
    level: float,
) -> StepTime | None:
    """Return a step as it was measured on a device, None where none of these is just this step.

    Parameters
    ----------
    measured : iterable of Measured
    network : Network
    batch : int
        Per GPU. [images]
    device : str
        As it was named.
    gpus : int
        [count]
    precision : Precision
    optimizer : str
    stack : str, optional
    level : float
        Probability that the band claims. [1]
    """
    known = find_device(device)
    names = {device} if known is None else {device, known.name, *known.aliases}
    for one in measured:
        same = one.batch in (None, batch) and one.precision in (None, precision) and one.network in (None, network)
        if not (same and one.gpus == gpus and one.device in names):
            continue
        fits, largest, need = None, None, None
        if known is not None and known.memory_bytes is not None:
            features = network_features(network)
            kept = features.kept(first_kernel(known.name, half=precision in ("amp", "bf16", "half")))
            asked = _Kept(optimizer=optimizer, precision=precision, frozen=features.frozen)
            need = step_bytes(kept, features.parameters, batch=batch, **asked)
            fits = need <= USABLE * known.memory_bytes
            largest = largest_batch(kept, features.parameters, memory_bytes=known.memory_bytes, **asked)
        return StepTime(
            seconds=one.seconds,
            interval_seconds=interval(one.seconds, 0.0, RUN_SD, level),
            level=level,
            shared_sd=0.0,
            own_sd=RUN_SD,
            basis="measured",
            fits_memory=fits,
            largest_batch=largest,
            memory_bytes=need,
            stack=stack or "as stated",
            notes=(NOTE,),
        )
    return None
