"""A price as a price list states it: what is metered, in which unit, over which tiers, from which source and when."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from cloudcost.frozen import dataclass

Grade = Literal["official", "real-bill", "third-party", "derived", "assumed", "stated"]
"""Where a price comes from. Of a price book, best first: the provider's own list; a real bill; somebody else's copy of
the list; computed here from another price by a stated rule; assumed by an explicit rule because nothing better is
known. ``stated``: the user's own figure, in the project file; it is taken as it is and never called assumed."""

GRADES: tuple[Grade, ...] = ("official", "real-bill", "third-party", "derived", "assumed")
"""The grades that rows of a price book have."""
COLAB_SERVICE = "GoogleColab"
"""The service of Colab's compute units and subscriptions."""
OWN_SERVICE = "Local"
"""The service of what a machine of one's own costs."""
OWN_REGION = "local"
"""Where such a machine stands."""
TRANSFER_SERVICE = "AWSDataTransfer"
"""The service under which a price list has all traffic."""
STATED: Grade = "stated"
STATED_IN = "project file"
"""The source of a stated price."""


class PriceKey(NamedTuple):
    """What is priced: the question that a row of usage asks and that a row of a price book answers.

    A tuple and no dataclass: a sweep hashes millions of them.

    Parameters
    ----------
    service, region, usage_type : str
        As the provider names things: ``AmazonEC2``, ``us-east-1``, ``BoxUsage:g4dn.xlarge``. The usage type is without
        the region's prefix; region ``global`` where none applies.
    operation : str
        ``RunInstances``; empty where none is stated.
    purchase : str
        ``on-demand``, ``spot``, ``reserved-1y-none`` ...

    Examples
    --------
    >>> print(PriceKey("AmazonEC2", "us-east-1", "SpotUsage:g4dn.xlarge", purchase="spot"))
    AmazonEC2/SpotUsage:g4dn.xlarge/spot in us-east-1
    """

    service: str
    region: str
    usage_type: str
    operation: str = ""
    purchase: str = "on-demand"

    def __str__(self) -> str:
        parts = (self.service, self.usage_type, self.operation, self.purchase)
        return f"{'/'.join(part for part in parts if part)} in {self.region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One step of a price: `unit_price_usd` for the part of the quantity in ``[from_quantity, up_to)``.

    Parameters
    ----------
    from_quantity : Decimal
        Where the tier begins. [priced unit]
    up_to : Decimal or None
        Where it ends, not included; None for the last one. [priced unit]
    unit_price_usd : Decimal
        [USD per priced unit]
    """

    from_quantity: Decimal
    up_to: Decimal | None
    unit_price_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where figures come from.

    Parameters
    ----------
    key : str
        The name that rows refer to.
    title : str
        What it is, in words, with the commit or page number.
    url : str
        Empty where none is known.
    read_on : date
        When it was read.
    """

    key: str
    title: str
    url: str
    read_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A row of a price book.

    Parameters
    ----------
    service, region, usage_type, operation, purchase : str
        As in `PriceKey`.
    unit : str
        The priced unit: ``GB-Mo``, ``GB``, ``Hrs``, ``Requests`` (single ones), ``kWh`` ...
    tiers : tuple of Tier
        Rising from 0 without a gap; a flat price is one tier.
    as_of : date
        The day on which the source saw the price.
    valid_from, valid_until : date or None
        First day on which it held (a launch or a change of price) and first day on which it no longer did, where known.
    seen_from, confirmed_on : date or None
        Other sightings of the same price: the earliest, and the latest by another source; None where there is none.
    grade : Grade
        How good the source is.
    source : str
        Key of a `Source`.
    low_usd : Decimal or None
        For spot: the lowest price seen at that date, where `tiers` hold the highest. [USD per priced unit]
    pack : Decimal or None
        Sold only in whole packs of this many units (Colab compute units); None when divisible. [priced unit]
    carried_from : date or None
        The first day for which the price is known, where it was taken for an earlier one; such a price is ``assumed``.
    carried_past : str
        What is known to lie between the two days, a launch or a change of price; empty where nothing is.
    discount : Decimal
        The share that the user's own agreement took off the list price; `tiers` are without it. [1]
    note : str
        The reason of a zero price, the rule of a derived one.
    """

    service: str
    region: str
    usage_type: str
    operation: str = ""
    purchase: str = "on-demand"
    unit: str
    tiers: tuple[Tier, ...]
    as_of: date
    valid_from: date | None = None
    valid_until: date | None = None
    seen_from: date | None = None
    confirmed_on: date | None = None
    grade: Grade
    source: str
    low_usd: Decimal | None = None
    pack: Decimal | None = None
    carried_from: date | None = None
    carried_past: str = ""
    discount: Decimal = Decimal(0)
    note: str = ""

    @property
    def key(self) -> PriceKey:
        """What is priced."""
        return PriceKey(self.service, self.region, self.usage_type, self.operation, self.purchase)

    @property
    def first_day(self) -> date:
        """The first day for which the price is known: its beginning, else the day on which it was first seen."""
        known = self.valid_from or self.seen_from
        if known is not None:
            return known
        if self.valid_until is not None and self.valid_until <= self.as_of:  # told of after it had ended
            return self.valid_until - timedelta(days=1)
        return self.as_of

    @property
    def last_seen(self) -> date:
        """The latest day on which somebody saw the price."""
        return self.confirmed_on or self.as_of
