"""Runs that count whole in the month that they begin in: the curve, the total and a scenario are the bill's own."""

from __future__ import annotations

import tracemalloc
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import context_of
from cloudcost.domain.prices import Tier
from cloudcost.domain.project import Dataset, Option
from cloudcost.domain.usage import Span
from cloudcost.options.model import OptionModel, build_model
from cloudcost.pricing.bill.pieces import Curve
from cloudcost.pricing.bill.whole_runs import FlatRuns, Spread, amounts, summed
from cloudcost.pricing.tiers import compile_tiers
from cloudcost.units import GIB

TODAY = date(2026, 11, 22)
OUTSIDE = Option(
    name="outside", kind="cloud", provider="x", device="T4", usd_per_hour=Decimal("0.3"), hours_per_run=2.0
)


def model(days: int = 40, trainings: int = 2, gib: int = 70, runs: int = 3) -> OptionModel:
    project = build_project(
        OUTSIDE,
        days=days,
        start=date(2026, 1, 25),
        dataset=Dataset(images=1000, size_bytes=gib * GIB),
        trainings=tuple(build_training(name=f"t{index}", image_px=64, runs=runs + index) for index in range(trainings)),
    )
    return build_model(project, OUTSIDE, context_of(project, today=TODAY))


def exact(of: OptionModel, runs: list[int]) -> Fraction:
    return sum((line.exact_usd for line in of.lines(runs)), Fraction(0))


@pytest.mark.parametrize("days", [5, 40, 100])
def test_a_curve_over_months_is_the_bill_at_every_number_of_runs(days: int) -> None:
    outside = model(days)
    curve = outside.bill.curve(1, 60)
    assert [curve.at(n) for n in range(1, 61)] == [exact(outside, [n, n]) for n in range(1, 61)]
    planned = outside.bill.curve(1, 1, [3, 4]).at(1)
    assert planned == exact(outside, [3, 4])


def test_beyond_every_month_s_allowance_the_curve_is_one_line() -> None:
    curve = model(trainings=1).bill.curve(1, 140)  # 40 days over three months, 70 GiB a run, below 10 TiB a month
    assert len(curve.pieces) < 40
    assert curve.pieces[-1][0] < 60


def test_parts_of_runs_are_spread_evenly() -> None:
    outside = model(40)
    half = outside.bill.curve(1, 2, [Fraction(1, 2), Fraction(1, 2)])
    assert half.at(2) <= outside.bill.curve(1, 1).at(1)


def curve_of(spread: Spread, last: int) -> Curve:
    return summed([spread.at(1, last)], Fraction(0), Fraction(0), 1, last)


def test_flat_prices_that_differ_between_months_step_where_a_run_crosses_over() -> None:
    runs = FlatRuns()
    for span, rate in ((Span(0, 1, 4), 2), (Span(1, 4, 4), 3)):
        runs.add(Spread(begun={(span, 1): Fraction(1)}), Fraction(rate))
    curve = curve_of(runs.amount(), 8)
    by_n = [2 * Span(0, 1, 4).count(n) + 3 * Span(1, 4, 4).count(n) for n in range(1, 9)]
    assert [curve.at(n) for n in range(1, 9)] == by_n


def test_the_same_flat_price_on_both_sides_of_a_month_s_end_is_straight() -> None:
    runs = FlatRuns()
    for span in (Span(0, 1, 4), Span(1, 4, 4)):
        runs.add(Spread(fixed=Fraction(1), begun={(span, 5): Fraction(1)}), Fraction(3))
    assert runs.amount() == Spread(fixed=Fraction(6), per_n=Fraction(15))
    assert curve_of(runs.amount(), 100).pieces == ((1, Fraction(6), Fraction(15)),)


def test_packs_are_whole_in_each_part() -> None:
    packs = compile_tiers((Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal(2)),), pack=Decimal(10))
    spread = Spread(begun={(Span(0, 1, 2), 1): Fraction(4)})
    [(column, denominator)] = amounts([(spread, packs)], Fraction(3), 1, 6)
    got = [Fraction(amount, denominator) for amount in column]
    assert got == [20, 20, 20, 20, 20, 20]  # 4, 4, 8, 8, 12, 12 units, 3 of them free, in packs of ten at 2 each


def test_what_is_free_goes_to_the_first_pool_and_what_is_left_to_the_next() -> None:
    flat = compile_tiers((Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal(2)),))
    pools = [(Spread(per_n=Fraction(4, 3)), flat), (Spread(fixed=Fraction(1), per_n=Fraction(1)), flat)]
    (first, scale), (second, other) = amounts(pools, Fraction(5), 1, 6)
    assert [Fraction(each, scale) for each in first] == [
        2 * max(Fraction(4 * n, 3) - 5, Fraction(0)) for n in range(1, 7)
    ]
    left = [max(5 - Fraction(4 * n, 3), Fraction(0)) for n in range(1, 7)]
    expected = [2 * max(1 + n - each, Fraction(0)) for n, each in enumerate(left, 1)]
    assert [Fraction(each, other) for each in second] == expected


def _spreads(count: int) -> list[Spread]:
    return [
        Spread(fixed=Fraction(1, part + 2), begun={(Span(part, part + 1, count), 1): Fraction(1, 7)})
        for part in range(count)
    ]


def test_the_sum_of_columns_is_the_sum_of_their_own_sums() -> None:
    columns = [spread.at(1, 11) for spread in _spreads(5)]
    curve = summed(columns, Fraction(1, 3), Fraction(2), 1, 11)
    for n in range(1, 12):
        own = sum((Fraction(column[n - 1], scale) for column, scale in columns), Fraction(0))
        assert curve.at(n) == own + Fraction(1, 3) + 2 * n


def test_memory_does_not_grow_with_the_number_of_months() -> None:
    """A hundred years of 10,000 runs took 2 GB, found by the fuzzing: an amount for every run in every month."""
    peaks = []
    for months in (4, 40):
        spreads = _spreads(months)
        tracemalloc.start()
        summed((spread.at(1, 500) for spread in spreads), Fraction(0), Fraction(0), 1, 500)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 3 * peaks[0]
