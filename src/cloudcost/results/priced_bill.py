"""A bill beside its list prices: what each line was billed, what it costs at list, and the difference."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from cloudcost.frozen import dataclass
from cloudcost.money import exact_sum

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from cloudcost.domain.bills import Charge, Unread
    from cloudcost.domain.lines import LineItem
    from cloudcost.results.explanation import CostBasis
    from cloudcost.units import BillingMonth

ListedBy: TypeAlias = Literal["bill", "book", "implied", "nobody"]
"""Whose list price it is: the bill's own, the price book's, what dollars without a quantity imply, or nobody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedBillLine:
    """The lines of a bill of one usage type, operation, region, month and charge, summed.

    Parameters
    ----------
    service, region, usage_type, operation, purchase, unit : str
    charge : Charge
    month : BillingMonth or None
    quantity : Decimal or None
        None where a line of them has none. [unit]
    billed_usd : Decimal
        On the chosen cost basis.
    list_usd : Decimal or None
        At list prices; None where none is known, or none applies: taxes, fees, credits.
    listed_by : ListedBy
    book : LineItem or None
        As the price book prices it; beside a bill's own list price it is the check.
    why : str
        What is to be said of the list price.
    count : int
        Lines of the bill.
    """

    service: str
    region: str
    usage_type: str
    operation: str
    purchase: str
    unit: str
    charge: Charge
    month: BillingMonth | None
    quantity: Decimal | None
    billed_usd: Decimal
    list_usd: Decimal | None
    listed_by: ListedBy
    book: LineItem | None
    why: str
    count: int

    @property
    def difference_usd(self) -> Decimal | None:
        """What was billed over the list price; None where there is none. [USD]"""
        return None if self.list_usd is None else exact_sum([self.billed_usd, -self.list_usd])


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledGroup:
    """Lines of a bill that have a month, a service, an account or a tag in common.

    Parameters
    ----------
    name : str
        Empty where a line has none.
    billed_usd : Decimal
    list_usd : Decimal
        Of the lines that have a list price.
    difference_usd : Decimal
        What those lines were billed over it.
    """

    name: str
    billed_usd: Decimal
    list_usd: Decimal
    difference_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedBill:
    """A whole bill beside its list prices.

    Parameters
    ----------
    lines : tuple of PricedBillLine
        The largest difference first; then what has no list price, the dearest first.
    cost_basis : CostBasis
    currency : str
    unread : Unread
    period : (datetime or None, datetime or None)
        [UTC]
    by : str
        What `groups` are made by; empty without.
    groups : tuple of BilledGroup
        Months in order of time, others the dearest first.
    """

    lines: tuple[PricedBillLine, ...]
    cost_basis: CostBasis
    currency: str
    unread: Unread
    period: tuple[datetime | None, datetime | None]
    by: str = ""
    groups: tuple[BilledGroup, ...] = ()

    @property
    def billed_usd(self) -> Decimal:
        """What the bill sums to. [USD]"""
        return exact_sum([line.billed_usd for line in self.lines])

    @property
    def list_usd(self) -> Decimal:
        """What the lines cost at list prices, those that have one. [USD]"""
        return exact_sum([line.list_usd for line in self.lines if line.list_usd is not None])

    @property
    def difference_usd(self) -> Decimal:
        """What the lines with a list price were billed over it. [USD]"""
        return exact_sum([line.difference_usd for line in self.lines if line.difference_usd is not None])

    @property
    def unlisted(self) -> tuple[PricedBillLine, ...]:
        """Use of which no list price is known."""
        return tuple(line for line in self.lines if line.list_usd is None and line.charge in USE)

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame with the rows of the CSV; amounts are exact Decimals."""
        from cloudcost.render.notebook.frames import frame_of_csv
        from cloudcost.render.outputs import PricedBillOutput

        return frame_of_csv(PricedBillOutput(self).csv())

    def to_json(self) -> str:
        """Return JSON, `cloudcost.priced/1`."""
        from cloudcost.render.outputs import PricedBillOutput

        return PricedBillOutput(self).json()

    def __repr__(self) -> str:
        return f"<PricedBill of {self.billed_usd} {self.currency}: {len(self.lines)} lines>"

    def __str__(self) -> str:
        from cloudcost.render.outputs import PricedBillOutput

        return PricedBillOutput(self).text()

    def _repr_markdown_(self) -> str:
        from cloudcost.render.outputs import PricedBillOutput

        return PricedBillOutput(self).markdown()


HALF_A_CENT = Decimal("0.005")
"""What a bill that rounds to the cent may be off by. [USD a line]"""
USE: frozenset[Charge] = frozenset(["usage", "discounted_usage", "savings_plan_usage", "marketplace"])
"""Charges for what was used, which have list prices."""
