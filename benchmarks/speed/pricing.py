"""Costs over tiers: arrays of floats against a copy, exact lines against plain Decimal."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import numpy as np

from benchmarks.speed.measure import Ratio, compare_calls
from cloudcost.domain.prices import Tier
from cloudcost.pricing.tiers import compile_tiers, rounded_costs
from cloudcost.pricing.vectorised import cost, tier_table

STORAGE = (("0", "51200", "0.023"), ("51200", "512000", "0.022"), ("512000", None, "0.021"))
"""S3 Standard in us-east-1."""
TRANSFER = (("0", "10240", "0.09"), ("10240", "51200", "0.085"), ("51200", "153600", "0.07"), ("153600", None, "0.05"))
"""Transfer to the internet from us-east-1."""


def tiers_of(rows: tuple[tuple[str, str | None, str], ...]) -> tuple[Tier, ...]:
    return tuple(
        Tier(
            from_quantity=Decimal(lower),
            up_to=None if upper is None else Decimal(upper),
            unit_price_usd=Decimal(rate),
        )
        for lower, upper, rate in rows
    )


def vectorised_cost() -> Ratio:
    """10^7 quantities over 3 tiers, the result in a new array, against copying them."""
    table = tier_table(tiers_of(STORAGE))
    quantities = np.random.default_rng(0).uniform(0, 700_000, 10_000_000)
    return compare_calls(
        "vectorised cost of 10^7 quantities over 3 tiers",
        lambda: cost(quantities, table),
        "q.copy()",
        quantities.copy,
        limit=4.0,
        repeats=7,
    )


def exact_lines() -> Ratio:
    """10^5 amounts over 4 tiers from integers of bytes, rounded to 1e-10 USD, against plain 28-digit Decimal."""
    schedule = compile_tiers(tiers_of(TRANSFER))
    shuffled = random.Random(0)
    sizes = [shuffled.randrange(200_000 * 2**30) for _ in range(100_000)]
    gigabytes = [Decimal(size) / 2**30 for size in sizes]

    def exact() -> list[Decimal]:
        return rounded_costs(schedule, sizes, 2**30)

    def plain() -> list[Decimal]:
        return [plain_decimal_amount(schedule.tiers, quantity) for quantity in gigabytes]

    assert max(abs(Fraction(a) - Fraction(b)) for a, b in zip(exact(), plain(), strict=True)) <= Fraction(1, 10**10)
    return compare_calls("10^5 exact lines of 4 tiers", exact, "plain Decimal", plain, limit=1.0, repeats=3)


def plain_decimal_amount(tiers: tuple[Tier, ...], quantity: Decimal) -> Decimal:
    """Return what most programs compute: a sum of products of Decimals, rounded."""
    total = Decimal(0)
    for tier in tiers:
        if quantity <= tier.from_quantity:
            break
        top = quantity if tier.up_to is None else min(quantity, tier.up_to)
        total += (top - tier.from_quantity) * tier.unit_price_usd
    return total.quantize(Decimal("1e-10"))
