"""What devices draw while they train: shares of their power limit, as measured."""

from __future__ import annotations

from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.devices import Device
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

_COLUMNS = ("device", "kind", "low", "typical", "high", "idle", "source", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPower:
    """What one device draws, alone, without the rest of the machine.

    Parameters
    ----------
    low, typical, high : float
        On average over a training: a small network on small images; a usual CNN; the heaviest measured. [W]
    idle : float
        [W]
    source : str
        Key of a `Source`.
    """

    low: float
    typical: float
    high: float
    idle: float
    source: str


def training_watts(device: Device) -> TrainingPower:
    """Return what a device draws while it trains a CNN, from measured shares of its power limit.

    Raises
    ------
    CatalogError
        When its power limit is not known.

    Notes
    -----
    Watts = share x `tdp_watts`. Shares are of ResNet-50 on ImageNet and ShuffleNetV2 on CIFAR-100 where the device
    was measured, of all measured GPUs otherwise.

    Examples
    --------
    >>> from cloudcost.catalog.devices import devices
    >>> training_watts(devices()["V100"]).typical  # 0.886 x 300 W
    265.8
    """
    if device.tdp_watts is None:
        raise CatalogError(f"no power limit is known of {device.name}; state watts, what the whole machine draws")
    rows = _power()
    row = rows.get((device.name, device.kind)) or rows["*", device.kind]
    low, typical, high, idle = (round(float(share) * device.tdp_watts, 6) for share in row[2:6])
    return TrainingPower(low=low, typical=typical, high=high, idle=idle, source=row[6])


@cache
def _power() -> dict[tuple[str, str], list[str]]:
    return {(row[0], row[1]): row for row in read_table(DATA / "power.csv", _COLUMNS)}
