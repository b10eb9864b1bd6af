"""A bill as it was read, whichever file it comes from: its lines, and what of it could not be read."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from cloudcost.frozen import dataclass
from cloudcost.units import BillingMonth

Charge: TypeAlias = Literal[
    "usage", "discounted_usage", "savings_plan_usage", "savings_plan_negation", "savings_plan_fee",
    "savings_plan_upfront", "reserved_fee", "reserved_upfront", "fee", "tax", "credit", "refund", "discount",
    "marketplace",
]  # fmt: skip
"""What a line is charged for: use as metered, use that a commitment covers, commitments themselves, and the rest."""
Granularity: TypeAlias = Literal["hour", "day", "month", "unknown"]
"""The time that one line of a bill covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """A line of a bill, or several that say the same, summed.

    Parameters
    ----------
    service : str
        The product code (``AmazonS3``) where it is known, else as billed; empty where the bill names none.
    region : str
        Its code; empty where there is none.
    usage_type : str
        The provider's name, without the region's code in front; empty where it is unknown.
    operation, purchase : str
        Empty where they are unknown.
    charge : Charge
    begin, end : datetime or None
        Of the usage. [UTC]
    month : BillingMonth or None
        Whose bill it is on.
    quantity : Decimal or None
        None where the bill has none. [unit]
    unit : str
    billed_usd : Decimal
        Unblended: what the bill sums to.
    amortized_usd, net_usd : Decimal or None
        With commitments spread over what used them, and after discounts; None where the bill does not have it.
    list_usd : Decimal or None
        At the bill's own list prices.
    account, resource, description : str
        Empty where they are unknown.
    tags : tuple of (str, str)
    count : int
        Lines of the file that it stands for.
    line : int
        Of the file, of the first of them.
    file : str
    """

    service: str
    region: str = ""
    usage_type: str = ""
    operation: str = ""
    purchase: str = ""
    charge: Charge = "usage"
    begin: datetime | None = None
    end: datetime | None = None
    month: BillingMonth | None = None
    quantity: Decimal | None = None
    unit: str = ""
    billed_usd: Decimal
    amortized_usd: Decimal | None = None
    net_usd: Decimal | None = None
    list_usd: Decimal | None = None
    account: str = ""
    resource: str = ""
    description: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    count: int = 1
    line: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Lines of a bill that could not be read.

    Parameters
    ----------
    count : int
    usd : Decimal
        What those cost of which that alone could be read.
    without_cost : int
        Lines of which even the cost could not be read.
    places : tuple of str
        ``file:line: reason`` of the first of them.
    """

    count: int = 0
    usd: Decimal = Decimal(0)
    without_cost: int = 0
    places: tuple[str, ...] = ()

    @property
    def known_usd(self) -> Decimal | None:
        """What they cost together as far as it is known; None where it is known of none. [currency of the bill]"""
        return None if self.count and self.count == self.without_cost else self.usd


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBill:
    """A bill as read from one file or many: `pricing.bill.Bill` is the one that is made.

    Parameters
    ----------
    lines : tuple of BillLine
    currency : str
    granularity : Granularity
        Of the coarsest of its lines.
    kind : str
        Which reader read it.
    unread : Unread
    files : tuple of str
    period : (datetime or None, datetime or None)
        From the first usage to the last. [UTC]
    notes : tuple of str
        Sentences for the reader of the bill: which of several deliveries was taken, say.
    """

    lines: tuple[BillLine, ...]
    currency: str = "USD"
    granularity: Granularity = "unknown"
    kind: str = ""
    unread: Unread = Unread()
    files: tuple[str, ...] = ()
    period: tuple[datetime | None, datetime | None] = (None, None)
    notes: tuple[str, ...] = ()
