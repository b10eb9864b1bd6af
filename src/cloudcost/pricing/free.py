"""What is free each month: the allowance of traffic to the internet, and other permanent quotas of an account.

The allowance counts over all services and regions but GovCloud and China. Which gigabytes are the free ones is not
published; here they are taken, the same for every order of the rows, from the region whose first tier is dearest,
then by the region's name, and within a region by the service's name. Tiers count what lies beyond the allowance.
Quotas (20,000 KMS requests ...) are shared in the same way by all regions, each by its own usage type.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.catalog.allowances import Quota, quotas, transfer_out_allowance
from cloudcost.domain.lines import TierSlice
from cloudcost.domain.usage import RunUsage, Usage
from cloudcost.frozen import dataclass
from cloudcost.pricing.lookup import INTERNET_OUT, Found, price_day

if TYPE_CHECKING:
    from cloudcost.pricing.lines import Group

_OUTSIDE = ("us-gov-", "cn-", "us-iso", "eu-isoe-")
"""Prefixes of the regions that take no part: GovCloud, China and the isolated partitions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeShare:
    """What of the allowance one pool gets.

    Parameters
    ----------
    quantity : Fraction
        [priced unit]
    up_to : Decimal
        The whole allowance. [priced unit]
    reason : str
    """

    quantity: Fraction
    up_to: Decimal
    reason: str

    def slice_of(self, quantity: Fraction) -> TierSlice:
        """Return the slice of a line that costs nothing."""
        return TierSlice(from_quantity=Decimal(0), up_to=self.up_to, quantity=quantity, unit_price_usd=Decimal(0))


def is_metered_out(usage: Usage | RunUsage) -> bool:
    """Return whether the allowance applies to a row at all: internet traffic of a commercial region."""
    return usage.usage_type == INTERNET_OUT and not usage.region.startswith(_OUTSIDE)


def is_free_in_part(usage: Usage | RunUsage, found: Found) -> bool:
    """Return whether an allowance or a quota applies to a row."""
    return is_metered_out(usage) or has_quota(found)


def has_quota(found: Found) -> bool:
    """Return whether a permanent quota of the account, other than the transfer allowance, applies to a price."""
    return _quota(found) is not None


def _quota(found: Found) -> Quota | None:
    return quotas().get((found.price.service, found.price.usage_type))


def free_shares(pools: list[list[Group]], *, on: date) -> dict[int, FreeShare]:
    """Return by position what each pool gets of what is free in its month.

    Parameters
    ----------
    pools : list of list of Group
        Groups of one region, month and price each.
    on : date
        As in `price_usage`: says which day's allowance applies.
    """
    eligible = [index for index, members in enumerate(pools) if is_free_in_part(members[0].usage, members[0].found)]
    eligible.sort(key=lambda index: _dearest_first(pools[index][0]))
    left: dict[object, Fraction] = {}
    shares: dict[int, FreeShare] = {}
    for index in eligible:
        account, whole, words = _allowance(pools[index][0], on)
        available = left.setdefault(account, Fraction(whole))
        wanted = sum((Fraction(group.numerator, group.denominator) for group in pools[index]), Fraction(0))
        given = min(available, wanted)
        left[account] = available - given
        if given:
            shares[index] = FreeShare(quantity=given, up_to=whole, reason=words)
    return shares


def _allowance(group: Group, on: date) -> tuple[object, Decimal, str]:
    """Return whose allowance a row takes from, how large it is, and what a line says of it. [priced unit]"""
    usage = group.usage
    quota = None if is_metered_out(usage) else _quota(group.found)
    if quota is not None:
        account = (usage.month, group.found.price.service, group.found.price.usage_type)
        words = f"the first {quota.quantity:,} {quota.unit} a month are free for good, once per account"
        return account, quota.quantity, words
    allowance = transfer_out_allowance(price_day(usage.month, on))
    alone = allowance.scope == "account"
    return (
        usage.month if alone else (usage.month, usage.region),
        allowance.gigabytes,
        f"the first {allowance.gigabytes} GB a month out to the internet are free, "
        f"once per account{'' if alone else ' and region'}",
    )


def _dearest_first(group: Group) -> tuple[Fraction, str]:
    return -group.found.schedule.exact_rates[0], group.usage.region
