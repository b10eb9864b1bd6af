"""AWS's offer files as CSV, made prices."""

from __future__ import annotations

import csv
import gc
import gzip
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.books import own_price
from tests.offers import COLUMNS, Row, list_of, offer_csv, rows_of_price

from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.books.dated.folder import VARIABLE
from cloudcost.catalog.books.importing import offer_csv as readers
from cloudcost.catalog.books.importing.into_book import import_files, read_file
from cloudcost.catalog.books.importing.offer_table import table_of
from cloudcost.catalog.books.importing.offers import OfferRow
from cloudcost.domain.prices import Price
from cloudcost.errors import InputError

DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))
    return tmp_path / "data"


def rows(price: Price, **cells: str) -> list[Row]:
    return [
        row | {name.replace("_", " "): text for name, text in cells.items()} for row in rows_of_price(price, 1, DAY)
    ]


def written(tmp_path: Path, content: list[Row], offer: str = "AmazonEC2") -> Path:
    path = tmp_path / "index.csv"
    path.write_text(offer_csv(content, offer=offer, published=DAY))
    return path


def usd(price: Price) -> list[str]:
    return [f"{tier.unit_price_usd.normalize():f}" for tier in price.tiers]


def test_the_real_list_of_s3_in_ireland_gives_its_50_prices_exactly(shared_data: Path) -> None:
    path = shared_data / "prices" / "offer_samples" / "AmazonS3_index_2018.csv"
    listed = [row for row in csv.DictReader(path.read_text().splitlines()[5:]) if row["Location"] == "EU (Ireland)"]
    assert len(listed) == 50
    done = import_files([path])
    book, on = load_book(done.book), date(2018, 4, 4)
    for row in listed:
        price = book.find(
            service="AmazonS3", region="eu-west-1", usage_type=row["usageType"].removeprefix("EU-"), on=on
        )
        begin, end = Decimal(row["StartingRange"]), row["EndingRange"]
        [tier] = [each for each in price.tiers if each.from_quantity == begin]
        assert tier.unit_price_usd == Decimal(row["PricePerUnit"])
        assert tier.up_to == (None if end == "Inf" else Decimal(end))
        assert price.unit == row["Unit"]
    [file] = done.files
    assert file.left_out == {"a place that is not known, UNKNOWN": 1}


@pytest.mark.parametrize(
    ("usage_type", "unit", "service"),
    [
        ("BoxUsage:g4dn.xlarge", "Hrs", "AmazonEC2"), ("EBS:VolumeUsage.gp3", "GB-Mo", "AmazonEC2"),
        ("NatGateway-Hours", "Hrs", "AmazonEC2"), ("Train:ml.g5.xlarge", "Hrs", "AmazonSageMaker"),
        ("Studio:JupyterLab-ml.g5.xlarge", "Hrs", "AmazonSageMaker"), ("VpcEndpoint-Hours", "Hrs", "AmazonVPC"),
        ("USE2-AWS-Out-Bytes", "GB", "AWSDataTransfer"), ("DataTransfer-Out-Bytes", "GB", "AWSDataTransfer"),
        ("KMS-Requests", "Requests", "awskms"), ("TimedStorage-ByteHrs", "GB-Mo", "AmazonECR"),
        ("CW:MetricMonitorUsage", "Metrics", "AmazonCloudWatch"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_price_of_each_service_keeps_its_name(
    usage_type: str, unit: str, service: str, region: str, tmp_path: Path
) -> None:
    if usage_type == "USE2-AWS-Out-Bytes" and region == "us-east-1":
        usage_type = "USE1-USE2-AWS-Out-Bytes"
    price = own_price("0.5", service=service, region=region, usage_type=usage_type, unit=unit)
    [found] = read_file(written(tmp_path, rows(price), service)).prices
    assert (found.service, found.region) == (service, region)
    assert found.usage_type == usage_type.removeprefix("USE1-")
    assert (usd(found), found.unit, found.purchase, found.grade) == (["0.5"], unit, "on-demand", "official")
    assert (found.as_of, found.operation) == (DAY, "")


@pytest.mark.parametrize(
    ("offer", "listed", "priced", "operation"),
    [
        ("AmazonGlacier", "TimedStorage-ByteHrs", "TimedStorage-GlacierByteHrs", ""),
        ("AmazonGlacier", "Standard-Retrieval-Bytes", "Standard-Retrieval-Bytes", "RestoreObject"),
        ("AmazonS3GlacierDeepArchive", "TimedStorage-GDA-ByteHrs", "TimedStorage-GDA-ByteHrs", ""),
        ("AmazonS3GlacierDeepArchive", "Bulk-Retrieval-Bytes", "Bulk-Retrieval-Bytes", "DeepArchiveRestoreObject"),
    ],
)
def test_archives_have_offers_of_their_own(
    offer: str, listed: str, priced: str, operation: str, tmp_path: Path
) -> None:
    price = own_price("0.004", service=offer, usage_type=listed, unit="GB" if "Retrieval" in listed else "GB-Mo")
    [found] = read_file(written(tmp_path, rows(price), offer)).prices
    assert (found.service, found.usage_type, found.operation) == ("AmazonS3", priced, operation)


@pytest.mark.parametrize(
    "cells",
    [
        {"Operating_System": "Windows"}, {"Tenancy": "Dedicated"}, {"CapacityStatus": "UnusedCapacityReservation"},
        {"Pre_Installed S/W": "SQL Web"}, {"TermType": "Spot"}, {"usageType": "DedicatedUsage:g4dn.xlarge"},
        {"usageType": "BoxUsage:zz9.huge"}, {"Location_Type": "AWS Local Zone"}, {"Region_Code": "mars-1"},
        {"usageType": "EU-BoxUsage:g4dn.xlarge"}, {"LeaseContractLength": "7yr", "TermType": "Reserved"},
    ],
)  # fmt: skip
def test_what_is_not_priced_is_left_out(cells: dict[str, str], tmp_path: Path) -> None:
    both = [*rows(own_price("0.5"), **cells), *rows(own_price("0.7", usage_type="BoxUsage:g5.xlarge"))]
    assert [usd(each) for each in read_file(written(tmp_path, both)).prices] == [["0.7"]]


def test_a_reservation_is_its_hours_with_what_is_paid_at_once(tmp_path: Path) -> None:
    base = {"TermType": "Reserved", "LeaseContractLength": "3 yr", "OfferingClass": "standard"}
    content = [
        *rows(own_price("0.1"), PurchaseOption="Partial Upfront", **base),
        *rows(own_price("2628", unit="Quantity"), PurchaseOption="Partial Upfront", StartingRange="", **base),
        *rows(own_price("1000", unit="Quantity"), PurchaseOption="All Upfront", StartingRange="", **base),
        *rows(own_price("0"), PurchaseOption="All Upfront", **base),
        *rows(own_price("0.3"), PurchaseOption="No Upfront", **base),
    ]
    for at, row in enumerate(content):
        row["EndingRange"] = "" if row["Unit"] == "Quantity" else "Inf"
        row["SKU"] = f"S{at // 2}"
    prices = {each.purchase: each for each in read_file(written(tmp_path, content)).prices}
    assert {name: usd(each) for name, each in prices.items()} == {
        "reserved-3y-partial-upfront": ["0.2"],
        "reserved-3y-all-upfront": [f"{float(round(Fraction(1000, 26280), 10)):.10f}"],
        "reserved-3y-no-upfront": ["0.3"],
    }
    assert prices["reserved-3y-partial-upfront"].note == "2628 USD at once over 26,280 hours and 0.1 an hour"


def test_an_allowance_in_front_of_the_tiers_is_not_a_price(tmp_path: Path) -> None:
    price = own_price(
        "0;100:0.09;10240:0.085", service="AWSDataTransfer", usage_type="DataTransfer-Out-Bytes", unit="GB"
    )
    [found] = read_file(written(tmp_path, rows(price), "AWSDataTransfer")).prices
    assert usd(found) == ["0.09", "0.085"]
    assert found.tiers[0].from_quantity == 0


def test_two_prices_of_one_name_are_left_out_and_said(tmp_path: Path) -> None:
    content = [*rows(own_price("0.5")), *rows(own_price("0.6"), SKU="OTHER"),
               *rows(own_price("0.7", usage_type="BoxUsage:g5.xlarge"))]  # fmt: skip
    file = read_file(written(tmp_path, content))
    assert [usd(each) for each in file.prices] == [["0.7"]]
    assert file.left_out == {"two prices of one name, AmazonEC2 BoxUsage:g4dn.xlarge": 1}


def cut_packed(text: str) -> bytes:
    packed = gzip.compress(text.encode())
    return packed[: len(packed) // 2]


def bomb(text: str) -> bytes:
    wide = text.splitlines()[-1].replace("BoxUsage", " " * 100_000 + "BoxUsage") + "\n"
    return gzip.compress(text.encode() + wide.encode() * 1_000)


def without(column: str) -> Callable[[str], bytes]:
    return lambda text: text.replace(f'"{column}"', '"Another"').encode()


def changed(old: str, new: str) -> Callable[[str], bytes]:
    return lambda text: text.replace(old, new).encode()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (cut_packed, "the packed file is damaged, it ends too early"),
        (lambda text: gzip.compress(text.encode())[:-1], "the packed file is damaged, it ends too early"),
        (bomb, "unpacks to over 250 times its size"),
        (lambda text: b"0" * 2**21, "a line of over 1,048,576 bytes"),
        (lambda text: text.encode()[:-60], "fields instead of 26|no CSV, unexpected end of data"),
        (without("PricePerUnit"), "no column priceperunit"),
        (without("usageType"), "no column usagetype"),
        (without("TermType"), "no price list, its first 20 rows"),
        (changed('"USD"', '"CNY"'), "prices in CNY, of China's own price list"),
        (changed('"USD"', '"EUR"'), "a price in 'EUR', cloudcost reads USD"),
        (changed('"0.5"', '"half"'), "no price or bound of a tier, 'half'"),
        (changed('"0.5"', '"-1"'), "no price or bound of a tier, '-1'"),
        (changed('"0.5"', '"NaN"'), "no price or bound of a tier, 'NaN'"),
        (changed('"Hrs"', '"Lightyears"'), "no unit that cloudcost knows, 'Lightyears'"),
        (changed("AmazonEC2", "AmazonRDS"), "cloudcost prices nothing of 'AmazonRDS'"),
        (changed("BoxUsage", "HostUsage"), "nothing in it that cloudcost prices"),
        (changed("2026-11-20T00:00:00Z", "today"), "Publication Date: no day, 'today'"),
        (changed("2026-11-20T00:00:00Z", "1999-01-01"), "before there were prices"),
        (changed("2026-11-20T00:00:00Z", ""), "Publication Date: not stated, say with --seen-on DATE"),
        (lambda text: b"", "no price list"),
        (lambda text: b"\xff\xfe" + text.encode("utf-16-le"), "no UTF-8 text"),
        (lambda text: b'{"formatVersion": "v1.0"}', "no price list"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_in_one_line_and_nothing_is_written(
    harm: Callable[[str], bytes], said: str, tmp_path: Path, data: Path
) -> None:
    path = tmp_path / "index.csv"
    path.write_bytes(harm(offer_csv(rows(own_price("0.5")), offer="AmazonEC2", published=DAY)))
    with pytest.raises(InputError, match=said) as caught:
        import_files([path])
    assert len(str(caught.value).splitlines()) == 1
    assert not (data / "books").exists() or not list((data / "books").glob("aws-*"))


def test_a_packed_list_is_the_same_list(tmp_path: Path) -> None:
    text = offer_csv(rows(own_price("0.5")), offer="AmazonEC2", published=DAY)
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_text(text)
    packed.write_bytes(gzip.compress(text[:100].encode()) + gzip.compress(text[100:].encode()))
    assert read_file(plain).prices == read_file(packed).prices


def test_a_book_that_is_exported_and_imported_again_is_the_same(tmp_path: Path) -> None:
    shipped = load_book("aws-2026-11")
    regions = ("us-east-1", "eu-west-1", "sa-east-1")
    wanted = [
        price for region in regions for service in ("AmazonEC2", "AmazonS3", "AmazonSageMaker", "AmazonVPC")
        for price in shipped.prices(service=service, region=region)
        if price.purchase == "on-demand" and price.valid_until is None and price.tiers[-1].up_to is None
        and not price.pack and "TrSpt" not in price.usage_type
    ]  # fmt: skip
    paths = []
    for service in ("AmazonEC2", "AmazonS3", "AmazonSageMaker", "AmazonVPC"):
        paths.append(tmp_path / f"{service}.csv")
        own = {price.key: price for price in wanted if price.service == service}
        paths[-1].write_text(list_of(own.values(), offer=service, published=DAY))
    first = load_book(import_files(paths).book)
    assert len(read_file(paths[0]).prices) > 1500
    again = []
    library = first.library
    for path, service in zip(paths, ("AmazonEC2", "AmazonS3", "AmazonSageMaker", "AmazonVPC"), strict=True):
        prices = [
            price for (owner, _), shelf in sorted(library.stored.places.items()) if owner == service  # type: ignore[attr-defined]
            for price in map(parse, shelf)
        ]  # fmt: skip
        again.append(path.with_suffix(".again.csv"))
        again[-1].write_text(list_of(prices, offer=service, published=DAY))
    done = import_files(again)
    first_rows, second_rows = (load_book(name).library.stored.places for name in (first.name, done.book))  # type: ignore[attr-defined]
    assert second_rows == first_rows
    assert not done.is_new, "the book that is there holds all of it"
    assert done.book == first.name


def parse(row: list[str]) -> Price:
    from cloudcost.catalog.tables import parse_price

    return parse_price(row)


def test_a_price_that_changed_ends_the_one_before_it(tmp_path: Path) -> None:
    path = tmp_path / "index.csv"
    for usd_text, day in (("0.5", date(2026, 11, 12)), ("0.4", date(2026, 12, 10))):
        price = own_price(usd_text, as_of=day, seen_from=day.replace(day=1))
        path.write_text(list_of([price], offer="AmazonEC2", published=day))
        import_files([path])
    book = load_book(on=date(2026, 12, 10))
    key = {"service": "AmazonEC2", "region": "us-east-1", "usage_type": "BoxUsage:g4dn.xlarge"}
    assert [usd(book.find(**key, on=on)) for on in (date(2026, 11, 30), date(2026, 12, 1))] == [["0.5"], ["0.4"]]
    assert load_book(on=date(2026, 12, 9)).name == "aws-2026-11-12"


@pytest.mark.parametrize("pack", [False, True], ids=["plain", "gzip"])
def test_large_files_through_duckdb_give_the_same_rows(
    pack: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("duckdb")
    chance = random.Random(4)
    shipped = [*load_book("aws-2026-11").prices(service="AmazonEC2", region="eu-west-1")]
    content: list[Row] = []
    for number, price in enumerate(chance.sample([each for each in shipped if each.purchase == "on-demand"], 300)):
        for row in rows_of_price(price, number, DAY):
            changes = {"Operating System": ["Linux", "Windows"], "Tenancy": ["Shared", "Host"],
                       "Pre Installed S/W": ["NA", "SQL Web"], "PriceDescription": ['a "b", c', "é", ""]}  # fmt: skip
            content.append(row | {name: chance.choice(texts) for name, texts in changes.items() if row[name]})
    strange = {"usageType": "EU-BoxUsage:x99.large", "Instance Type": "x99.large"}
    content += [row | strange for row in content[:20]]  # a machine that the library does not know
    path = tmp_path / "index.csv"
    text = offer_csv(content, offer="AmazonEC2", published=DAY).encode()
    path.write_bytes(gzip.compress(text) if pack else text)
    table = table_of(path)
    by_python = sorted(readers.kept_rows(path, table))
    monkeypatch.setattr(readers, "LARGE", 0)
    assert sorted(readers.kept_rows(path, table)) == by_python
    assert len(by_python) > 30
    assert not any("x99" in row.usage_type for row in by_python)
    if not pack:
        path.write_bytes(text[:-40])
        with pytest.raises(InputError, match="not the rows of a price list"):
            list(readers.kept_rows(path, table))


def test_what_many_rows_have_alike_stands_together() -> None:
    """`assembled` asks once for each of these parts of a row."""
    assert OfferRow._fields[1:8] == ("offer", "place", "plan", "region", "location", "usage_type", "operation")
    assert OfferRow._fields[8:12] == ("term", "lease", "upfront", "offering")
    assert OfferRow._fields[12:17] == ("unit", "begin", "end", "effective", "currency")


def test_the_collector_is_as_it_was_after_an_import(tmp_path: Path) -> None:
    path = tmp_path / "index.csv"
    path.write_text("no list")
    for was in (False, True):
        (gc.enable if was else gc.disable)()
        try:
            with pytest.raises(InputError):
                import_files([path])
            assert gc.isenabled() == was
        finally:
            gc.enable()


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        "",
        "0",
        "Inf",
        "-1",
        "1e999",
        "NaN",
        "USD",
        "CNY",
        "OnDemand",
        "Reserved",
        "Hrs",
        "2026-11-01",
        "30/02/2020",
        "cn-north-1",
    ]
)


@given(cells=st.dictionaries(st.sampled_from(COLUMNS), TEXTS, max_size=6), cut=st.integers(0, 900), pack=st.booleans())
@settings(max_examples=150)
def test_no_list_makes_a_traceback(
    cells: dict[str, str], cut: int, pack: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "index.csv"
    text = offer_csv([row | cells for row in rows_of_price(own_price("0.5"), 1, DAY)], offer="AmazonEC2", published=DAY)
    content = text.encode()[: len(text.encode()) - (cut if cut < 300 else 0)]
    path.write_bytes(gzip.compress(content)[: -cut % 50 or None] if pack else content)
    with suppress(InputError):
        assert read_file(path).prices


@given(content=st.binary(max_size=400))
def test_no_bytes_make_a_traceback(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "index.csv"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_file(path)


@pytest.mark.parametrize("unit", ["GB-Mo", "Requests", "GB"])
def test_a_unit_that_usage_is_not_billed_by_is_left_out_and_said(unit: str, tmp_path: Path) -> None:
    content = [*rows(own_price("0.5")), *rows(own_price("0.6", usage_type="BoxUsage:g5.xlarge"), Unit=unit, SKU="B")]
    file = read_file(written(tmp_path, content))
    assert [each.usage_type for each in file.prices] == ["BoxUsage:g4dn.xlarge"]
    assert file.left_out == {f"priced per {unit} where usage is billed per Hrs, AmazonEC2 BoxUsage:g5.xlarge": 1}


@pytest.mark.parametrize("number", ["1_0", "\u0663", " 0.3", "0.3\n", "+1", "0x1", "1e99", "Infinity"])
def test_a_number_that_aws_never_writes_is_no_price(number: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no price or bound of a tier"):
        read_file(written(tmp_path, rows(own_price("0.5"), PricePerUnit=number)))
