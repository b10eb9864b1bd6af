"""A usage CSV: every fault named with its line, every spelling of a unit, names with and without prefix."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cloudcost.bills.quantities import UNIT_ALIASES, canonical_unit, parse_quantity
from cloudcost.bills.usage_csv import check_against_book, parse_usage_csv, read_usage_csv
from cloudcost.catalog.books.book import PriceBook, load_book
from cloudcost.domain.prices import Grade, Price, Tier
from cloudcost.errors import MOST_LISTED, PriceNotFoundError, UsageFileError
from cloudcost.pricing.bill.lines import price_usage
from cloudcost.units import BillingMonth

HEADER = "service,region,usage_type,quantity,unit,month,operation,purchase\n"
ON = date(2026, 11, 22)


def faults_of(text: str) -> tuple[str, ...]:
    with pytest.raises(UsageFileError) as raised:
        parse_usage_csv(text, "u.csv")
    return raised.value.faults


def test_a_row_is_read_whole() -> None:
    text = HEADER + "AmazonS3, eu-west-1 ,EU-Requests-Tier1,1.50,Requests,2026-02,PutObject,\n"
    [usage] = parse_usage_csv(text).usages
    assert (usage.service, usage.region, usage.usage_type, usage.operation) == (
        "AmazonS3", "eu-west-1", "Requests-Tier1", "PutObject",
    )  # fmt: skip
    assert (usage.quantity, usage.unit, usage.month, usage.purchase) == (
        Decimal("1.50"), "Requests", BillingMonth(2026, 2), "on-demand",
    )  # fmt: skip


def test_columns_come_in_any_order_and_blank_lines_are_skipped() -> None:
    text = "unit,quantity,usage_type,region,service\n\nHrs,1,SpotUsage:x,us-east-1,AmazonEC2\n,,,,\n"
    [row] = parse_usage_csv(text, "u.csv").rows
    assert (row.place, row.usage.purchase) == ("u.csv:3", "spot")


def test_all_faults_are_listed_at_once() -> None:
    rows = (
        "AmazonS3,eu-west-1,Requests-Tier1,x,Requests,2026-2,,\n"
        ",eu-west-1,Requests-Tier1,1,,,,\n"
        "AmazonS3,eu-west-1,Requests-Tier1,1,234,Requests,,,\n"
        "AmazonS3,us-east-1,EU-Requests-Tier1,1,Requests,,,\n"
    )
    places = [fault.split(": ")[0] for fault in faults_of(HEADER + rows)]
    assert places == ["u.csv:2", "u.csv:2", "u.csv:3", "u.csv:3", "u.csv:4", "u.csv:5"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "u.csv:1: the file is empty"),
        ("\n \n", "u.csv:1: the file is empty"),
        (HEADER, "u.csv: no row of usage under the header"),
        ("service;region;usage_type;quantity;unit\n", "separate columns by commas"),
        ("service,service,region,usage_type,quantity,unit\n", "column twice, 'service', keep one"),
        ("service,region,usage_type,quantity\n", "no column 'unit', there are service, region"),
        ("service,region,usageType,quantity,unit\n", "no column 'usage_type', there is 'usageType', rename it"),
        ("service,region,usage_type,quantity,unit,mounth\n", "no column 'month', there is 'mounth', rename it"),
        ("service\n", "no column 'region', there are service, add it"),
        (HEADER + 'AmazonS3,"eu-west-1\n', "not a CSV row"),
        (HEADER + 'AmazonS3,us-east-1,X,"1,234",Requests,,,\n', "quantity has thousands separators, '1,234'"),
    ],
)
def test_a_fault_says_what_where_and_what_to_do(text: str, fault: str) -> None:
    assert fault in faults_of(text)[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,5", "decimal comma"),
        ("1 000", "thousands separators"),
        ("1_000", "thousands separators"),
        ("1'000'000.5", "thousands separators"),
        ("-0.5", "is negative"),
        ("inf", "is not finite"),
        ("-NaN", "is not finite"),
        ("1e31", "is too large, '1e31', at most 10\\^15"),
        ("0x10", "is not a number"),
        ("٣", "is not a number"),
        ("1" * 101, "is not a number"),
        ("1e1000", "is not a number"),
    ],
)
def test_unusable_quantities_are_named(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_quantity(text, "Hrs")


@pytest.mark.parametrize(("unit", "most"), [("GB", 2**30), ("bytes", 2**60), ("GB-Mo", 2**30), ("Hrs", 10**15)])
def test_sizes_end_at_one_exbibyte(unit: str, most: int) -> None:
    assert parse_quantity(str(most), unit) == most
    with pytest.raises(ValueError, match="too large"):
        parse_quantity(str(most + 1), unit)


@pytest.mark.parametrize(("text", "value"), [("-0", 0), (".5", Decimal("0.5")), ("7.", 7), ("1E3", 1000), ("+2", 2)])
def test_plain_numbers_are_exact(text: str, value: Decimal | int) -> None:
    assert value == parse_quantity(text)
    assert not parse_quantity(text).is_signed()


def test_every_spelling_of_a_unit_is_its_own_and_unknown_ones_stay() -> None:
    for unit, aliases in UNIT_ALIASES.items():
        assert {unit} == {canonical_unit(spelling) for spelling in (unit, *aliases, *map(str.upper, aliases))}
    assert canonical_unit(" IOPS-Mo ") == "IOPS-Mo"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\xff\xfes\0e\0", "not UTF-8 but UTF-16"),
        (b"\x89PNG\r\n\0\0", "a binary file, byte 0 at 6"),
        (b"service\n\xe9\n", ":2: not UTF-8, byte 0xe9"),
    ],
)
def test_what_is_not_text_is_refused(tmp_path: Path, content: bytes, fault: str) -> None:
    path = tmp_path / "u.csv"
    path.write_bytes(content)
    with pytest.raises(UsageFileError, match=fault):
        read_usage_csv(path)


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "u.csv"
    path.write_bytes(b"\xef\xbb\xbf" + (HEADER + "AmazonS3,us-east-1,X,1,GB,,,\n").replace("\n", "\r\n").encode())
    assert len(read_usage_csv(path).rows) == 1


def book(grade: Grade = "official") -> PriceBook:
    return PriceBook.of(
        [
            Price(
                service="AmazonEC2",
                region="us-east-1",
                usage_type="BoxUsage:x",
                unit="Hrs",
                tiers=(Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal(1)),),
                as_of=ON,
                grade=grade,
                source="made up",
            )
        ]
    )


def test_units_must_fit_and_missing_prices_are_listed_with_them() -> None:
    rows = parse_usage_csv(
        HEADER
        + "AmazonEC2,us-east-1,BoxUsage:x,1,GB,,,\n"
        + "AmazonEC2,us-east-1,BoxUsage:y,1,Hrs,,,\n"
        + "AmazonEC2,us-east-1,BoxUsage:y,1,parsecs,,,\n"
        + "AmazonEC2,us-east-1,BoxUsage:x,1,parsecs,,,\n",
        "u.csv",
    ).rows
    with pytest.raises(UsageFileError) as raised:
        check_against_book(rows, book(), on=ON)
    starts = [" ".join(fault.split(" ")[:3]) for fault in raised.value.faults]
    assert starts == ["u.csv:2: wrong unit", "u.csv:4: unknown unit,", "u.csv:5: wrong unit", "u.csv:3: no price",
                      "u.csv:4: no price"]  # fmt: skip


def test_an_assumed_price_is_no_price() -> None:
    rows = parse_usage_csv(HEADER + "AmazonEC2,us-east-1,BoxUsage:x,1,hours,,,\n").rows
    check_against_book(rows, book(), on=ON)
    with pytest.raises(PriceNotFoundError, match="is assumed"):
        check_against_book(rows, book("assumed"), on=ON)


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "ap-south-1"])
def test_keys_are_priced_as_a_bill_spells_them(region: str) -> None:
    text = (
        "service,region,usage_type,operation,quantity,unit,month\n"
        f"awskms,{region},{region}-KMS-Keys,,2,Keys,2026-03\n"
        f"awskms,{region},{region}-KMS-Requests,Decrypt,10000,Requests,2026-03\n"
    )
    rows = parse_usage_csv(text).rows
    check_against_book(rows, load_book(), on=ON)
    keys, requests = price_usage([row.usage for row in rows], load_book(), on=ON)
    assert (keys.amount_usd, requests.amount_usd) == (Decimal(2), Decimal("0.03"))


SHORT = "service,region,usage_type,quantity,unit\n"


def test_a_file_of_wrong_rows_has_a_short_message() -> None:
    with pytest.raises(UsageFileError) as caught:
        parse_usage_csv(SHORT + "AmazonS3,us-east-1,,x,GB-Mo\n" * 1000)
    lines = str(caught.value).splitlines()
    assert len(lines) == MOST_LISTED + 1
    assert lines[-1] == "... and 1,980 more"


def test_rows_after_many_without_a_price_are_not_looked_at() -> None:
    rows = parse_usage_csv(SHORT + "".join(f"AmazonS3,us-east-1,Nope-{n},1,GB-Mo\n" for n in range(500))).rows
    with pytest.raises(PriceNotFoundError) as caught:
        check_against_book(rows, load_book(), on=ON)
    lines = str(caught.value).splitlines()
    assert len(lines) == MOST_LISTED
    assert lines[-1] == "usage.csv:21: this row and the others after it, 481, were not looked at"


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    row = "AmazonS3,us-east-1,Requests-Tier1,1,Requests\n"
    monkeypatch.setattr("cloudcost.bills.usage_csv.MOST_ROWS", 3)
    assert len(parse_usage_csv(SHORT + 3 * row).rows) == 3
    with pytest.raises(UsageFileError, match="over 3 rows, too long for usage, price it in parts"):
        parse_usage_csv(SHORT + 4 * row)
