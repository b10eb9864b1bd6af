"""What a user asks of machines: filters of rows, and limits of what an option may cost and take."""

from __future__ import annotations

from decimal import Decimal

from cloudcost.catalog.near import bare_name
from cloudcost.frozen import dataclass
from cloudcost.options.book_row import BookRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Filters and limits; what is not given filters and limits nothing.

    Parameters
    ----------
    providers, regions, purchases : tuple of str
        One of these.
    gpus : tuple of str
        The device's name has one of these in it.
    budget_usd : Decimal or None
        [USD]
    max_hours : float or None
        From the start until the last run ends. [h]
    """

    providers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    purchases: tuple[str, ...] = ()
    gpus: tuple[str, ...] = ()
    budget_usd: Decimal | None = None
    max_hours: float | None = None

    def takes(self, row: BookRow) -> bool:
        """Return whether a row is of those asked for."""
        return (
            (not self.providers or row.provider in self.providers or row.kind in self.providers)
            and (not self.regions or row.region in self.regions)
            and (not self.purchases or _bought(row.purchase, self.purchases))
            and (not self.gpus or is_named(row.device, self.gpus))
        )


def _bought(purchase: str, asked: tuple[str, ...]) -> bool:
    """Return whether a purchase is one of those asked; ``reserved`` stands for all of its kinds."""
    return any(purchase == each or purchase.startswith(f"{each}-") for each in asked)


def is_named(device: str | None, asked: tuple[str, ...]) -> bool:
    """Return whether a device's name has one of these in it; what holds no letter or digit is in none."""
    names = [plain for each in asked if (plain := bare_name(each))]
    return device is not None and any(each in bare_name(device) for each in names)
