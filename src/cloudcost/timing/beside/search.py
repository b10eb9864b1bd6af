"""What `cudnn.benchmark` changes: whether the steps behind a time were timed with it, and what is not known of that.

With it cuDNN (MIOpen on Radeons) tries its algorithms on each new shape and takes the fastest; without it, PyTorch's
default, heuristics choose. No public data has the same steps with and without it on several networks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.catalog.training.timed_with import OTHERS, timed_with
from cloudcost.timing.levels.compose import COMPILED, TORCH, is_radeon
from cloudcost.timing.levels.table import shipped_levels

if TYPE_CHECKING:
    from cloudcost.domain.devices import Device

SEARCH_SD = 0.08
"""Of the log: ResNet-101 on a GTX 1060 trains in 15 % less time with it (source cudnn-benchmark), half of which is
taken, since heuristics got better; an assumption. [1]"""


def search_effect(
    device: Device, stack: str, *, asked: bool | None, stack_stated: bool, calibrated: bool = False
) -> tuple[float, str]:
    """Return what `cudnn.benchmark` adds to the standard deviation of the log, and what is said of it.

    Parameters
    ----------
    device : Device
    stack : str
        That the model speaks of.
    asked : bool or None
        As it will run; None where nobody says, which is off.
    stack_stated : bool
        Whether the stack was stated; else the band holds what differs between settings.
    calibrated : bool
        Whether the model is scaled by steps of one's own, which are timed with it off.

    Examples
    --------
    >>> from cloudcost.catalog.devices import device
    >>> search_effect(device("T4"), "torch", asked=None, stack_stated=True)
    (0.0, '')
    >>> search_effect(device("T4"), "torch", asked=True, stack_stated=True)[0]
    0.08
    """
    if stack not in (TORCH, COMPILED):
        return 0.0, "" if asked is None else f"cudnn.benchmark is PyTorch's: it changes nothing under {stack}."
    if not (device.compute_capability or is_radeon(device)):
        return 0.0, "" if asked is None else f"cudnn.benchmark changes nothing on {device.name}, which has no cuDNN."
    known = shipped_levels().measured
    timed = "off" if calibrated else timed_with().get(device.name, timed_with()[OTHERS] if device.name in known else "")
    if timed == "both" or timed == ("on" if asked else "off"):
        return 0.0, ""
    if asked is None:
        told = f"Timed with cudnn.benchmark {timed}; PyTorch's default, off, may be slower: state which will run."
        return 0.0, told if stack_stated and timed else ""
    how = f"its steps were timed with it {timed}" if timed else "no step was timed on it"
    state = "on" if asked else "off"
    return SEARCH_SD, f"cudnn.benchmark {state}: {how}; what that changes is not known, the band is wider for it."
