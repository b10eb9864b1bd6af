"""Support plans of AWS: a share of what it charges each month, in tiers, and at least so much."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.prices import Tier
from cloudcost.errors import PriceNotFoundError
from cloudcost.frozen import dataclass
from cloudcost.units import BillingMonth

_COLUMNS = (
    "plan", "title", "service", "from_usd", "up_to_usd", "share", "minimum_usd", "first_day", "last_day", "as_of",
    "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportPlan:
    """A support plan.

    Parameters
    ----------
    name, title : str
        As a project file and as AWS has it.
    service : str
        On a bill.
    tiers : tuple of Tier
        Shares of a month's charges. [USD], [USD per USD]
    minimum_usd : Decimal
        [USD per month]
    first_day, last_day : date or None
        On which it is sold, both in it.
    as_of : date
    source : str
        Key of a `Source`.
    """

    name: str
    title: str
    service: str
    tiers: tuple[Tier, ...]
    minimum_usd: Decimal
    first_day: date | None
    last_day: date | None
    as_of: date
    source: str

    def is_sold(self, month: BillingMonth) -> bool:
        """Return whether the plan is sold in a month."""
        begun = self.first_day is None or BillingMonth.of(self.first_day) <= month
        return begun and (self.last_day is None or month <= BillingMonth.of(self.last_day))

    def require(self, month: BillingMonth) -> None:
        """Raise PriceNotFoundError for a month in which the plan is not sold."""
        if self.is_sold(month):
            return
        days = f"from {self.first_day} on" if self.last_day is None else f"until {self.last_day}"
        others = ", ".join(name for name in support_plans() if name != self.name)
        raise PriceNotFoundError(
            f"no price for {self.title} in {month}, it is sold {days}; support_plan may be {others}, or left out"
        )


@cache
def support_plan(name: str) -> SupportPlan:
    """Return the plan of that name; raise KeyError when there is none.

    Examples
    --------
    >>> [f"{tier.unit_price_usd:.0%}" for tier in support_plan("business+").tiers]
    ['9%', '7%', '5%', '3%']
    """
    rows = [row for row in read_table(DATA / "support_plans.csv", _COLUMNS) if row[0] == name]
    if not rows:
        raise KeyError(name)
    _, title, service, _, _, _, minimum, first, last, as_of, source = rows[0]
    return SupportPlan(
        name=name,
        title=title,
        service=service,
        tiers=tuple(
            Tier(from_quantity=Decimal(low), up_to=Decimal(high) if high else None, unit_price_usd=Decimal(share))
            for _, _, _, low, high, share, *_ in rows
        ),
        minimum_usd=Decimal(minimum),
        first_day=date.fromisoformat(first) if first else None,
        last_day=date.fromisoformat(last) if last else None,
        as_of=date.fromisoformat(as_of),
        source=source,
    )


@cache
def support_plans() -> tuple[str, ...]:
    """Return the names of the plans.

    Examples
    --------
    >>> support_plans()
    ('business', 'business+')
    """
    return tuple(dict.fromkeys(row[0] for row in read_table(DATA / "support_plans.csv", _COLUMNS)))
