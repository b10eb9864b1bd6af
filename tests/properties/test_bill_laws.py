"""Laws of a whole bill: pools, splitting, order, independence of usage types, one more run."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.billing import at_runs
from tests.laws import examples

from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.lines import LineItem
from cloudcost.domain.prices import Price, Tier
from cloudcost.domain.usage import RunUsage, Usage
from cloudcost.money import round_half_even
from cloudcost.pricing.bill.lines import price_usage, total_usd
from cloudcost.testing import billing_months, price_books, tiers, usages
from cloudcost.units import BillingMonth

many = settings(max_examples=examples(120), deadline=None)
ON = date(2026, 11, 22)
Rows = tuple[Usage, ...]
Bill = tuple[PriceBook, Rows]
small_books = price_books(types=1, max_tiers=3)
bills = small_books.flatmap(lambda book: st.tuples(st.just(book), usages(book, max_size=5)))
MONTH = BillingMonth(2026, 10)
monthly_bills = small_books.flatmap(
    lambda book: st.tuples(st.just(book), usages(book, min_size=1, month=st.just(MONTH)))
)

PER_UNIT = {"seconds": 3600, "bytes": 2**30, "joules": 3_600_000, "requests": 1}


def slow_bill(book: PriceBook, rows: Rows) -> Fraction:
    """The oracle: one sum of quantities per pool, each row without month a pool of its own, tier by tier."""
    pools: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    for number, row in enumerate(rows):
        transfer = row.usage_type == "DataTransfer-Out-Bytes"
        service = "AWSDataTransfer" if transfer else row.service
        when = f"row {number}" if row.month is None else str(row.month)
        quantity = Fraction(row.quantity)
        if row.unit == "byte-hours":
            hours = 730 if row.month is None else row.month.hours
            quantity /= 2**30 * hours
        else:
            quantity /= PER_UNIT.get(row.unit, 1)
        pools[service, row.region, row.usage_type, when] += quantity
    total = Fraction(0)
    for (service, region, usage_type, _), quantity in pools.items():
        price = book.find(service=service, region=region, usage_type=usage_type, on=ON)
        for tier in price.tiers:
            lower = Fraction(tier.from_quantity)
            upper = quantity if tier.up_to is None else min(quantity, Fraction(tier.up_to))
            total += max(Fraction(0), upper - lower) * Fraction(tier.unit_price_usd)
    return total


def exact_total(lines: tuple[LineItem, ...]) -> Fraction:
    return sum((line.exact_usd for line in lines), Fraction(0))


def key_of(line: LineItem) -> tuple[object, ...]:
    return line.service, line.region, line.usage_type, line.operation, line.month, line.purchase


@many
@given(bills)
def test_a_bill_equals_the_fraction_oracle(bill: Bill) -> None:
    book, rows = bill
    assert slow_bill(book, rows) == exact_total(price_usage(rows, book, on=ON))


@many
@given(bills)
def test_a_bill_is_the_sum_of_its_lines_and_a_line_of_its_slices(bill: Bill) -> None:
    book, rows = bill
    lines = price_usage(rows, book, on=ON)
    for line in lines:
        assert line.quantity == sum(part.quantity for part in line.tiers)
        assert line.exact_usd == sum(part.exact_usd for part in line.tiers)
        assert line.amount_usd == round_half_even(line.exact_usd)
    assert Fraction(total_usd(lines)) == sum((Fraction(line.amount_usd) for line in lines), Fraction(0))


@many
@given(bills)
def test_one_line_per_key_in_order_of_first_appearance(bill: Bill) -> None:
    book, rows = bill
    keys = [(row.service, row.region, row.usage_type, row.operation, row.month, row.purchase) for row in rows]
    assert list(dict.fromkeys(keys)) == [key_of(line) for line in price_usage(rows, book, on=ON)]


@many
@given(bills, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(bill: Bill, shuffler: random.Random) -> None:
    book, rows = bill
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    before = {key_of(line): (line.quantity, line.exact_usd, line.tiers) for line in price_usage(rows, book, on=ON)}
    after = {key_of(line): (line.quantity, line.exact_usd, line.tiers) for line in price_usage(shuffled, book, on=ON)}
    assert before == after


@many
@given(monthly_bills, st.integers(0, 100), st.fractions(0, 1))
def test_splitting_usage_over_rows_changes_nothing(bill: Bill, which: int, share: Fraction) -> None:
    book, rows = bill
    index = which % len(rows)
    row = rows[index]
    first = Fraction(row.quantity) * share
    parts = (replace(row, quantity=first), replace(row, quantity=Fraction(row.quantity) - first))
    split = (*rows[:index], *parts, *rows[index + 1 :])
    whole, pieces = price_usage(rows, book, on=ON), price_usage(split, book, on=ON)
    assert [(key_of(line), line.exact_usd, line.tiers) for line in whole] == [
        (key_of(line), line.exact_usd, line.tiers) for line in pieces
    ]


@many
@given(bills.filter(lambda bill: bool(bill[1])), st.integers(0, 100), st.integers(1, 10**6))
def test_changing_one_usage_type_changes_only_its_lines(bill: Bill, which: int, more: int) -> None:
    book, rows = bill
    changed = rows[which % len(rows)]
    grown = tuple(replace(row, quantity=Fraction(row.quantity) + more) if row is changed else row for row in rows)
    before = {key_of(line): line for line in price_usage(rows, book, on=ON)}
    after = {key_of(line): line for line in price_usage(grown, book, on=ON)}
    for key, line in after.items():
        if (line.usage_type, line.region) != (changed.usage_type, changed.region):
            assert before[key] == line


@many
@given(bills.filter(lambda bill: bool(bill[1])), st.integers(0, 100), st.integers(1, 10**6))
def test_more_of_anything_never_costs_less(bill: Bill, which: int, more: int) -> None:
    book, rows = bill
    changed = rows[which % len(rows)]
    grown = (*rows, replace(changed, quantity=more))
    assert exact_total(price_usage(rows, book, on=ON)) <= exact_total(price_usage(grown, book, on=ON))


@many
@given(bills.filter(lambda bill: bool(bill[1])), st.integers(0, 100), st.integers(1, 10**6))
def test_the_allowance_saves_no_more_than_its_gigabytes_and_keeps_costs_rising(
    bill: Bill, which: int, more: int
) -> None:
    book, rows = bill
    lines = price_usage(rows, book, on=ON, free_tier=True)
    free: dict[BillingMonth, Fraction] = defaultdict(Fraction)
    for line in lines:
        assert line.quantity == sum(part.quantity for part in line.tiers)
        if line.month is not None and "are free" in line.why:
            free[line.month] += line.tiers[0].quantity
    assert all(gigabytes <= 100 for gigabytes in free.values())
    assert exact_total(lines) <= exact_total(price_usage(rows, book, on=ON))
    grown = (*rows, replace(rows[which % len(rows)], quantity=more))
    assert exact_total(lines) <= exact_total(price_usage(grown, book, on=ON, free_tier=True))


@many
@given(small_books)
def test_no_usage_costs_nothing(book: PriceBook) -> None:
    assert price_usage((), book, on=ON) == ()
    nothing = tuple(
        Usage(service=row.service, region=row.region, usage_type=row.usage_type, quantity=0, unit=row.unit, month=MONTH)
        for row in book.prices()
    )
    lines = price_usage(nothing, book, on=ON)
    assert total_usd(lines) == 0
    assert all(len(line.tiers) == 1 for line in lines)


@many
@given(tiers(), billing_months(), st.integers(0, 2**50))
def test_month_length_scales_storage(tier_list: tuple[Tier, ...], month: BillingMonth, held_bytes: int) -> None:
    book = PriceBook.of([storage_price(tier_list)])
    byte_hours = [held_bytes * month.hours, held_bytes * 730]
    [by_month] = price_usage([storage(byte_hours[0], month)], book, on=ON)
    [by_year] = price_usage([storage(byte_hours[1], None)], book, on=ON)
    assert by_month.quantity == Fraction(held_bytes, 2**30)
    assert by_month.exact_usd == by_year.exact_usd
    [one_hour] = price_usage([storage(held_bytes, month)], book, on=ON)
    assert one_hour.quantity * month.hours == by_month.quantity


@many
@given(
    small_books,
    st.lists(st.integers(0, 40), min_size=2, max_size=2),
    st.integers(0, 1),
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=5),
    st.booleans(),
)
def test_one_more_run_never_costs_less(
    book: PriceBook, runs: list[int], which: int, figures: list[tuple[int, int, int]], with_month: bool
) -> None:
    rows = tuple(book.prices())
    metered = [
        RunUsage(
            service=rows[index % len(rows)].service,
            region=rows[index % len(rows)].region,
            usage_type=rows[index % len(rows)].usage_type,
            unit=rows[index % len(rows)].unit,
            month=MONTH if with_month else None,
            fixed=fixed,
            per_run=(first, second),
        )
        for index, (fixed, first, second) in enumerate(figures)
    ]
    more = [count + (index == which) for index, count in enumerate(runs)]
    before = exact_total(price_usage(at_runs(metered, runs), book, on=ON))
    assert before <= exact_total(price_usage(at_runs(metered, more), book, on=ON))


def storage_price(tier_list: tuple[Tier, ...]) -> Price:
    return Price(
        service="AmazonS3",
        region="us-east-1",
        usage_type="TimedStorage-ByteHrs",
        unit="GB-Mo",
        tiers=tier_list,
        as_of=ON,
        grade="official",
        source="drawn",
    )


def storage(byte_hours: int, month: BillingMonth | None) -> Usage:
    return Usage(
        service="AmazonS3",
        region="us-east-1",
        usage_type="TimedStorage-ByteHrs",
        quantity=byte_hours,
        unit="byte-hours",
        month=month,
    )


def test_the_law_of_splitting_needs_a_month() -> None:
    """Two rows without a month are two account-months: each begins at the first tier."""
    falling = (
        Tier(from_quantity=Decimal(0), up_to=Decimal(10), unit_price_usd=Decimal(2)),
        Tier(from_quantity=Decimal(10), up_to=None, unit_price_usd=Decimal(1)),
    )
    book = PriceBook.of([storage_price(falling)])
    row = replace(storage(0, None), quantity=Decimal(15), unit="GB-Mo")
    [twice] = price_usage([row, row], book, on=ON)
    assert (twice.exact_usd, [part.quantity for part in twice.tiers]) == (Fraction(50), [Fraction(20), Fraction(10)])
    [pooled] = price_usage([replace(row, month=MONTH)] * 2, book, on=ON)
    assert (pooled.exact_usd, [part.quantity for part in pooled.tiers]) == (Fraction(40), [Fraction(10), Fraction(20)])
