"""The float64 twin agrees with the exact cost to within 1e-12 relative, whatever the tiers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.laws import examples

from cloudcost.domain.prices import Tier
from cloudcost.errors import PriceNotFoundError
from cloudcost.pricing import vectorised
from cloudcost.pricing.tiers import compile_tiers, exact_cost
from cloudcost.pricing.vectorised import cost, tier_table
from cloudcost.testing import tiers

many = settings(max_examples=examples(120), deadline=None)
TierList = tuple[Tier, ...]
Floats = npt.NDArray[np.float64]
arrays = hnp.arrays(
    np.float64, st.integers(0, 40), elements=st.floats(0, 2e6, allow_subnormal=False) | st.integers(0, 10**6).map(float)
)
TOLERANCE = Fraction(1, 10**12)
"""Relative; a dozen float64 operations on positive terms are within 1e-14, 1e-12 is what is promised."""


def worst(tier_list: TierList, quantities: Floats, costs: Floats, pack: Decimal | None = None) -> Fraction:
    """The largest relative difference from the exact cost of the very same floats; 1e-300 counts as zero."""
    schedule = compile_tiers(tier_list, pack=pack)
    found = Fraction(0)
    for quantity, amount in zip(quantities.tolist(), costs.tolist(), strict=True):
        exact = exact_cost(schedule, Fraction(quantity))
        difference = abs(Fraction(amount) - exact)
        if difference:
            found = max(found, difference / max(exact, Fraction(1, 10**300)))
    return found


@many
@given(tiers(), arrays)
def test_vectorised_equals_exact(tier_list: TierList, quantities: Floats) -> None:
    assert worst(tier_list, quantities, cost(quantities, tier_table(tier_list))) <= TOLERANCE


@many
@given(tiers(rates="falling"), arrays)
def test_the_least_line_equals_exact(tier_list: TierList, quantities: Floats) -> None:
    table = tier_table(tier_list)
    assert table.falling
    assert worst(tier_list, quantities, cost(quantities, table)) <= TOLERANCE


@many
@given(tiers(rates="rising"), arrays)
def test_hinges_equal_exact(tier_list: TierList, quantities: Floats) -> None:
    table = tier_table(tier_list)
    assert table.rising
    assert worst(tier_list, quantities, cost(quantities, table)) <= TOLERANCE


@many
@given(tiers(), st.integers(1, 500), st.lists(st.integers(0, 10**6), max_size=30))
def test_packs_equal_exact(tier_list: TierList, size: int, whole: list[int]) -> None:
    quantities = np.array(whole, dtype=np.float64)
    schedule = compile_tiers(tier_list, pack=Decimal(size))
    costs = cost(quantities, tier_table(schedule))
    assert worst(tier_list, quantities, costs, Decimal(size)) <= TOLERANCE


@many
@given(tiers(), arrays)
def test_results_may_go_where_the_quantities_were(tier_list: TierList, quantities: Floats) -> None:
    table = tier_table(tier_list)
    expected = cost(quantities, table)
    place = quantities.copy()
    assert cost(place, table, out=place) is place
    assert np.array_equal(expected, place)


@pytest.mark.parametrize("rates", [("3", "2", "1"), ("1", "2", "3"), ("1", "3", "2")])
def test_blocks_join_without_a_seam(rates: tuple[str, str, str]) -> None:
    tier_list = (
        Tier(from_quantity=Decimal(0), up_to=Decimal(10), unit_price_usd=Decimal(rates[0])),
        Tier(from_quantity=Decimal(10), up_to=Decimal(20), unit_price_usd=Decimal(rates[1])),
        Tier(from_quantity=Decimal(20), up_to=None, unit_price_usd=Decimal(rates[2])),
    )
    size = 2 * vectorised.BLOCK + 3
    quantities = np.linspace(0, 30, size).reshape(1, size)
    costs = cost(quantities, tier_table(tier_list))
    assert costs.shape == (1, size)
    chosen = [0, vectorised.BLOCK - 1, vectorised.BLOCK, 2 * vectorised.BLOCK, size - 1]
    assert worst(tier_list, quantities[0, chosen], costs[0, chosen]) <= TOLERANCE


def test_out_of_another_shape_or_type_is_refused() -> None:
    table = tier_table((Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal(1)),))
    with pytest.raises(ValueError, match="out must be C-contiguous float64"):
        cost(np.zeros(3), table, out=np.zeros(4))


@pytest.mark.parametrize("pack", [None, Decimal(5)])
def test_beyond_the_last_known_tier_there_is_no_price(pack: Decimal | None) -> None:
    known = (Tier(from_quantity=Decimal(0), up_to=Decimal(12), unit_price_usd=Decimal(1)),)
    table = tier_table(compile_tiers(known, pack=pack))
    assert cost(np.array([10.0]), table).tolist() == [10.0]
    with pytest.raises(PriceNotFoundError, match="beyond 12 units"):
        cost(np.array([1.0, 12.5]), table)
