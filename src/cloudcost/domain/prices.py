"""A price as a price list states it: what is metered, in which unit, over which tiers, from which source and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Grade = Literal["official", "real-bill", "third-party", "derived", "assumed", "stated"]
"""Where a price comes from. Of a price book, best first: the provider's own list; a real bill; somebody else's copy of
the list; computed here from another price by a stated rule; assumed by an explicit rule because nothing better is
known. ``stated``: the user's own figure, in the project file; it is taken as it is and never called assumed."""

GRADES: tuple[Grade, ...] = ("official", "real-bill", "third-party", "derived", "assumed")
"""The grades that rows of a price book have."""
STATED: Grade = "stated"
STATED_IN = "project file"
"""The source of a stated price."""


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
        The key, as the provider names things: ``AmazonEC2``, ``us-east-1``, ``BoxUsage:g4dn.xlarge``, ``""``,
        ``on-demand``. The usage type is without the region's prefix; region ``global`` where none applies.
    unit : str
        The priced unit: ``GB-Mo``, ``GB``, ``Hrs``, ``Requests`` (single ones), ``kWh`` ...
    tiers : tuple of Tier
        Rising from 0 without a gap; a flat price is one tier.
    as_of : date
        The day on which the price was seen to hold.
    valid_from, valid_until : date or None
        First day on which it held and first day on which it no longer did, where known.
    grade : Grade
        How good the source is.
    source : str
        Key of a `Source`.
    low_usd : Decimal or None
        For spot: the lowest price seen at that date, where `tiers` hold the highest. [USD per priced unit]
    pack : Decimal or None
        Sold only in whole packs of this many units (Colab compute units); None when divisible. [priced unit]
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
    grade: Grade
    source: str
    low_usd: Decimal | None = None
    pack: Decimal | None = None
    note: str = ""
