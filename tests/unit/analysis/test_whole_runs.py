"""Runs that count whole in the month that they begin in: the curve, the total and a scenario are the bill's own."""

from __future__ import annotations

import tracemalloc
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.curve import total_curve
from cloudcost.analysis.model import OptionModel, build_model
from cloudcost.analysis.scenarios import simulate
from cloudcost.analysis.whole_runs import FlatRuns, WholePool, whole_pieces
from cloudcost.domain.prices import Tier
from cloudcost.domain.project import Count, Dataset, Option, Project, Training
from cloudcost.domain.usage import Span
from cloudcost.money import scaled_decimal
from cloudcost.pricing.tiers import compile_tiers
from cloudcost.pricing.totals import compile_totals
from cloudcost.results.spreads import Spreads
from cloudcost.units import GIB

TODAY = date(2026, 11, 22)
OUTSIDE = Option(
    name="outside", kind="cloud", provider="x", device="T4", usd_per_hour=Decimal("0.3"), hours_per_run=2.0
)


def model(days: int = 40, trainings: int = 2, gib: int = 70, runs: int = 3) -> OptionModel:
    project = Project(
        name="p", region="us-east-1", duration_seconds=days * 86_400, start=date(2026, 1, 25),
        dataset=Dataset(images=1000, size_bytes=gib * GIB),
        trainings=tuple(
            Training(name=f"t{index}", network="resnet18", image_px=64, batch=8, epochs=Count.fixed(1),
                     runs=Count.fixed(runs + index))
            for index in range(trainings)
        ),
        options=(OUTSIDE,),
    )  # fmt: skip
    return build_model(project, OUTSIDE, context_of(project, today=TODAY))


def exact(of: OptionModel, runs: list[int]) -> Fraction:
    return sum((line.exact_usd for line in of.lines(runs)), Fraction(0))


@pytest.mark.parametrize("days", [5, 40, 100])
def test_a_curve_over_months_is_the_bill_at_every_number_of_runs(days: int) -> None:
    outside = model(days)
    curve = total_curve(outside, last=60)
    assert [curve.at(n) for n in range(1, 61)] == [exact(outside, [n, n]) for n in range(1, 61)]
    planned = total_curve(outside, last=1, weights=[3, 4]).at(1)
    assert planned == exact(outside, [3, 4])


def test_beyond_every_month_s_allowance_the_curve_is_one_line() -> None:
    curve = total_curve(model(trainings=1), last=140)  # 40 days over three months, 70 GiB a run, below 10 TiB a month
    assert len(curve.pieces) < 40
    assert curve.pieces[-1][0] < 60


def test_totals_without_lines_are_those_of_the_lines() -> None:
    outside = model(100)
    totals = compile_totals(outside.usages, outside.market, on=TODAY)
    for runs in ([0, 0], [1, 0], [2, 5], [17, 3]):
        sums = totals.at(runs)
        lines = outside.lines(runs)
        assert scaled_decimal(sums.charged + sums.own, 10) == sum((line.amount_usd for line in lines), Decimal(0))


def test_a_scenario_of_certain_runs_costs_what_the_bill_does() -> None:
    outside = model(40)
    [simulated] = simulate([outside], draws=2, spreads=Spreads.none())
    expected = float(exact(outside, [3, 4]))
    assert simulated.totals_usd.values.tolist() == pytest.approx([expected] * 2, rel=1e-9)


def test_parts_of_runs_are_spread_evenly() -> None:
    outside = model(40)
    half = total_curve(outside, last=2, weights=[Fraction(1, 2), Fraction(1, 2)])
    assert half.at(2) <= total_curve(outside, last=1).at(1)


def test_flat_prices_that_differ_between_months_step_where_a_run_crosses_over() -> None:
    runs = FlatRuns()
    for span, rate in ((Span(0, 1, 4), 2), (Span(1, 4, 4), 3)):
        runs.add(Fraction(0), Fraction(0), {(span, 1): Fraction(1)}, Fraction(rate))
    pieces = whole_pieces([runs.pool()], 1, 8)
    by_n = [2 * Span(0, 1, 4).count(n) + 3 * Span(1, 4, 4).count(n) for n in range(1, 9)]
    ends = [piece[0] for piece in pieces[1:]] + [9]
    got = [c + s * n for (start, c, s), end in zip(pieces, ends, strict=True) for n in range(start, end)]
    assert got == by_n


def test_the_same_flat_price_on_both_sides_of_a_month_s_end_is_straight() -> None:
    runs = FlatRuns()
    for span in (Span(0, 1, 4), Span(1, 4, 4)):
        runs.add(Fraction(1), Fraction(0), {(span, 5): Fraction(1)}, Fraction(3))
    assert whole_pieces([runs.pool()], 1, 100) == ((1, Fraction(6), Fraction(15)),)


def test_packs_are_whole_in_each_part() -> None:
    packs = compile_tiers((Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal(2)),), pack=Decimal(10))
    pool = WholePool(
        schedule=packs, free=Fraction(3), fixed=Fraction(0), per_n=Fraction(0), begun={(Span(0, 1, 2), 1): Fraction(4)}
    )
    got = [Fraction(*ratio) for ratio in pool.amounts(1, 6)]
    assert got == [20, 20, 20, 20, 20, 20]  # 4, 4, 8, 8, 12, 12 units, 3 of them free, in packs of ten at 2 each


def _pools(count: int) -> list[WholePool]:
    return [
        WholePool(
            schedule=None, fixed=Fraction(1, part + 2), per_n=Fraction(0),
            begun={(Span(part, part + 1, count), 1): Fraction(1, 7)},
        )
        for part in range(count)
    ]  # fmt: skip


def test_the_sum_of_pools_is_the_sum_of_their_own_sums() -> None:
    pools = _pools(5)
    for n in range(1, 12):
        each = [whole_pieces([pool], n, n)[0] for pool in pools]
        [(_, constant, slope)] = whole_pieces(pools, n, n)
        assert constant + slope * n == sum((c + s * n for _, c, s in each), Fraction(0))


def test_memory_does_not_grow_with_the_number_of_months() -> None:
    """A hundred years of 10,000 runs took 2 GB, found by the fuzzing: an amount for every run in every month."""
    peaks = []
    for months in (4, 40):
        pools = _pools(months)
        tracemalloc.start()
        whole_pieces(pools, 1, 500)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 3 * peaks[0]
