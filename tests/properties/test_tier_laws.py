"""Laws of a cost over tiers, on the unrounded rational, against a slow oracle that knows nothing of the library."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.domain.prices import Tier
from cloudcost.money import decimal_string, round_half_even
from cloudcost.pricing.tiers import (
    compile_tiers,
    cost_ratio,
    exact_cost,
    marginal_price,
    packed,
    rounded_costs,
    tier_slices,
)
from cloudcost.testing import quantities, tiers

many = settings(max_examples=examples(120), deadline=None)
TierList = tuple[Tier, ...]


def slow_cost(tier_list: TierList, quantity: Fraction) -> Fraction:
    """The oracle: walk the tiers, take what lies in each, add."""
    total = Fraction(0)
    for tier in tier_list:
        lower = Fraction(tier.from_quantity)
        above = max(Fraction(0), quantity - lower)
        inside = above if tier.up_to is None else min(above, Fraction(tier.up_to) - lower)
        total += inside * Fraction(tier.unit_price_usd)
    return total


@many
@given(tiers(), quantities())
@example((Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal("4E-7")),), Fraction(162))
def test_exact_cost_equals_the_fraction_oracle(tier_list: TierList, quantity: Fraction) -> None:
    assert slow_cost(tier_list, quantity) == exact_cost(compile_tiers(tier_list), quantity)


@many
@given(tiers(), quantities(), st.integers(1, 10**6))
def test_an_unreduced_ratio_costs_the_same(tier_list: TierList, quantity: Fraction, factor: int) -> None:
    schedule = compile_tiers(tier_list)
    ratio = cost_ratio(schedule, quantity.numerator * factor, quantity.denominator * factor)
    assert slow_cost(tier_list, quantity) == Fraction(*ratio)


@many
@given(tiers(), st.lists(st.integers(0, 10**9), max_size=6), st.integers(1, 744 * 2**30))
def test_many_rounded_at_once_equal_each_rounded_alone(
    tier_list: TierList, numerators: list[int], denominator: int
) -> None:
    expected = [round_half_even(slow_cost(tier_list, Fraction(each, denominator))) for each in numerators]
    assert expected == rounded_costs(compile_tiers(tier_list), numerators, denominator)


@many
@given(tiers())
def test_nothing_costs_nothing(tier_list: TierList) -> None:
    assert exact_cost(compile_tiers(tier_list), 0) == 0


@many
@given(tiers(), quantities(), quantities())
def test_cost_never_falls_when_usage_grows(tier_list: TierList, quantity: Fraction, more: Fraction) -> None:
    schedule = compile_tiers(tier_list)
    assert exact_cost(schedule, quantity) <= exact_cost(schedule, quantity + more)


@many
@given(tiers(min_tiers=2), st.integers(1, 10**12))
def test_cost_is_continuous_at_tier_bounds(tier_list: TierList, fineness: int) -> None:
    schedule = compile_tiers(tier_list)
    step = Fraction(1, fineness)
    for below, above in pairwise(tier_list):
        bound = Fraction(above.from_quantity)
        here = exact_cost(schedule, bound)
        assert here - exact_cost(schedule, bound - step) == step * Fraction(below.unit_price_usd)
        assert exact_cost(schedule, bound + step) - here == step * Fraction(above.unit_price_usd) or (
            above.up_to is not None and bound + step > above.up_to
        )


@many
@given(tiers(), quantities(), quantities())
def test_the_slices_of_a_span_sum_to_the_difference_of_costs(
    tier_list: TierList, start: Fraction, quantity: Fraction
) -> None:
    schedule = compile_tiers(tier_list)
    slices = tier_slices(schedule, start, quantity)
    assert quantity == sum(part.quantity for part in slices)
    difference = slow_cost(tier_list, start + quantity) - slow_cost(tier_list, start)
    assert difference == sum(part.exact_usd for part in slices)
    assert len(slices) >= 1


@many
@given(tiers(), quantities(), st.integers(0, 10), st.integers(1, 999_999))
def test_splitting_a_tier_at_its_own_price_changes_nothing(
    tier_list: TierList, quantity: Fraction, which: int, width: int
) -> None:
    index = which % len(tier_list)
    tier = tier_list[index]
    middle = tier.from_quantity + width
    assume(tier.up_to is None or middle < tier.up_to)
    first = Tier(from_quantity=tier.from_quantity, up_to=middle, unit_price_usd=tier.unit_price_usd)
    second = Tier(from_quantity=middle, up_to=tier.up_to, unit_price_usd=tier.unit_price_usd)
    split = (*tier_list[:index], first, second, *tier_list[index + 1 :])
    assert exact_cost(compile_tiers(tier_list), quantity) == exact_cost(compile_tiers(split), quantity)


@many
@given(tiers(), quantities(), st.fractions(Fraction(1, 10**6), 10**6))
def test_marginal_price_lies_between_the_lowest_and_the_highest_tier(
    tier_list: TierList, quantity: Fraction, more: Fraction
) -> None:
    schedule = compile_tiers(tier_list)
    rates = [tier.unit_price_usd for tier in tier_list]
    assert min(rates) <= marginal_price(schedule, quantity) <= max(rates)
    mean = (exact_cost(schedule, quantity + more) - exact_cost(schedule, quantity)) / more
    assert Fraction(min(rates)) <= mean <= Fraction(max(rates))


@many
@given(tiers(), quantities())
def test_the_marginal_price_is_the_slope_just_above(tier_list: TierList, quantity: Fraction) -> None:
    schedule = compile_tiers(tier_list)
    bounds = [Fraction(tier.up_to) for tier in tier_list if tier.up_to is not None]
    step = min([bound - quantity for bound in bounds if bound > quantity], default=Fraction(1))
    rise = exact_cost(schedule, quantity + step) - exact_cost(schedule, quantity)
    assert rise == step * Fraction(marginal_price(schedule, quantity))


@many
@given(tiers(rates="falling"), quantities(), quantities())
def test_falling_rates_make_the_whole_no_dearer_than_its_parts(
    tier_list: TierList, one: Fraction, other: Fraction
) -> None:
    schedule = compile_tiers(tier_list)
    assert exact_cost(schedule, one + other) <= exact_cost(schedule, one) + exact_cost(schedule, other)


@many
@given(tiers(max_tiers=3), quantities(), st.integers(1, 1_000))
def test_packs_are_whole_and_no_more_than_needed(tier_list: TierList, quantity: Fraction, size: int) -> None:
    schedule = compile_tiers(tier_list, pack=Decimal(size))
    paid = packed(schedule, quantity)
    assert (paid / size).denominator == 1
    assert quantity <= paid < quantity + size
    assert slow_cost(tier_list, paid) == exact_cost(schedule, quantity)


@many
@given(st.fractions(0, 10**9), st.integers(0, 12))
def test_rounding_is_off_by_at_most_half_a_unit_and_to_even(value: Fraction, places: int) -> None:
    rounded = Fraction(round_half_even(value, places))
    unit = Fraction(1, 10**places)
    assert abs(rounded - value) <= unit / 2
    if abs(rounded - value) == unit / 2:
        assert (rounded / unit).numerator % 2 == 0


@many
@given(st.decimals(-(10**9), 10**9, places=10))
def test_an_amount_is_printed_and_parsed_back_the_same(amount: Decimal) -> None:
    assert amount == Decimal(decimal_string(amount))


@pytest.mark.parametrize("tier_count", [1, 2, 4])
def test_the_oracle_itself_can_fail(tier_count: int) -> None:
    tier_list = tuple(
        Tier(
            from_quantity=Decimal(index),
            up_to=None if index + 1 == tier_count else Decimal(index + 1),
            unit_price_usd=Decimal(tier_count - index),
        )
        for index in range(tier_count)
    )
    assert slow_cost(tier_list, Fraction(tier_count)) == Fraction(tier_count * (tier_count + 1), 2)
