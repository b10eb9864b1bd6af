"""Tier lists that make no sense are refused, and what is not known is an error."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from cloudcost.domain.prices import Tier
from cloudcost.errors import PriceNotFoundError
from cloudcost.pricing.tiers import compile_tiers, exact_cost, marginal_price, rounded_costs, tier_slices


def tier(lower: str, upper: str | None, rate: str = "1") -> Tier:
    return Tier(
        from_quantity=Decimal(lower), up_to=None if upper is None else Decimal(upper), unit_price_usd=Decimal(rate)
    )


@pytest.mark.parametrize(
    ("tiers", "message"),
    [
        ((), "tiers begin at 0"),
        ((tier("1", None),), "tiers begin at 0"),
        ((tier("0", "2"), tier("3", None)), "ends at 2 and the next begins at 3"),
        ((tier("0", None), tier("3", None)), "ends at None and the next begins at 3"),
        ((tier("0", "0"), tier("0", None)), "ends after it begins"),
        ((tier("0", None, "-1"),), "finite and not negative, not -1"),
        ((tier("0", None, "NaN"),), "finite and not negative, not NaN"),
    ],
)
def test_a_tier_list_rises_from_0_without_a_gap(tiers: tuple[Tier, ...], message: str) -> None:
    with pytest.raises(ValueError, match=f"^a/b: .*{message}"):
        compile_tiers(tiers, key="a/b")


@pytest.mark.parametrize("pack", ["0", "-1", "Infinity"])
def test_a_pack_is_over_0(pack: str) -> None:
    with pytest.raises(ValueError, match="a pack is over 0"):
        compile_tiers((tier("0", None),), pack=Decimal(pack))


def test_nothing_is_priced_beyond_what_is_known() -> None:
    schedule = compile_tiers((tier("0", "1.5", "0.1"),), key="a/b in c")
    assert exact_cost(schedule, Decimal("1.5")) == Fraction(15, 100)
    for beyond in (
        lambda: exact_cost(schedule, Decimal("1.6")),
        lambda: rounded_costs(schedule, [1, 2]),
        lambda: tier_slices(schedule, Fraction(1), Fraction(1)),
        lambda: marginal_price(schedule, Decimal("1.5")),
    ):
        with pytest.raises(PriceNotFoundError, match=r"a/b in c beyond 1\.5 units"):
            beyond()


@pytest.mark.parametrize("quantity", [Decimal("-1"), -1, Fraction(-1, 2), Decimal("NaN"), Decimal("-Infinity")])
def test_a_quantity_is_finite_and_not_negative(quantity: Decimal | int | Fraction) -> None:
    with pytest.raises(ValueError, match="a quantity is"):
        exact_cost(compile_tiers((tier("0", None),)), quantity)
