"""Bills as they are downloaded: kinds by their header, quirks of real reports, one clear line for what is no bill."""

from __future__ import annotations

import gzip
import io
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.bill_files import FORMS, focus, legacy_report, made_bill

from cloudcost.bills.read import read_bill
from cloudcost.domain.bills import BillLine, ReadBill
from cloudcost.errors import InputError
from cloudcost.units import BillingMonth

GIVEN = Path(__file__).parents[4] / "shared" / "data" / "bills"
needs_data = pytest.mark.skipif(not GIVEN.is_dir(), reason="needs ../shared/data beside the checkout")


def read(folder: Path, text: str, name: str = "bill.csv") -> ReadBill:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_bill([path])


def one(folder: Path, text: str) -> BillLine:
    [line] = read(folder, text).lines
    return line


@needs_data
@pytest.mark.parametrize(
    ("name", "kind", "lines", "usd"),
    [
        ("sagemaker_eu_west_1_2023-12.csv", "plain CSV", 26, "886.66"),
        ("focus_1_0_s3_rows.csv", "FOCUS", 36, "0.00181501850"),
    ],
)
def test_given_bills_are_read_as_they_are(name: str, kind: str, lines: int, usd: str) -> None:
    bill = read_bill([GIVEN / name])
    assert (bill.kind, sum(line.count for line in bill.lines), bill.unread.count) == (kind, lines, 0)
    assert sum(line.billed_usd for line in bill.lines) == Decimal(usd)


@pytest.mark.parametrize("form", FORMS)
def test_the_sum_of_each_form_is_the_bill_to_the_last_digit(form: str, tmp_path: Path) -> None:
    made = made_bill(7)
    bill = read(tmp_path, FORMS[form](made))
    assert sum(line.billed_usd for line in bill.lines) == sum(row.usd for row in made.rows)
    assert not bill.unread.count


def test_a_line_of_a_report(tmp_path: Path) -> None:
    made = made_bill(7)
    bill = read(tmp_path, legacy_report(made))
    row = next(row for row in made.rows if row.usage_type.startswith("BoxUsage"))
    line = next(line for line in bill.lines if line.usage_type == row.usage_type and line.begin == row.begin)
    assert (line.service, line.region, line.unit, line.charge) == ("AmazonEC2", "us-west-2", "Hrs", "usage")
    assert (line.quantity, line.account, line.month) == (row.quantity, "111122223333", BillingMonth(2026, 10))
    assert (bill.kind, bill.currency) == ("cost and usage report", "USD")


HEADS = "lineItem/LineItemType,lineItem/UsageType,lineItem/UnblendedCost,lineItem/ProductCode,"
OTHERS = (
    "savingsPlan/SavingsPlanEffectiveCost,savingsPlan/TotalCommitmentToDate,savingsPlan/UsedCommitment,"
    "reservation/EffectiveCost,reservation/UnusedRecurringFee,lineItem/NetUnblendedCost"
)


@pytest.mark.parametrize(
    ("cells", "charge", "billed", "amortized"),
    [
        ("Usage,BoxUsage:m5.large,1.81E-8,AmazonEC2,,,,,,", "usage", "1.81E-8", "1.81E-8"),
        ("SavingsPlanCoveredUsage,BoxUsage:m5.large,0.96,AmazonEC2,0.6,,,,,", "savings_plan_usage", "0.96", "0.6"),
        ("SavingsPlanNegation,BoxUsage:m5.large,-0.96,AmazonEC2,,,,,,", "savings_plan_negation", "-0.96", "0"),
        ("SavingsPlanRecurringFee,,1,ComputeSavingsPlans,,1,0.7,,,", "savings_plan_fee", "1", "0.3"),
        ("DiscountedUsage,BoxUsage:m5.large,0,AmazonEC2,,,,0.06,,", "discounted_usage", "0", "0.06"),
        ("RIFee,HeavyUsage:m5.large,40,AmazonEC2,,,,,4,", "reserved_fee", "40", "4"),
        ("Tax,,3,AmazonEC2,,,,,,", "tax", "3", "3"),
        ("Credit,,-5,AmazonEC2,,,,,,", "credit", "-5", "-5"),
        ("Refund,,-5,AmazonEC2,,,,,,", "refund", "-5", "-5"),
        ("EdpDiscount,,-5,AmazonEC2,,,,,,", "discount", "-5", "-5"),
    ],
)
def test_each_type_of_line_has_its_charge_and_its_costs(
    cells: str, charge: str, billed: str, amortized: str, tmp_path: Path
) -> None:
    line = one(tmp_path, f"{HEADS}{OTHERS}\n{cells}\n")
    assert (line.charge, line.billed_usd, line.amortized_usd) == (charge, Decimal(billed), Decimal(amortized))


def test_sellers_of_the_marketplace(tmp_path: Path) -> None:
    text = "bill/BillingEntity,lineItem/UsageType,lineItem/UnblendedCost\nAWS Marketplace,SoftwareUsage:m5.large,2\n"
    assert one(tmp_path, text).charge == "marketplace"


def test_rows_of_the_same_names_and_time_are_one_line(tmp_path: Path) -> None:
    text = "usage_type,quantity,unit,cost\nNew:1,1,Hrs,0.5\nNew:1,2,Hrs,1.5\nNew:1,,Hrs,1\n"
    both, alone = read(tmp_path, text).lines
    assert (both.count, both.quantity, both.billed_usd, both.line) == (2, Decimal(3), Decimal(2), 2)
    assert (alone.count, alone.quantity) == (1, None)


def test_a_row_that_cannot_be_read_is_counted_and_the_others_stay(tmp_path: Path) -> None:
    bill = read(tmp_path, "usage_type,quantity,unit,cost\nA,1,Hrs,2\nB,1,Hrs,much\nC,1\nD,1,Hrs,\n")
    assert [line.usage_type for line in bill.lines] == ["A"]
    assert bill.unread.count == 3
    assert (bill.unread.usd, bill.unread.without_cost) == (Decimal(0), 3)
    assert [place.partition("bill.csv:")[2] for place in bill.unread.places] == [
        "3: not an amount, 'much', not read",
        "4: 2 cells under 4 columns, not read",
        "5: no cost, not read",
    ]


def test_quirks_of_focus(tmp_path: Path) -> None:
    text = (
        "Id,BilledCost,ChargeCategory,ChargeDescription,ServiceName,RegionId,PricingQuantity,PricingUnit,"
        "ChargePeriodStart,ChargePeriodEnd,Tags\n"
        '7,0.0000648,Usage,"$0.004 per 10,000 GET and all other requests",Amazon Simple Storage Service,us-east-1,'
        '162.0,Requests,2024-09-19 09:00:00,2024-09-19 10:00:00,"{""team"": ""a""}"\n'
    )
    line = one(tmp_path, text)
    assert (line.service, line.usage_type, line.quantity) == ("AmazonS3", "Requests-Tier2", Decimal(162))
    assert (line.begin, line.tags) == (datetime(2024, 9, 19, 9, tzinfo=UTC), (("team", "a"),))
    assert read(tmp_path, text).granularity == "hour"


@pytest.mark.parametrize(
    ("cells", "charge"),
    [
        ("3,Tax,,", "tax"),
        ("-3,Credit,,", "credit"),
        ("-3,Adjustment,,", "refund"),
        ("3,Purchase,Savings Plan,", "savings_plan_fee"),
        ("3,Purchase,Reserved,", "reserved_fee"),
        ("3,Purchase,,", "fee"),
    ],
)
def test_charges_of_focus(cells: str, charge: str, tmp_path: Path) -> None:
    text = f"BilledCost,ChargeCategory,CommitmentDiscountType,ServiceName\n{cells}\n"
    assert one(tmp_path, text).charge == charge


def test_cost_explorer_by_service_and_month(tmp_path: Path) -> None:
    text = "Service,EC2-Other($),Tax($),Total costs($)\nService total,30,6,36\n2026-09-01,10,2,12\n2026-10-01,20,4,24\n"
    lines = read(tmp_path, text).lines
    assert [(line.service, str(line.month), line.billed_usd, line.charge) for line in lines] == [
        ("EC2-Other", "2026-09", Decimal(10), "usage"),
        ("Tax", "2026-09", Decimal(2), "tax"),
        ("EC2-Other", "2026-10", Decimal(20), "usage"),
        ("Tax", "2026-10", Decimal(4), "tax"),
    ]


def test_packed_files_and_stdin_are_read_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = focus(made_bill(3))
    plain = read(tmp_path, text)
    packed = tmp_path / "bill.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    for path in (packed, Path("-")):
        found = read_bill([path])
        assert [line.billed_usd for line in found.lines] == [line.billed_usd for line in plain.lines]


def test_one_file_named_twice_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_text("usage_type,cost\nA,1\n", encoding="utf-8")
    assert [line.count for line in read_bill([path, path]).lines] == [1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "bill.csv: the file is empty, no header, name a bill as it was downloaded"),
        (b"a,b\n1,2\n", "bill.csv:1: no bill that is known, 'a,b', name a cost and usage report"),
        (b"usage_type,cost\n\xff,1\n", "bill.csv: not UTF-8, byte 0xff, name a bill as CSV"),
        (gzip.compress(b"usage_type,cost\nA,1\n" * 1000, mtime=0)[:-20], "bill.csv: damaged or cut, "),
        (b"usage_type,cost,currency\nA,1,USD\nB,1,EUR\n", "bill.csv:3:currency: a second one, 'EUR' after 'USD'"),
        (b"usage_type,cost\n" + b'"' + b"x" * 2**21 + b'",1\n', "bill.csv: not a CSV file, "),
    ],
)
def test_what_is_no_bill_is_said_in_a_line(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_bill([path])
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_not_there_or_a_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file or directory, name a bill as CSV"):
        read_bill([tmp_path / "none.csv"])
    with pytest.raises(InputError, match="no CSV, gzip, zip or Parquet file in the folder"):
        read_bill([tmp_path])


@example(junk=b"\n", at=1645, form="cost-explorer")
@given(st.binary(max_size=40), st.integers(0, 2000), st.sampled_from(sorted(FORMS)))
def test_a_mutated_bill_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int, form: str
) -> None:
    text = FORMS[form](made_bill(5))[:6000].encode()
    path = tmp_path_factory.getbasetemp() / "mutated.csv"
    path.write_bytes(text[:at] + junk + text[at + len(junk) :])
    try:
        bill = read_bill([path])
    except InputError:
        return
    assert all(line.billed_usd.is_finite() for line in bill.lines)


@pytest.mark.parametrize("text", ["1e9999999", "-1e999999999", "1e-999999999", "NaN", "-Infinity", "1,000.5", "9" * 60])
def test_an_amount_that_no_bill_has_is_left_out_and_named(text: str, tmp_path: Path) -> None:
    bill = read(tmp_path, f'usage_type,quantity,unit,cost\nA,1,Hrs,2\nB,1,Hrs,"{text}"\nC,0e999999,Hrs,0e99999\n')
    assert [line.usage_type for line in bill.lines] == ["A", "C"]
    assert bill.unread.count == 1
    assert str(bill.lines[1].quantity) == "0"
