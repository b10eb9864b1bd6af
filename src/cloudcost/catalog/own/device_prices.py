"""What devices cost to buy on a day, new and used, and how much of a price is left after a year.

References for a project file's own `purchase_usd`, `lifetime_years` and `resale`; no estimate rests on them unasked.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal, cast

from cloudcost.catalog.devices import device
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

Kind = Literal["list", "system", "reseller", "used"]
"""Single-unit list price; share of a whole system's price; a shop; average of used ones sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePrice:
    """A price that was asked or paid for one device on a day. [USD]"""

    device: str
    on: date
    usd: Decimal
    kind: Kind
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The share of a price that is left after each year. [fraction per year]"""

    low: float
    typical: float
    high: float
    source: str
    note: str


@cache
def device_prices(name: str) -> tuple[DevicePrice, ...]:
    """Return the known prices of a device by date, its launch price first where it is known.

    Raises
    ------
    UnknownDeviceError
        When there is no such device.

    Examples
    --------
    >>> [(str(price.on), str(price.usd), price.kind) for price in device_prices("RTX 4080")]
    [('2022-11-01', '1503', 'used'), ('2022-11-16', '1199', 'list'), ('2023-11-01', '989', 'used')]
    """
    known = device(name)
    rows = read_table(DATA / "device_prices.csv", ("device", "date", "usd", "kind", "source"))
    prices = [
        DevicePrice(
            device=known.name, on=date.fromisoformat(on), usd=Decimal(usd), kind=cast(Kind, kind), source=source
        )
        for owner, on, usd, kind, source in rows
        if owner == known.name
    ]
    if known.launched is not None and known.launch_price_usd is not None:
        prices.append(
            DevicePrice(
                device=known.name, on=known.launched, usd=known.launch_price_usd, kind="list", source=known.source
            )
        )
    return tuple(sorted(prices, key=lambda price: (price.on, price.kind)))


def retention(name: str) -> Retention:
    """Return how a device keeps its value.

    Raises
    ------
    UnknownDeviceError
        When there is no such device.

    Examples
    --------
    >>> retention("RTX 3090").typical
    0.8
    """
    segment = device(name).segment
    for row in read_table(DATA / "retention.csv", ("segment", "low", "typical", "high", "source", "note")):
        if row[0] == segment:
            low, typical, high = map(float, row[1:4])
            return Retention(low=low, typical=typical, high=high, source=row[4], note=row[5])
    raise CatalogError(f"retention.csv:{segment}: no row, install cloudcost again")
