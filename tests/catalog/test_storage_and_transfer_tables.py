"""The S3, EBS and transfer tables state what the study data has: list prices, real bills, other tools' outputs."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cloudcost.catalog.aws.regions import regions, regions_by_code
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.books.derived.unchanged_s3 import KINDS, SINCE
from cloudcost.catalog.books.usage_types import strip_region_prefix
from cloudcost.domain.prices import Price
from cloudcost.errors import PriceNotFoundError

TODAY = date(2026, 11, 22)
FEED_OF_2024 = date(2024, 7, 18)
STORAGE = {
    "STANDARD": "TimedStorage-ByteHrs", "STANDARD_IA": "TimedStorage-SIA-ByteHrs",
    "ONEZONE_IA": "TimedStorage-ZIA-ByteHrs", "GLACIER_IR": "TimedStorage-GIR-ByteHrs",
    "GLACIER": "TimedStorage-GlacierByteHrs", "DEEP_ARCHIVE": "TimedStorage-GDA-ByteHrs",
    "EXPRESS_ONEZONE": "TimedStorage-XZ-ByteHrs",
}  # fmt: skip
REQUESTS = {
    "STANDARD": "Requests", "INTELLIGENT_TIERING": "Requests-INT", "STANDARD_IA": "Requests-SIA",
    "ONEZONE_IA": "Requests-ZIA", "GLACIER_IR": "Requests-GIR", "GLACIER": "Requests-GLACIER",
    "DEEP_ARCHIVE": "Requests-GDA", "EXPRESS_ONEZONE": "Requests-XZ",
}  # fmt: skip
TRANSITIONS = {
    "INTELLIGENT_TIERING": ("Requests-Tier4", "S3-INTTransition"), "STANDARD_IA": ("Requests-Tier4", ""),
    "ONEZONE_IA": ("Requests-Tier4", "S3-ZIATransition"), "GLACIER_IR": ("Requests-Tier4", "S3-GIRTransition"),
    "GLACIER": ("Requests-Tier3", "S3-GlacierTransition"), "DEEP_ARCHIVE": ("Requests-Tier3", "S3-GDATransition"),
}  # fmt: skip
INTELLIGENT = {
    "frequent": "FA", "infrequent": "IA", "archive_instant": "AIA", "archive_access_optin": "AA",
    "deep_archive_access_optin": "DAA",
}  # fmt: skip


def find(service: str, region: str, usage_type: str, operation: str = "", on: date = TODAY) -> Price:
    return load_book().find(service=service, region=region, usage_type=usage_type, operation=operation, on=on)


def flat(service: str, region: str, usage_type: str, operation: str = "", on: date = TODAY) -> Decimal:
    price = find(service, region, usage_type, operation, on=on)
    assert len(price.tiers) == 1
    return price.tiers[0].unit_price_usd


def stated(tiers: list[dict[str, Any]]) -> list[tuple[Decimal | None, Decimal]]:
    return [
        (None if tier["up_to_gb"] is None else Decimal(tier["up_to_gb"]), Decimal(str(tier["usd"]))) for tier in tiers
    ]


def shipped(price: Price) -> list[tuple[Decimal | None, Decimal]]:
    return [(tier.up_to, tier.unit_price_usd) for tier in price.tiers]


@pytest.fixture(scope="module")
def s3(shared_data: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((shared_data / "prices" / "s3_prices.json").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("region", ["us-east-1", "me-central-1"])
def test_every_class_costs_what_the_study_data_says(s3: dict[str, Any], region: str) -> None:
    for name, stated_class in s3["regions"][region].items():
        storage = stated_class["storage_usd_per_gb_month"]
        if name == "INTELLIGENT_TIERING":
            for tier, code in INTELLIGENT.items():
                assert shipped(find("AmazonS3", region, f"TimedStorage-INT-{code}-ByteHrs")) == stated(storage[tier])
        elif name in STORAGE:
            assert shipped(find("AmazonS3", region, STORAGE[name])) == stated(storage)
        requests = stated_class["requests_usd_per_1000"]
        if name in REQUESTS:
            put, get = (Decimal(str(requests[key])) / 1000 for key in ("put_copy_post", "get_select_other"))
            assert flat("AmazonS3", region, f"{REQUESTS[name]}-Tier1") == put
            assert flat("AmazonS3", region, f"{REQUESTS[name]}-Tier2") == get
        if name in TRANSITIONS and requests["lifecycle_transition_into"] is not None:
            moved = Decimal(str(requests["lifecycle_transition_into"])) / 1000
            assert flat("AmazonS3", region, *TRANSITIONS[name]) == moved, name


@pytest.mark.parametrize("region", ["us-east-1", "me-central-1"])
def test_restores_and_retrievals_cost_what_the_study_data_says(s3: dict[str, Any], region: str) -> None:
    glacier, deep = (s3["regions"][region][name] for name in ("GLACIER", "DEEP_ARCHIVE"))
    expected = {
        ("Requests-Tier3", "RestoreObject"): glacier["retrieval_requests_usd_per_1000"]["standard"] / 1000,
        ("Requests-Tier5", ""): 0,
        ("Requests-Tier6", ""): glacier["retrieval_requests_usd_per_1000"]["expedited"] / 1000,
        ("Standard-Retrieval-Bytes", "RestoreObject"): glacier["retrieval_usd_per_gb"]["standard"],
        ("Bulk-Retrieval-Bytes", "RestoreObject"): 0,
        ("Expedited-Retrieval-Bytes", ""): glacier["retrieval_usd_per_gb"]["expedited"],
        ("Requests-GDA-Tier3", ""): deep["retrieval_requests_usd_per_1000"]["standard"] / 1000,
        ("Requests-GDA-Tier5", ""): deep["retrieval_requests_usd_per_1000"]["bulk"] / 1000,
        ("Standard-Retrieval-Bytes", "DeepArchiveRestoreObject"): deep["retrieval_usd_per_gb"]["standard"],
        ("Bulk-Retrieval-Bytes", "DeepArchiveRestoreObject"): deep["retrieval_usd_per_gb"]["bulk"],
    }
    for (usage_type, operation), usd in expected.items():
        assert flat("AmazonS3", region, usage_type, operation) == Decimal(repr(round(usd, 12))), usage_type


def test_one_usage_type_with_two_prices_asks_for_the_operation() -> None:
    with pytest.raises(PriceNotFoundError, match=r"name the operation: .*S3-GDATransition.*S3-GlacierTransition"):
        find("AmazonS3", "us-east-1", "Requests-Tier3")


def test_standard_storage_has_its_three_tiers_in_every_region(s3: dict[str, Any]) -> None:
    for region in regions():
        tiers = find("AmazonS3", region, "TimedStorage-ByteHrs").tiers
        assert [tier.up_to for tier in tiers] == [Decimal(51200), Decimal(512000), None]
    for region, row in s3["standard_by_region"].items():
        first = find("AmazonS3", region, "TimedStorage-ByteHrs").tiers[0].unit_price_usd
        assert first == Decimal(str(row["first_50tb_usd_per_gb_month"]))


def test_rates_of_a_real_bill_are_in_the_book(s3: dict[str, Any]) -> None:
    checked = 0
    for line in s3["observed_bill_rates"]["cur_2023_11"]:
        code = line["usage_type"].partition("-")[0]
        region = regions_by_code().get(code, "us-east-1")
        usage_type = strip_region_prefix(region, line["usage_type"])
        transfer = usage_type.endswith("Out-Bytes")
        operation = "S3-GlacierTransition" if usage_type == "Requests-Tier3" else ""
        price = find("AWSDataTransfer" if transfer else "AmazonS3", region, usage_type, operation, date(2023, 11, 15))
        assert price.tiers[0].unit_price_usd == Decimal(repr(line["usd"])), line
        checked += 1
    assert checked > 60


def test_transfer_out_has_the_tiers_of_the_study_data(s3: dict[str, Any]) -> None:
    for region, row in s3["data_transfer_by_region"]["regions"].items():
        if region in regions():
            assert shipped(find("AWSDataTransfer", region, "DataTransfer-Out-Bytes")) == stated(
                row["internet_out_tiers"]
            )
            to = regions()[row["other_regions_destination"]].codes[0]
            rate = Decimal(str(row["other_regions_usd_per_gb"]))
            assert flat("AWSDataTransfer", region, f"{to}-AWS-Out-Bytes") == rate


def test_a_first_tier_alone_ends_where_the_next_is_not_known() -> None:
    price = find("AWSDataTransfer", "ap-southeast-3", "DataTransfer-Out-Bytes")
    assert shipped(price) == [(Decimal(10240), Decimal("0.132"))]


def test_between_the_two_east_regions_transfer_costs_half() -> None:
    assert flat("AWSDataTransfer", "us-east-1", "USE2-AWS-Out-Bytes") == Decimal("0.01")
    assert flat("AWSDataTransfer", "us-east-2", "USE1-AWS-Out-Bytes") == Decimal("0.01")


def test_volumes_cost_what_the_feed_of_2024_says(shared_data: Path) -> None:
    columns = {
        "gp2_gb_month": "EBS:VolumeUsage.gp2", "gp3_gb_month": "EBS:VolumeUsage.gp3",
        "gp3_gibps_month_over_125MBps": "EBS:VolumeP-Throughput.gp3", "io1_gb_month": "EBS:VolumeUsage.piops",
        "st1_gb_month": "EBS:VolumeUsage.st1", "sc1_gb_month": "EBS:VolumeUsage.sc1",
        "snapshot_gb_month": "EBS:SnapshotUsage",
    }  # fmt: skip
    places = {region.location: region.code for region in regions().values() if region.code != "mx-central-1"}
    checked = 0
    with (shared_data / "prices" / "ebs_prices.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for column, usage_type in columns.items():
                if row["location"] in places and row[column]:
                    assert flat("AmazonEC2", places[row["location"]], usage_type, on=FEED_OF_2024) == Decimal(
                        row[column]
                    )
                    checked += 1
    assert checked > 200


def test_public_addresses_are_charged_since_february_2024() -> None:
    for usage_type in ("PublicIPv4:InUseAddress", "PublicIPv4:IdleAddress"):
        before = find("AmazonVPC", "eu-west-1", usage_type, on=date(2024, 1, 31))
        assert before.tiers[0].unit_price_usd == 0
        assert "not charged" in before.note
        after = find("AmazonVPC", "eu-west-1", usage_type, on=date(2024, 2, 1))
        assert after.tiers[0].unit_price_usd == Decimal("0.005")


def test_a_price_of_2018_holds_until_it_was_lowered() -> None:
    usage_type = "TimedStorage-GlacierByteHrs"
    assert find("AmazonS3", "eu-west-1", usage_type, on=date(2021, 11, 30)).tiers[0].unit_price_usd == Decimal("0.004")
    assert find("AmazonS3", "eu-west-1", usage_type, on=date(2021, 12, 1)).tiers[0].unit_price_usd == Decimal("0.0036")


def test_colab_sells_packs() -> None:
    price = find("GoogleColab", "global", "ComputeUnits")
    assert (price.pack, price.tiers[0].unit_price_usd) == (Decimal(100), Decimal("0.0999"))
    larger = find("GoogleColab", "global", "ComputeUnits", "pack-500")
    assert larger.pack is not None
    assert larger.pack * larger.tiers[0].unit_price_usd == Decimal("49.99")


def test_no_s3_price_that_is_known_over_years_has_changed_since_december_2021() -> None:
    """What the rule of `catalog.unchanged` rests on."""
    seen = [
        price
        for price in load_book().prices(service="AmazonS3")
        if price.usage_type.startswith(KINDS) and "XZ" not in price.usage_type and price.first_day < date(2025, 1, 1)
    ]
    lasting = [price for price in seen if price.valid_until is None]
    assert len([price for price in lasting if price.last_seen >= date(2025, 10, 1)]) > 150
    assert all(price.valid_until <= SINCE for price in seen if price.valid_until is not None)


@pytest.mark.parametrize(
    ("region", "usage_type", "usd"),
    [
        ("eu-central-1", "Requests-Tier1", "0.0000054"),
        ("eu-central-1", "TimedStorage-SIA-ByteHrs", "0.0135"),
        ("ap-south-1", "Requests-Tier2", "4E-7"),
    ],
)
def test_an_s3_price_first_seen_in_2026_is_derived_for_2024(region: str, usage_type: str, usd: str) -> None:
    book = load_book()
    key = {"service": "AmazonS3", "region": region, "usage_type": usage_type}
    then, now = book.find(**key, on=date(2024, 3, 1)), book.find(**key, on=date(2026, 11, 22))
    assert then.tiers == now.tiers
    assert str(now.tiers[0].unit_price_usd) == usd
    assert (then.grade, then.carried_from) == ("derived", None)
    assert then.note.startswith(f"first seen on {now.as_of}; S3's prices have held since December 2021")
    assert book.find(**key, on=date(2021, 11, 1)).grade == "assumed"


def test_what_did_change_is_not_taken_to_have_held() -> None:
    for usage_type in ("TagStorage-TagHrs", "Upload-XZ"):
        found = load_book().find(service="AmazonS3", region="us-east-1", usage_type=usage_type, on=date(2024, 3, 1))
        assert found.grade == "assumed", usage_type
