"""The four questions to a bill have one answer: laws that each of them must keep, against a slow oracle.

The oracle knows nothing of lines, pools or parts: it counts runs one by one, walks tiers, and adds.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.billing import bill_of
from tests.laws import examples

from cloudcost.catalog.aws.support import support_plan
from cloudcost.catalog.books.book import load_book
from cloudcost.domain.usage import RunUsage, Span
from cloudcost.pricing.bill.bill import Bill, compile_part
from cloudcost.pricing.bill.closing import Closing, Sale
from cloudcost.pricing.bill.prices import UNIT, prices_of
from cloudcost.pricing.bill.support import Support
from cloudcost.units import BillingMonth

BOOK = load_book()
TODAY = date(2026, 11, 22)
DECEMBER = BillingMonth(2026, 12)
KINDS = (
    ("AmazonS3", "TimedStorage-ByteHrs", "byte-hours", 10**17),
    ("AmazonS3", "Requests-Tier1", "requests", 10**9),
    ("AmazonS3", "DataTransfer-Out-Bytes", "bytes", 10**15),
    ("AmazonEC2", "DataTransfer-Out-Bytes", "bytes", 10**13),
    ("AmazonEC2", "BoxUsage:g4dn.xlarge", "seconds", 10**8),
    ("GoogleColab", "ComputeUnits", "micro-units", 10**10),
)
"""Service, usage type, unit and a large quantity: tiers, packs, and traffic whose free part two services share."""
PER_UNIT = {"byte-hours": 2**30, "bytes": 2**30, "seconds": 3600, "micro-units": 10**6, "requests": 1}
Rows = list[RunUsage]
Runs = tuple[int, int]


@st.composite
def rows(draw: st.DrawFn) -> RunUsage:
    service, usage_type, unit, most = draw(st.sampled_from(KINDS))
    region = "global" if service == "GoogleColab" else draw(st.sampled_from(("us-east-1", "us-west-2", "eu-west-1")))
    per_run = draw(st.just(()) | st.tuples(st.integers(0, most // 100), st.integers(0, most // 100)))
    return RunUsage(
        service=service,
        region=region,
        usage_type=usage_type,
        unit=unit,
        month=BillingMonth(2026, draw(st.sampled_from((11, 12)))),
        fixed=draw(st.just(0) | st.integers(0, most)),
        per_run=per_run,
        span=draw(st.sampled_from((None, Span(0, 3, 10), Span(3, 7, 10), Span(7, 10, 10)))) if per_run else None,
        why=draw(st.sampled_from(("", "one reason", "another"))),
    )


bills = st.lists(rows(), max_size=7)
runs_of_two = st.tuples(st.integers(0, 60), st.integers(0, 60))
closings = st.builds(
    Closing,
    sale=st.none() | st.just(Sale.of(2, Decimal("999.99"), 0.37)),
    credits_usd=st.sampled_from((Decimal(0), Decimal("20.5"), Decimal(10**9))),
    tax_rate=st.sampled_from((Decimal(0), Decimal("0.16"))),
    support=st.none() | st.sampled_from([Support(support_plan(name)) for name in ("business", "business+")]),
)
many = settings(max_examples=examples(60), deadline=None)


def slow_total(metered: Rows, runs: Sequence[int], closing: Closing) -> Fraction:
    """The oracle: what a bill comes to, unrounded. [USD]"""
    pools: dict[tuple[str, str, str, BillingMonth], Fraction] = defaultdict(Fraction)
    for row in metered:
        assert row.month is not None
        quantity = Fraction(row.fixed)
        for each, count in zip(row.per_run, runs, strict=False):
            span = row.span or Span(0, 1, 1)
            quantity += each * sum(span.begin * count <= k * span.whole < span.end * count for k in range(count))
        hours = row.month.hours if row.unit == "byte-hours" else 1
        service = "AWSDataTransfer" if row.usage_type == "DataTransfer-Out-Bytes" else row.service
        pools[service, row.region, row.usage_type, row.month] += quantity / (PER_UNIT[row.unit] * hours)
    free = {BillingMonth(2026, 11): Fraction(100), DECEMBER: Fraction(100)}
    sums: dict[bool, Fraction] = defaultdict(Fraction)
    of_month = {row.month: Fraction(0) for row in metered if row.month is not None and row.service != "GoogleColab"}
    priced = [
        (BOOK.find(service=service, region=region, usage_type=usage_type, on=price_day(month)), month, quantity)
        for (service, region, usage_type, month), quantity in pools.items()
    ]
    for price, month, quantity in sorted(priced, key=lambda each: (-each[0].tiers[0].unit_price_usd, each[0].region)):
        if price.usage_type == "DataTransfer-Out-Bytes":
            given = min(free[month], quantity)
            free[month] -= given
            quantity -= given
        if price.pack is not None:
            quantity = ceil(quantity / Fraction(price.pack)) * Fraction(price.pack)
        for tier in price.tiers:
            upper = quantity if tier.up_to is None else min(quantity, Fraction(tier.up_to))
            inside = max(upper - Fraction(tier.from_quantity), Fraction(0))
            sums[price.service != "GoogleColab"] += inside * Fraction(tier.unit_price_usd)
            if price.service != "GoogleColab":
                of_month[month] += inside * Fraction(tier.unit_price_usd)
    used = min(sums[True], Fraction(closing.credits_usd))
    back = Fraction(0) if closing.sale is None else 2 * Fraction("999.99") * Fraction("0.37")
    if closing.support is not None:
        shares = (9, 7, 5, 3) if closing.support.plan.name == "business+" else (10, 7, 5, 3)
        least = 29 if closing.support.plan.name == "business+" else 100
        for charges in of_month.values():
            share = Fraction(0)
            bounds = (0, 10_000, 80_000, 250_000, 10**30)
            for low, high, percent in zip(bounds[:-1], bounds[1:], shares, strict=True):
                share += max(min(charges, Fraction(high)) - low, Fraction(0)) * Fraction(percent, 100)
            sums[False] += max(share, Fraction(least))
    return (sums[True] + sums[False] - used) * (1 + Fraction(closing.tax_rate)) - back


def price_day(month: BillingMonth) -> date:
    return TODAY if month == BillingMonth.of(TODAY) else month.first_day


def by_lines(bill: Bill, runs: Runs) -> Fraction:
    return sum((Fraction(line.amount_usd) for line in bill.lines(runs)), Fraction(0))


def by_total(bill: Bill, runs: Runs) -> Fraction:
    return Fraction(bill.total(runs), UNIT)


def by_curve(bill: Bill, runs: Runs) -> Fraction:
    return bill.curve(1, 1, runs).at(1)


def by_samples(bill: Bill, runs: Runs) -> Fraction:
    sampled = bill.samples()
    terms = {
        term: np.full(2, float(term[2].count(runs[term[1]]) if len(term) == 3 else runs[term[1]]))
        for term in sampled.used
        if term[0] == "runs"
    }
    first, second = sampled.totals(terms, {}, 2).tolist()
    assert first == second
    return Fraction(first)


def rounding(bill: Bill, value: Fraction) -> Fraction:
    """Return the most that lines rounded to 1e-10 USD move a total, with what is charged on them. [USD]"""
    return Fraction(2 * len(bill.lines((60, 60))) + 6, UNIT) + 0 * value


def exact(bill: Bill, value: Fraction) -> Fraction:
    del bill
    return 0 * value


def double(bill: Bill, value: Fraction) -> Fraction:
    """Return what float64 may be off by: of the sum before resale and credits, which cancel. [USD]"""
    del bill
    return abs(value) / 10**11 + Fraction(1, 10**5)


Ask = Callable[[Bill, Runs], Fraction]
Error = Callable[[Bill, Fraction], Fraction]
QUESTIONS: tuple[tuple[Ask, Error], ...] = (
    (by_lines, rounding),
    (by_total, rounding),
    (by_curve, exact),
    (by_samples, double),
)
each_question = pytest.mark.parametrize(("ask", "error"), QUESTIONS, ids=["lines", "total", "curve", "samples"])


@each_question
@many
@given(metered=bills, runs=runs_of_two, closing=closings)
def test_a_bill_is_what_the_oracle_says(ask: Ask, error: Error, metered: Rows, runs: Runs, closing: Closing) -> None:
    bill = bill_of(metered, BOOK, on=TODAY, closing=closing)
    expected = slow_total(metered, runs, closing)
    assert abs(ask(bill, runs) - expected) <= error(bill, expected)


@each_question
@many
@given(metered=bills, runs=runs_of_two, seed=st.integers(0, 99))
def test_the_order_of_rows_changes_no_bill(ask: Ask, error: Error, metered: Rows, runs: Runs, seed: int) -> None:
    shuffled = random.Random(seed).sample(metered, len(metered))
    one, other = (ask(bill_of(each, BOOK, on=TODAY), runs) for each in (metered, shuffled))
    assert abs(one - other) <= (error(bill_of(metered, BOOK, on=TODAY), one) if ask is by_samples else 0)


@each_question
@many
@given(metered=bills, runs=runs_of_two, closing=closings, data=st.data())
def test_a_bill_in_parts_is_the_whole_bill(
    ask: Ask, error: Error, metered: Rows, runs: Runs, closing: Closing, data: st.DataObject
) -> None:
    """Rows that share a line, a pool or what is free lie in one part; the others may lie in any."""
    whole = bill_of(metered, BOOK, on=TODAY, closing=closing)
    [part] = whole.parts
    apart = data.draw(st.sets(st.sampled_from(["AmazonS3", "AmazonEC2", "GoogleColab"])))
    prices = prices_of(BOOK, TODAY, free_tier=True)
    parts = tuple(
        compile_part([row for row in metered if (row.service in apart) is inside], prices) for inside in (True, False)
    )
    if parts[0].rows.keys.isdisjoint(parts[1].rows.keys):
        assert parts[0].rows.keys | parts[1].rows.keys == part.rows.keys
        one, other = ask(whole, runs), ask(Bill(parts, closing), runs)
        assert abs(one - other) <= (error(whole, one) if ask is by_samples else 0)
    else:
        assert {"DataTransfer-Out-Bytes"} <= {row.usage_type for row in metered}


@each_question
@many
@given(metered=bills.filter(bool), runs=runs_of_two, which=st.integers(0, 9), share=st.fractions(0, 1))
def test_a_row_in_two_is_the_same_bill(
    ask: Ask, error: Error, metered: Rows, runs: Runs, which: int, share: Fraction
) -> None:
    row = metered[which % len(metered)]
    fixed, per_run = int(row.fixed * share), tuple(int(each * share) for each in row.per_run)
    rest = tuple(each - part for each, part in zip(row.per_run, per_run, strict=True))
    halves = [replace(row, fixed=fixed, per_run=per_run), replace(row, fixed=row.fixed - fixed, per_run=rest)]
    split = [each for each in metered if each is not row] + halves
    one, other = (ask(bill_of(each, BOOK, on=TODAY), runs) for each in (metered, split))
    assert abs(one - other) <= (error(bill_of(metered, BOOK, on=TODAY), one) if ask is by_samples else 0)


@many
@given(metered=bills, runs=runs_of_two, closing=closings)
def test_a_total_is_the_sum_of_its_printed_lines(metered: Rows, runs: Runs, closing: Closing) -> None:
    bill = bill_of(metered, BOOK, on=TODAY, closing=closing)
    assert by_total(bill, runs) == by_lines(bill, runs)
    assert by_total(bill, runs) == by_total(bill, runs)  # the second time it is remembered
    more = (runs[0] + 1, runs[1])  # from the second number on it is compiled for many
    assert by_total(bill, more) == by_lines(bill, more)
    assert by_total(bill, runs) == by_lines(bill, runs)


@many
@given(
    metered=bills, closing=closings, last=st.integers(1, 40), weights=st.tuples(st.integers(0, 3), st.integers(0, 3))
)
def test_a_curve_is_the_bill_at_every_number_of_runs(metered: Rows, closing: Closing, last: int, weights: Runs) -> None:
    curve = bill_of(metered, BOOK, on=TODAY, closing=closing).curve(1, last, weights)
    for n in range(1, last + 1, 3):
        assert curve.at(n) == slow_total(metered, [weight * n for weight in weights], closing)


@many
@given(metered=bills, closing=closings, last=st.integers(2, 30))
def test_without_spans_parts_of_runs_are_exact_too(metered: Rows, closing: Closing, last: int) -> None:
    plain = [replace(row, span=None) for row in metered]
    bill = bill_of(plain, BOOK, on=TODAY, closing=closing)
    thirds = bill.curve(1, 3 * last, (Fraction(1, 3), Fraction(2, 3)))
    whole = bill.curve(1, last, (1, 2))
    assert [thirds.at(3 * n) for n in range(1, last + 1)] == [whole.at(n) for n in range(1, last + 1)]


@many
@given(metered=bills, runs=runs_of_two)
def test_credits_that_end_pay_only_for_the_months_before(metered: Rows, runs: Runs) -> None:
    terms = Closing(credits_usd=Decimal(10**9), credits_end=DECEMBER)
    part = compile_part(metered, prices_of(BOOK, TODAY, free_tier=True, credits_end=DECEMBER))
    later = [row for row in metered if row.month == DECEMBER or row.service == "GoogleColab"]
    assert by_total(Bill((part,), terms), runs) == by_total(bill_of(later, BOOK, on=TODAY), runs)


def test_the_oracle_itself_can_fail() -> None:
    row = RunUsage(
        service="AmazonEC2", region="us-east-1", usage_type="BoxUsage:g4dn.xlarge", month=DECEMBER, unit="seconds",
        per_run=(3600, 0),
    )  # fmt: skip
    assert slow_total([row], (2, 0), Closing(tax_rate=Decimal("0.5"))) == Fraction("1.578")
    assert slow_total([row], (2, 0), Closing()) != by_curve(bill_of([row], BOOK, on=TODAY), (3, 0))
