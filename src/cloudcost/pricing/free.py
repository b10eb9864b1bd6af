"""The monthly allowance of traffic to the internet, taken off once per account and month.

The allowance counts over all services and regions but GovCloud and China. Which gigabytes are the free ones is not
published; here they are taken, the same for every order of the rows, from the region whose first tier is dearest,
then by the region's name, and within a region by the service's name. Only internet traffic takes part. Tiers count
what lies beyond the allowance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.catalog.allowances import transfer_out_allowance
from cloudcost.domain.lines import TierSlice
from cloudcost.domain.usage import RunUsage, Usage
from cloudcost.pricing.lookup import INTERNET_OUT, price_day

if TYPE_CHECKING:
    from cloudcost.pricing.lines import Group

_OUTSIDE = ("us-gov-", "cn-", "us-iso", "eu-isoe-")
"""Prefixes of the regions that take no part: GovCloud, China and the isolated partitions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeShare:
    """What of the allowance one pool gets.

    Parameters
    ----------
    gigabytes : Fraction
        [GB of 2**30 bytes]
    up_to : Decimal
        The whole allowance. [GB of 2**30 bytes]
    reason : str
    """

    gigabytes: Fraction
    up_to: Decimal
    reason: str

    def slice_of(self, quantity: Fraction) -> TierSlice:
        """Return the slice of a line that costs nothing."""
        return TierSlice(from_quantity=Decimal(0), up_to=self.up_to, quantity=quantity, unit_price_usd=Decimal(0))


def is_metered_out(usage: Usage | RunUsage) -> bool:
    """Return whether the allowance applies to a row at all: internet traffic of a commercial region."""
    return usage.usage_type == INTERNET_OUT and not usage.region.startswith(_OUTSIDE)


def free_shares(pools: list[list[Group]], *, on: date) -> dict[int, FreeShare]:
    """Return by position what each pool gets of the allowance of its month.

    Parameters
    ----------
    pools : list of list of Group
        Groups of one region, month and price each.
    on : date
        As in `price_usage`: says which day's allowance applies.
    """
    eligible = [index for index, members in enumerate(pools) if is_metered_out(members[0].usage)]
    eligible.sort(key=lambda index: _dearest_first(pools[index][0]))
    left: dict[object, Fraction] = {}
    shares: dict[int, FreeShare] = {}
    for index in eligible:
        usage = pools[index][0].usage
        allowance = transfer_out_allowance(price_day(usage.month, on))
        account = usage.month if allowance.scope == "account" else (usage.month, usage.region)
        available = left.setdefault(account, Fraction(allowance.gigabytes))
        wanted = sum((Fraction(group.numerator, group.denominator) for group in pools[index]), Fraction(0))
        given = min(available, wanted)
        left[account] = available - given
        if given:
            each = "" if allowance.scope == "account" else " and region"
            shares[index] = FreeShare(
                gigabytes=given,
                up_to=Decimal(allowance.gigabytes),
                reason=f"the first {allowance.gigabytes} GB a month out to the internet are free, "
                f"once per account{each}",
            )
    return shares


def _dearest_first(group: Group) -> tuple[Fraction, str]:
    return -group.found.schedule.exact_rates[0], group.usage.region
