"""What metering needs to know of an option's machine, handed to it by who knows the catalog."""

from __future__ import annotations

from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """What metering needs to know of the machine besides its name.

    Parameters
    ----------
    own_disk_bytes : int or None
        What is free on the machine's own disk: an instance's NVMe (0: it has none), Colab's; None where it is not
        known. [bytes]
    offered : tuple of str
        ``colab``: the accelerators that the plan may give.
    watts : float
        ``local``: at the wall under training. [W]
    units_per_hour_micro : int
        ``colab``: compute units. [10**-6 per hour]
    paid : bool
        ``colab``: whether units are paid for at all (not on the free plan).
    service : str
        ``cloud``: the provider's name in the price book.
    """

    own_disk_bytes: int | None = 0
    offered: tuple[str, ...] = ()
    watts: float = 0.0
    units_per_hour_micro: int = 0
    paid: bool = True
    service: str = ""
