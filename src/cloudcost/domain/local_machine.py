"""A machine of one's own: what it costs to have, and what it draws."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMachine:
    """What a machine of one's own costs.

    Parameters
    ----------
    owned : bool
        The purchase is sunk: shown beside the total, not in it.
    purchase_usd : Decimal or None
        Of the whole machine. [USD]
    lifetime_years : float
        [years]
    resale : float
        Share of the price that a sale at the end of the project (cash) or of the lifetime (share) brings. [1]
    charge : {"cash", "share"}
        ``cash``: purchase less resale; ``share``: the part of the machine's life that the project uses.
    utilisation : float
        Share of the machine's life in which it does useful work at all, for ``share``. [1]
    watts : float or None
        Under training, at the wall; None: from the device. [W]
    idle_watts : float
        What the machine would draw anyway, being on; energy is charged over it. [W]
    electricity_usd_per_kwh : Decimal or None
        None: by `country`. [USD/kWh]
    country : str or None
        ISO 3166 alpha-3 code or English name.
    pue : float
        Power usage effectiveness. [1]
    upkeep_per_year : Decimal
        [USD/year]
    value_per_hour : Decimal
        What the machine would otherwise earn or save while it trains. [USD/h]
    setup_hours : float
        [h]
    wage : Decimal
        What an hour of setting up is worth. [USD/h]
    vcpu : int or None
        Cores for image decoding; None when not stated. [count]
    """

    owned: bool = True
    purchase_usd: Decimal | None = None
    lifetime_years: float = 4.0
    resale: float = 0.0
    charge: Literal["cash", "share"] = "cash"
    utilisation: float = 0.15
    watts: float | None = None
    idle_watts: float = 0.0
    electricity_usd_per_kwh: Decimal | None = None
    country: str | None = None
    pue: float = 1.0
    upkeep_per_year: Decimal = Decimal(0)
    value_per_hour: Decimal = Decimal(0)
    setup_hours: float = 0.0
    wage: Decimal = Decimal(0)
    vcpu: int | None = None

    @property
    def is_bought(self) -> bool:
        """Whether it is bought for the project, whole."""
        return not self.owned and self.charge == "cash"
