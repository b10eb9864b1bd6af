"""What could have made an amount: each candidate and each pair, put into `price`, gives the amount."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudcost.analysis.explain.amounts.explain import explain_amount
from cloudcost.bills.usage_csv import check_against_book, parse_usage_csv
from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.book import load_book
from cloudcost.pricing.bill.lines import price_usage, total_usd
from cloudcost.results.candidates import Candidate, Facts, MeteredRow

TODAY = date(2026, 11, 28)
AMOUNTS = st.decimals("0.5", 100_000, places=2)
CENT = Fraction(1, 100)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Decimal, Decimal, Facts]:
    maybe = st.none() | st.integers(1, 10)
    facts = Facts(
        dataset_bytes=draw(st.none() | st.integers(10**6, 10**14)),
        images=draw(st.none() | st.integers(1, 10**8)),
        users=draw(maybe),
        notebook=draw(st.sampled_from(["", "ml.p2.xlarge", "ml.g4dn.xlarge"])),
        label=draw(st.sampled_from(["", "S3", "SageMaker"])),
        versioning=draw(st.sampled_from([None, True, False])),
        account_opened=draw(st.sampled_from([None, date(2020, 9, 1), date(2025, 6, 1)])),
        tax=draw(st.sampled_from([Fraction(0), Fraction(16, 100)])),
        region=draw(st.sampled_from(["us-east-1", "eu-central-1", *sorted(regions())])),
        date=TODAY - timedelta(days=draw(st.sampled_from([0, 0, 400, 2000, 2300]))),
    )
    return draw(AMOUNTS), Decimal(draw(st.integers(1, 40))), facts


def priced(rows: Sequence[MeteredRow], on: date, *, free_tier: bool = False, more: Decimal = Decimal(0)) -> Decimal:
    """Return what `price` says of rows, sent through the CSV that it reads."""
    text = "service,region,usage_type,operation,quantity,unit\n" + "".join(
        f"{row.service},{row.region},{row.usage_type},{row.operation},{row.quantity + more:f},{row.unit}\n"
        for row in rows
    )
    file = parse_usage_csv(text)
    check_against_book(file.rows, load_book(), on=on)
    return total_usd(price_usage(file.usages, load_book(), on=on, free_tier=free_tier, quotas=free_tier))


def step_usd(each: Candidate) -> Fraction:
    """Return what one step of a candidate costs at most: a cent covers all but what is counted whole."""
    if each.unit == "uploads":
        return Fraction(each.amount_usd) / Fraction(each.quantity)
    return max(CENT, Fraction(each.step) * Fraction(each.amount_usd) / Fraction(each.quantity))


@settings(max_examples=8)
@given(questions())
def test_each_candidate_put_into_price_gives_the_amount(question: tuple[Decimal, Decimal, Facts]) -> None:
    found = explain_amount(*question)
    wanted = Fraction(found.amount_usd) / (1 + found.facts.tax)
    assert found.candidates
    for each in found.candidates:
        total = priced(each.rows, found.facts.date)
        assert total == each.amount_usd, each.cause
        assert Fraction(total) - wanted + Fraction(1, 10**9) >= 0, each.cause
        if each.unit == "uploads" and each.quantity == 1:
            continue  # one upload costs more than the amount
        assert Fraction(total) - wanted <= step_usd(each), each.cause


@settings(max_examples=6)
@given(questions())
def test_each_pair_put_into_price_gives_the_amount(question: tuple[Decimal, Decimal, Facts]) -> None:
    found = explain_amount(*question)
    wanted = Fraction(found.amount_usd) / (1 + found.facts.tax)
    for pair in found.pairs[:20]:
        total = priced([*pair.first.rows, *pair.second.rows], found.facts.date)
        assert abs(total - pair.amount_usd) <= Decimal("1e-9")  # rows of one usage type are one line, rounded once
        last = pair.second.rows[0]
        step = Fraction(last.amount_usd) / Fraction(last.quantity) if last.quantity == int(last.quantity) else 0
        assert 0 <= Fraction(total) - wanted + Fraction(1, 10**9) <= max(CENT, step) + Fraction(1, 10**9)


@settings(max_examples=6)
@given(AMOUNTS)
def test_what_is_free_is_used_on_top(amount: Decimal) -> None:
    found = explain_amount(amount, Decimal(4), Facts(region="us-east-1", date=TODAY))
    free = {each.cause: each for each in found.candidates if each.free_quantity}
    assert {"internet-out", "kms-requests", "logs-taken-in"} <= set(free)
    for each in free.values():
        assert priced(each.rows, TODAY, free_tier=True, more=each.free_quantity) == each.amount_usd, each.cause


@settings(max_examples=6)
@given(AMOUNTS, AMOUNTS)
def test_a_larger_amount_takes_no_less(one: Decimal, other: Decimal) -> None:
    facts = Facts(region="us-east-1", date=TODAY, dataset_bytes=48 * 2**30, images=60_000)
    small, large = (
        {
            (each.cause, each.variant): each.quantity
            for each in explain_amount(amount, Decimal(4), facts).candidates
        }
        for amount in sorted([one, other])
    )  # fmt: skip
    assert all(small[key] <= large[key] for key in small.keys() & large.keys())


@given(questions())
@settings(max_examples=6)
def test_possible_comes_first_and_every_bound_is_told(question: tuple[Decimal, Decimal, Facts]) -> None:
    found = explain_amount(*question)
    verdicts = [each.possible is False for each in found.candidates]
    assert verdicts == sorted(verdicts)
    for each in found.candidates:
        assert each.bound
        assert each.means
        assert each.confirm
        if each.share is not None and each.share > 1:
            assert each.possible is not True, each.cause


@pytest.mark.parametrize("bad", [Decimal(0), Decimal(-1), Decimal("NaN")])
def test_an_amount_or_days_that_are_none_are_refused(bad: Decimal) -> None:
    facts = Facts(region="us-east-1", date=TODAY)
    with pytest.raises(ValueError, match="over 0"):
        explain_amount(bad, Decimal(4), facts)
    with pytest.raises(ValueError, match="over 0"):
        explain_amount(Decimal(75), bad, facts)
