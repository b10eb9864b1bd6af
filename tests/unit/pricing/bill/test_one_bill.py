"""What a bill can be asked beside its four questions, and rows as they come: without months, in several units."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from tests.billing import bill_of

from cloudcost.catalog.books.book import PriceBook, load_book
from cloudcost.domain.prices import Price, Tier
from cloudcost.domain.usage import RunUsage, Span
from cloudcost.pricing.bill.closing import Closing
from cloudcost.pricing.bill.curve import Range, spread_of
from cloudcost.pricing.bill.pieces import tier_curve
from cloudcost.pricing.bill.prices import UNIT, Payee
from cloudcost.pricing.bill.rows import Quantity
from cloudcost.pricing.bill.samples import Floats, Term
from cloudcost.pricing.tiers import compile_tiers, exact_cost
from cloudcost.units import GIB, BillingMonth

TODAY = date(2026, 11, 22)
MONTH = BillingMonth(2026, 12)
TIERS = (
    Tier(from_quantity=Decimal(0), up_to=Decimal(10), unit_price_usd=Decimal(2)),
    Tier(from_quantity=Decimal(10), up_to=None, unit_price_usd=Decimal(1)),
)
HOURS = RunUsage(
    service="AmazonEC2", region="us-east-1", usage_type="BoxUsage:g4dn.xlarge", month=MONTH, unit="seconds",
    fixed=3600, per_run=(7200,),
)  # fmt: skip
OUT = RunUsage(
    service="AmazonS3", region="us-east-1", usage_type="DataTransfer-Out-Bytes", month=MONTH, unit="bytes",
    per_run=(60 * GIB,),
)  # fmt: skip


def price(service: str, usage_type: str, unit: str, **changes: object) -> Price:
    made = Price(
        service=service, region="r", usage_type=usage_type, unit=unit, tiers=TIERS, as_of=TODAY, grade="official",
        source="test",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def row(service: str, usage_type: str, unit: str, **changes: object) -> RunUsage:
    made = RunUsage(service=service, region="r", usage_type=usage_type, unit=unit, month=MONTH, per_run=(1,))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_bill_of_some_lines_is_closed_alike() -> None:
    bill = bill_of([HOURS, OUT], load_book(), on=TODAY, closing=Closing(tax_rate=Decimal("0.5")))
    only = bill.only(lambda line: line.row.service == "AmazonEC2")
    assert only.total_usd([1]) == Decimal("0.526") * 3 * Decimal("1.5")
    assert only.closed(Closing()).total_usd([1]) == Decimal("0.526") * 3
    assert bill.only(lambda line: line.place.payee is Payee.CREDITED).parts == bill.parts
    assert bill.has_lines
    assert not bill.only(lambda line: line.place.payee is Payee.OWN).has_lines
    assert bill.of([HOURS]).total([4]) == only.total([4])


def test_a_bill_counts_the_quantity_of_lines_of_one_unit() -> None:
    bill = bill_of([HOURS, replace(HOURS, usage_type="BoxUsage:g5.xlarge")], load_book(), on=TODAY)
    assert [bill.quantity(1, 5).at(n) for n in (1, 5)] == [6, 22]
    assert bill.quantity(1, 5, [Fraction(1, 2)]).at(3) == 2 + 2 * 3


def test_a_quantity_of_whole_runs_in_months_is_refused() -> None:
    bill = bill_of([replace(HOURS, span=Span(0, 1, 2))], load_book(), on=TODAY)
    with pytest.raises(ValueError, match="no straight line"):
        bill.quantity(1, 9)


def test_runs_are_one_number_for_each_training() -> None:
    with pytest.raises(ValueError, match="usage of another number of trainings than 2"):
        bill_of([HOURS], load_book(), on=TODAY).total([1, 2])


def test_runs_are_not_negative() -> None:
    with pytest.raises(ValueError, match="runs are not negative"):
        bill_of([HOURS], load_book(), on=TODAY).lines([-1])


def test_a_part_forgets_old_curves() -> None:
    bill = bill_of([HOURS, OUT], load_book(), on=TODAY)
    first = [bill.curve(1, last).at(1) for last in range(1, 9)]
    assert first == [bill.curve(1, 1).at(1)] * 8


def test_rows_in_several_units_are_one_line() -> None:
    joined = [HOURS, replace(HOURS, unit="microseconds", fixed=1, per_run=(1_800_000_000,)), replace(HOURS, unit="Hrs")]
    joined[2] = replace(joined[2], fixed=2, per_run=(1,))
    bill = bill_of(joined, load_book(), on=TODAY)
    [line] = bill.lines([2])
    expected = Fraction(3600 + 2 * 7200, 3600) + Fraction(1 + 2 * 1_800_000_000, 3_600_000_000) + 4
    assert line.quantity == expected
    assert bill.curve(1, 2).at(2) == expected * Fraction("0.526") == line.exact_usd
    assert bill.total_usd([2]) == line.amount_usd


@pytest.mark.parametrize("usage_type", ["u", "packs"])
def test_rows_without_a_month_share_no_tiers_in_a_total_either(usage_type: str) -> None:
    book = PriceBook.of([price("s", "u", "GB"), price("s", "packs", "GB", pack=Decimal(4))])
    rows = [row("s", usage_type, "GB", month=None, fixed=8), row("s", usage_type, "GB", month=None, fixed=1)]
    bill = bill_of(rows, book, on=TODAY)
    [line] = bill.lines([5])  # 13 and 6 units
    assert line.exact_usd == (20 + 3 + 12 if usage_type == "u" else 20 + 6 + 16)
    assert Fraction(bill.total([5]), UNIT) == line.exact_usd == bill.curve(1, 5).at(5)
    sampled = bill.samples().totals({("runs", 0): np.full(1, 5.0)}, {}, 1)
    assert sampled.tolist() == [float(line.exact_usd)]


def test_packs_of_a_price_in_tiers_make_steps() -> None:
    packs = compile_tiers(TIERS, pack=Decimal(4))
    curve = tier_curve(packs, Fraction(1), Fraction(3, 2), Fraction(0), 1, 20)
    assert [curve.at(n) for n in range(1, 21)] == [exact_cost(packs, 1 + Fraction(3, 2) * n) for n in range(1, 21)]


def test_quantities_grow_with_terms_that_the_caller_names() -> None:
    bill = bill_of([HOURS], load_book(), on=TODAY)
    sampled = bill.samples([(HOURS, {("billed", 0): 1.0}), (OUT, {("starts", 0): 2.0 * GIB})])
    assert sampled.used == {("fixed", 0), ("runs", 0), ("billed", 0), ("starts", 0)}
    terms: dict[Term, Floats] = {
        ("runs", 0): np.full(1, 2.0),
        ("billed", 0): np.full(1, 1800.0),
        ("starts", 0): np.full(1, 60.0),
    }
    usd = 5.5 * 0.526 + (120 - 100) * 0.09
    assert sampled.totals(terms, {}, 1).tolist() == pytest.approx([usd])


def test_the_price_of_electricity_is_a_multiple_of_its_own() -> None:
    flat = (Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal("0.25")),)
    book = PriceBook.of([price("Local", "Electricity", "kWh", tiers=flat), price("Local", "Upkeep", "kWh", tiers=flat)])
    rows = [row("Local", "Electricity", "kWh"), row("Local", "Upkeep", "kWh")]
    sampled = bill_of(rows, book, on=TODAY, closing=Closing(tax_rate=Decimal(1))).samples()
    drawn = sampled.totals({("runs", 0): np.full(2, 4.0)}, {"electricity": np.array([1.0, 3.0])}, 2)
    assert drawn.tolist() == [2.0, 4.0]


def test_the_price_of_spot_is_drawn_between_the_lowest_and_the_highest_seen() -> None:
    flat = (Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal("0.4")),)
    book = PriceBook.of(
        [price("AmazonEC2", "SpotUsage:x", "Hrs", purchase="spot", tiers=flat, low_usd=Decimal("0.1"))]
    )  # fmt: skip
    spot = row("AmazonEC2", "SpotUsage:x", "Hrs", purchase="spot")
    sampled = bill_of([spot], book, on=TODAY).samples()
    assert sampled.spot_low == pytest.approx(0.25)
    assert sampled.totals({("runs", 0): np.full(1, 3.0)}, {"spot": np.full(1, 0.5)}, 1).tolist() == [0.6000000000000001]


def test_no_curve_is_of_a_quantity_that_falls_with_the_runs() -> None:
    one, none = Fraction(1), Fraction(0)
    with pytest.raises(ValueError, match="never falls with the number of runs"):
        tier_curve(compile_tiers(TIERS), one, Fraction(-1), none, 1, 9)


def test_where_n_is_no_whole_runs_a_span_has_its_even_share_of_them() -> None:
    """Two hours a run, in the first half of the project alone; one n stands for half a run."""
    spread = spread_of([Quantity(3, (2,), Span(0, 50, 100), 1)], Range(0, 9, (Fraction(1, 2),)))
    assert spread.fixed == 3
    assert spread.per_n == Fraction(1, 2)
