"""The machine that an option trains on: what times, metering and prices know of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cloudcost.catalog.colab_rates import UnitRate
from cloudcost.domain.devices import Instance
from cloudcost.frozen import dataclass
from cloudcost.usage.machines.commitment import Commitment

ASSUMED_VCPU = 12
"""Of a machine that states none and is of no known type: six cores, the commonest in Steam's survey of PCs (read in
reports of 2022-04), with two threads each. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The machine that an option trains on.

    Parameters
    ----------
    device : str or None
        Name of the device; None where it is none that is known.
    model_file : str or None
        Path of the file that holds this machine's model or calibration; None where the device's own model counts.
    gpus : int
        That take part in a run. [count]
    instance : Instance or None
    vcpu : int
        That can decode images. [count]
    vcpu_known : bool
        Whether they are stated or the machine's type is known.
    watts : float
        ``local``: at the wall under training. [W]
    units_per_hour_micro : int
        ``colab``. [10**-6 units per hour]
    session_seconds : float or None
        ``colab``: longest session. [s]
    hours_per_day : float
        That can be counted on where nothing is promised. [h/day]
    paid, guaranteed : bool
    monthly_usd : Decimal
        ``colab``: of the subscription. [USD]
    included_units : Decimal
        ``colab``: that come with the subscription each month. [units]
    service : str
        ``cloud``: the provider's name in the price book.
    own_disk_bytes : int or None
        Free on its own disk: an instance's NVMe (0: it has none), Colab's, another cloud's; None: not known. [bytes]
    offered : tuple of str
        ``colab``: the accelerators that the plan may give on this day.
    rate : UnitRate or None
        ``colab``: of the compute units; None where none are paid for and none was known.
    seen_on : tuple of (str, date)
        ``colab``: what else is known of a day, and of which: the plan, the disk.
    commitment : Commitment or None
        The Savings Plan that it is bought by; None without one, and where no rate of it is known.
    obstacle : str
        Why the machine cannot be had; empty otherwise. What depends on the day is told by `availability`.
    notes : tuple of str
    """

    device: str | None = None
    model_file: str | None = None
    gpus: int = 1
    instance: Instance | None = None
    vcpu: int = ASSUMED_VCPU
    vcpu_known: bool = True
    watts: float = 0.0
    units_per_hour_micro: int = 0
    session_seconds: float | None = None
    hours_per_day: float = 24.0
    paid: bool = True
    guaranteed: bool = True
    monthly_usd: Decimal = Decimal(0)
    included_units: Decimal = Decimal(0)
    service: str = ""
    own_disk_bytes: int | None = None
    offered: tuple[str, ...] = ()
    rate: UnitRate | None = None
    seen_on: tuple[tuple[str, date], ...] = ()
    commitment: Commitment | None = None
    obstacle: str = ""
    notes: tuple[str, ...] = ()

    @property
    def timed_as(self) -> str | None:
        """What the timing model is asked about: the machine's own file, else its device; None where it knows none."""
        return self.model_file or self.device
