"""What an account has free each month for good (20,000 KMS requests ...), as the first tier of the prices of it.

A quota is shared by all regions. Of usage in several of them the dearest region takes it first, then the first by name,
as `cloudcost.pricing.bill` does for a usage file. What a project meters of such usage is left on and does not depend on
the runs, so that each region's share of each month is known before anything is priced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.catalog.aws.allowances import Quota, quotas
from cloudcost.domain.usage import RunUsage
from cloudcost.pricing.free_tiers import FreeAt
from cloudcost.pricing.lookup import Found, find_price, price_day
from cloudcost.units import BY_MONTH, BillingMonth, to_priced_unit

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook

_PLACES = 10**12
"""A share that is no finite decimal is rounded down to this part of the price's unit, so that never more is free."""


def always_free_at(usages: Iterable[RunUsage], book: PriceBook, *, today: date) -> tuple[FreeAt, ...]:
    """Return what of some usage is free for good: where, in which month, how much.

    Parameters
    ----------
    usages : iterable of RunUsage
        Each with a month.
    book : PriceBook

    Raises
    ------
    CatalogError
        When prices are missing.
    """
    names = {usage_type for _, usage_type in quotas()}
    pools: dict[tuple[BillingMonth, str, str], dict[str, tuple[Found, Fraction]]] = {}
    for usage in usages:
        if usage.usage_type not in names or usage.month is None:
            continue
        found = find_price(
            book, usage.service, usage.region, usage.usage_type, usage.operation, usage.purchase,
            price_day(usage.month, today),
        )  # fmt: skip
        if (found.price.service, found.price.usage_type) not in quotas():
            continue
        regions = pools.setdefault((usage.month, found.price.service, found.price.usage_type), {})
        month = usage.month if usage.unit in BY_MONTH else None
        before = regions[usage.region][1] if usage.region in regions else Fraction(0)
        quantity = before + to_priced_unit(usage.fixed, usage.unit, found.price.unit, month)
        regions[usage.region] = found, quantity
    return tuple(
        each
        for (month, service, usage_type), regions in pools.items()
        for each in _shares(month, quotas()[service, usage_type], (service, usage_type), regions)
    )


def _shares(
    month: BillingMonth, quota: Quota, names: tuple[str, str], regions: dict[str, tuple[Found, Fraction]]
) -> Iterable[FreeAt]:
    """Yield what each region of a month has free, the dearest first, while there is something left."""
    from cloudcost.catalog.aws.free_tier import FreeQuota

    left = Fraction(quota.quantity)
    for region in sorted(regions, key=lambda name: (-regions[name][0].schedule.exact_rates[0], name)):
        yield (
            region,
            FreeQuota(
                service=names[0],
                usage_type=names[1],
                quantity=Decimal(left * _PLACES // 1) / _PLACES if left.denominator != 1 else Decimal(int(left)),
                unit=quota.unit,
                first=month.first_day,
                until=month.next.first_day,
                kinds=(),
                source=quota.source,
                note="",
                why="for good, once per account",
            ),
        )
        left -= min(left, regions[region][1])
        if not left:
            return


def always_free_assumptions(free: Sequence[FreeAt]) -> list[str]:
    """Return, one sentence each, what is free for good."""
    found = {(quota.usage_type, quota.unit): quotas()[quota.service, quota.usage_type].quantity for _, quota in free}
    return [
        f"{quantity:,f} {unit} of {usage_type} are free each month, once per account; nothing else is taken to use them"
        for (usage_type, unit), quantity in found.items()
    ]
