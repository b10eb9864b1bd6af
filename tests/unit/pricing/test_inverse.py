"""The inverse of a price: the least quantity that reaches an amount, against bisection over the price itself."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.catalog.tables import parse_tiers
from cloudcost.errors import PriceNotFoundError
from cloudcost.pricing.inverse import least_quantity
from cloudcost.pricing.tiers import Schedule, compile_tiers, exact_cost

STEPS = st.sampled_from([Fraction(1), Fraction(1, 10**6), Fraction(1, 3), Fraction(7)])
RATES = st.integers(0, 10**6).map(lambda rate: Decimal(rate).scaleb(-6))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    bounds = sorted(draw(st.sets(st.integers(1, 10**6), max_size=3)))
    rates = [draw(RATES) for _ in range(len(bounds) + 1)]
    rates[-1] = max(rates[-1], Decimal("0.000001"))  # a last tier that is free has no inverse
    text = ";".join([f"{rates[0]:f}", *(f"{bound}:{rate:f}" for bound, rate in zip(bounds, rates[1:], strict=True))])
    pack = draw(st.sampled_from([None, Decimal(100)]))
    return compile_tiers(parse_tiers(text), pack=pack)


def by_bisection(schedule: Schedule, amount: Fraction, step: Fraction) -> Fraction:
    high = 1
    while exact_cost(schedule, high * step) < amount:
        high *= 2
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if exact_cost(schedule, middle * step) >= amount else (middle, high)
    return high * step


@given(schedules(), st.fractions(Fraction(1, 1000), 10**7, max_denominator=1000), STEPS)
def test_it_is_the_least_multiple_of_the_step_that_costs_so_much(
    schedule: Schedule, amount: Fraction, step: Fraction
) -> None:
    quantity = least_quantity(schedule, amount, step)
    assert quantity == by_bisection(schedule, amount, step)


@given(schedules(), st.fractions(0, 10**6, max_denominator=100), st.fractions(0, 10**6, max_denominator=100), STEPS)
def test_it_never_falls_when_the_amount_grows(
    schedule: Schedule, one: Fraction, other: Fraction, step: Fraction
) -> None:
    low, high = (least_quantity(schedule, amount, step) for amount in sorted([one, other]))
    assert low is not None
    assert high is not None
    assert low <= high


def test_nothing_is_reached_for_nothing_and_never_where_the_last_tier_is_free() -> None:
    schedule = compile_tiers(parse_tiers("0.5;10:0"))
    assert least_quantity(schedule, Fraction(0), Fraction(1)) == 0
    assert least_quantity(schedule, Fraction(5), Fraction(1)) == 10
    assert least_quantity(schedule, Fraction(6), Fraction(1)) is None


def test_beyond_the_last_tier_that_is_known_there_is_no_answer() -> None:
    schedule = compile_tiers(parse_tiers("1;100:?"))
    assert least_quantity(schedule, Fraction(100), Fraction(1)) == 100
    with pytest.raises(PriceNotFoundError, match="beyond 100 units"):
        least_quantity(schedule, Fraction(101), Fraction(1))
