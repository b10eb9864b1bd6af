"""A bill against list prices: sums are the bill's own, tiers the payer's, what is unknown stays and is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudcost.analysis.priced_bill import price_bill
from cloudcost.catalog.books.book import load_book
from cloudcost.domain.bills import BillLine, ReadBill
from cloudcost.errors import InputError
from cloudcost.money import exact_sum
from cloudcost.units import BillingMonth

TODAY = date(2026, 11, 22)
MONTH = BillingMonth(2026, 10)
LATER = BillingMonth(2026, 11)


def stored(gb: str, billed: str, *, month: BillingMonth = MONTH, listed: str | None = None, **more: str) -> BillLine:
    return BillLine(
        service="AmazonS3", region="us-east-1", usage_type="TimedStorage-ByteHrs", unit="GB-Mo", month=month,
        quantity=Decimal(gb), billed_usd=Decimal(billed), list_usd=None if listed is None else Decimal(listed),
        account=more.get("account", ""), tags=(("team", more["team"]),) if "team" in more else (),
    )  # fmt: skip


def other(usage_type: str, billed: str) -> BillLine:
    return BillLine(
        service="AmazonS3", region="us-east-1", usage_type=usage_type, unit="Things", quantity=Decimal(1), month=MONTH,
        billed_usd=Decimal(billed),
    )  # fmt: skip


def charged(charge: str, billed: str) -> BillLine:
    return BillLine(service="AWS", charge=charge, billed_usd=Decimal(billed), month=MONTH)  # type: ignore[arg-type]


def test_a_line_at_its_list_price_differs_by_nothing() -> None:
    [line] = price_bill(ReadBill(lines=(stored("100", "2.3"),)), load_book(), on=TODAY).lines
    assert (line.list_usd, line.difference_usd) == (Decimal("2.3"), Decimal(0))
    assert line.listed_by == "book"


def test_the_bill_s_own_list_price_holds_and_the_book_is_the_check() -> None:
    [line] = price_bill(ReadBill(lines=(stored("100", "2.1", listed="2.25"),)), load_book(), on=TODAY).lines
    assert (line.list_usd, line.difference_usd, line.listed_by) == (Decimal("2.25"), Decimal("-0.15"), "bill")
    assert line.book is not None
    assert line.book.amount_usd == Decimal("2.3")


def test_the_largest_difference_comes_first_and_what_has_no_list_price_last() -> None:
    lines = (stored("100", "2.3"), other("Unheard-Of", "9"), stored("100", "5", month=LATER))
    priced = price_bill(ReadBill(lines=lines), load_book(), on=TODAY)
    assert [line.difference_usd for line in priced.lines] == [Decimal("2.7"), Decimal(0), None]
    assert [line.usage_type for line in priced.unlisted] == ["Unheard-Of"]
    assert priced.billed_usd == Decimal("16.3")
    assert (priced.list_usd, priced.difference_usd) == (Decimal("4.6"), Decimal("2.7"))


def test_accounts_share_the_tiers_of_a_month() -> None:
    lines = (stored("40000", "0", account="a"), stored("20000", "0", account="b"))
    [line] = price_bill(ReadBill(lines=lines), load_book(), on=TODAY).lines
    assert line.list_usd == 51200 * Decimal("0.023") + 8800 * Decimal("0.022")


def test_an_extract_is_priced_at_the_tier_that_was_billed() -> None:
    [line] = price_bill(ReadBill(lines=(stored("100", "2.2"),)), load_book(), on=TODAY).lines
    assert (line.list_usd, line.difference_usd) == (Decimal("2.2"), Decimal(0))
    assert line.why == "at the tiers that were billed"
    assert line.book is not None
    assert [tier.from_quantity for tier in line.book.tiers] == [51200]


def test_lines_of_several_tiers_are_each_at_its_own() -> None:
    lines = (stored("100", "2.2"), stored("10", "0.23"))
    [line] = price_bill(ReadBill(lines=lines), load_book(), on=TODAY).lines
    assert (line.list_usd, line.difference_usd) == (Decimal("2.43"), Decimal(0))


def test_a_price_that_is_no_tier_s_is_a_difference() -> None:
    [line] = price_bill(ReadBill(lines=(stored("100", "1.9"),)), load_book(), on=TODAY).lines
    assert line.difference_usd == Decimal("-0.4")


@pytest.mark.parametrize("charge", ["tax", "credit", "refund", "fee", "discount", "savings_plan_fee", "reserved_fee"])
def test_what_is_no_use_has_no_list_price_and_is_not_called_unknown(charge: str) -> None:
    priced = price_bill(ReadBill(lines=(charged(charge, "-3"), stored("100", "2.3"))), load_book(), on=TODAY)
    assert priced.lines[-1].list_usd is None
    assert priced.unlisted == ()
    assert priced.billed_usd == Decimal("-0.7")
    assert priced.difference_usd == 0


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (BillLine(service="AmazonS3", region="us-east-1", usage_type="TimedStorage-ByteHrs", billed_usd=Decimal(21)),
         "the bill has no quantity: 913.043478 to 1000 GB-Mo, by the tier"),
        (BillLine(service="AmazonS3", region="us-east-1", usage_type="Unheard-Of", billed_usd=Decimal(1)),
         "the bill has no quantity, and there is no price for AmazonS3/Unheard-Of/on-demand in us-east-1 "
         "(book aws-2026-11); cloudcost prices list --service AmazonS3 lists them"),
        (BillLine(service="AmazonS3", usage_type="Requests-Tier1", quantity=Decimal(1), billed_usd=Decimal(1)),
         "the bill has no region"),
        (BillLine(service="AmazonS3", region="us-east-1", quantity=Decimal(1), billed_usd=Decimal(1)),
         "the bill has no usage type"),
        (stored("-1", "-1"), "a negative quantity takes back what was billed"),
        (BillLine(service="AmazonS3", region="us-east-1", usage_type="Requests-Tier1", quantity=Decimal(1),
                  unit="Hrs", billed_usd=Decimal(1)), "billed per Hrs, listed per Requests"),
    ],
)  # fmt: skip
def test_what_the_book_cannot_price_says_why_and_stays(line: BillLine, why: str) -> None:
    [priced] = price_bill(ReadBill(lines=(line,)), load_book(), on=TODAY).lines
    assert (priced.list_usd, priced.listed_by, priced.why) == (None, "nobody", why)
    assert priced.billed_usd == line.billed_usd


def test_spot_is_held_against_spot_and_what_a_commitment_covers_against_on_demand() -> None:
    machine = {"service": "AmazonEC2", "region": "us-east-1", "unit": "Hrs", "quantity": Decimal(10), "month": LATER}
    spot = BillLine(usage_type="SpotUsage:g4dn.xlarge", billed_usd=Decimal(2), **machine)  # type: ignore[arg-type]
    covered = BillLine(
        usage_type="BoxUsage:g4dn.xlarge", charge="discounted_usage", billed_usd=Decimal(0), purchase="reserved",
        **machine,  # type: ignore[arg-type]
    )  # fmt: skip
    priced = price_bill(ReadBill(lines=(spot, covered)), load_book(), on=TODAY)
    by_type = {line.usage_type: line for line in priced.lines}
    assert by_type["SpotUsage:g4dn.xlarge"].purchase == "spot"
    assert by_type["BoxUsage:g4dn.xlarge"].list_usd == Decimal("5.26")


@given(st.decimals("0.0001", 10**6, places=4))
def test_dollars_alone_imply_the_quantity_that_costs_so_much_where_one_price_holds(usd: Decimal) -> None:
    line = BillLine(service="AmazonS3", region="us-east-1", usage_type="Requests-Tier1", billed_usd=usd, month=MONTH)
    priced = price_bill(ReadBill(lines=(line,)), load_book(), on=TODAY, by="service")
    [found] = priced.lines
    assert (found.listed_by, found.list_usd, found.difference_usd) == ("implied", usd, Decimal(0))
    assert found.book is not None
    assert found.book.quantity == Fraction(usd) / Fraction("0.000005")
    assert [(group.billed_usd, group.list_usd) for group in priced.groups] == [(usd, usd)]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.decimals(0, 90_000, places=3), st.decimals(-5, 2000, places=4), st.sampled_from("abc"),
            st.sampled_from([MONTH, LATER]),
        ),
        min_size=1, max_size=12,
    ),
    st.sampled_from(["month", "service", "usage-type", "account", "tag:team"]),
)  # fmt: skip
def test_groups_sum_to_the_bill(rows: list[tuple[Decimal, Decimal, str, BillingMonth]], by: str) -> None:
    lines = tuple(stored(str(gb), str(usd), month=month, account=name, team=name) for gb, usd, name, month in rows)
    tagged = replace(other("Unheard-Of", "1.5"), tags=(("team", "d"),))
    priced = price_bill(ReadBill(lines=(*lines, tagged)), load_book(), on=TODAY, by=by)
    assert priced.billed_usd == exact_sum([Decimal("1.5"), *(usd for _, usd, _, _ in rows)])
    assert exact_sum([group.billed_usd for group in priced.groups]) == priced.billed_usd
    listed = exact_sum([group.list_usd for group in priced.groups])
    assert abs(listed - priced.list_usd) <= len(priced.groups) * Decimal("1e-10")
    assert abs(exact_sum([each.difference_usd for each in priced.groups]) - priced.difference_usd) <= Decimal("2e-9")
    if by == "month":
        assert [group.name for group in priced.groups] == sorted(group.name for group in priced.groups)


def test_another_cost_has_to_be_on_the_bill() -> None:
    bill = ReadBill(lines=(stored("1", "1"),), files=("b.csv",))
    with pytest.raises(InputError, match=r"b\.csv: no amortized cost, use --cost unblended"):
        price_bill(bill, load_book(), on=TODAY, cost_basis="amortized")


def test_a_tag_is_found_by_the_name_that_its_user_gave() -> None:
    tagged = replace(stored("1", "1"), tags=(("user:team", "vision"),))
    groups = price_bill(ReadBill(lines=(tagged, stored("1", "2"))), load_book(), on=TODAY, by="tag:team").groups
    assert [(group.name, group.billed_usd) for group in groups] == [("", Decimal(2)), ("vision", Decimal(1))]
    with pytest.raises(InputError, match=r"b\.csv: no line has the tag, 'tag:tema', there is user:team"):
        price_bill(ReadBill(lines=(tagged,), files=("b.csv",)), load_book(), on=TODAY, by="tag:tema")
