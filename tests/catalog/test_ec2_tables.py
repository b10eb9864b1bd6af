"""EC2's prices and machines agree with the study data that they were taken from."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.instances import instance, instances
from cloudcost.catalog.tables import DATA

TODAY = date(2026, 11, 22)
BEFORE_CUT = date(2025, 5, 31)
BETTER_KNOWN = {
    ("us-east-2", "p5en.48xlarge"), ("us-west-2", "p5en.48xlarge"), ("ap-southeast-1", "p4d.24xlarge"),
    ("sa-east-1", "p4d.24xlarge"), ("il-central-1", "p4de.24xlarge"), ("sa-east-1", "p5.48xlarge"),
    ("ap-northeast-1", "p5en.48xlarge"), ("ap-northeast-2", "p5en.48xlarge"), ("ap-south-1", "p5en.48xlarge"),
    ("ap-southeast-3", "p5en.48xlarge"), ("eu-south-2", "p5en.48xlarge"),
}  # fmt: skip
"""From before the June 2025 cut in that table; a later price is known from another source."""
ROUNDED = Decimal("0.00005")
"""Some sources of the study print four decimals of an hour's price. [USD]"""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def unit_price(region: str, name: str, on: date, purchase: str = "on-demand") -> Decimal:
    price = load_book().find(
        service="AmazonEC2", region=region, usage_type=f"BoxUsage:{name}", purchase=purchase, on=on
    )
    assert price.unit == "Hrs"
    return price.tiers[0].unit_price_usd


def test_every_on_demand_price_of_the_study_is_in_the_book(shared_data: Path) -> None:
    compared = dedicated = 0
    for row in rows(shared_data / "prices" / "ec2_on_demand.csv"):
        key = (row["region"], row["instance_type"])
        if key in BETTER_KNOWN:
            continue
        expected = Decimal(row["usd_per_hour"])
        if row["note"].startswith("CONFLICT"):
            # the 34 metal types: the table of the study has the price of dedicated tenancy, its note the shared one
            stated = re.search(r"shared-tenancy price ([0-9.]+[0-9])", row["note"])
            assert stated is not None
            expected = Decimal(stated[1])
        seen = date.fromisoformat("2025-08-01" if row["as_of"].startswith("2025-08 or") else row["as_of"])
        known = unit_price(*key, seen)
        if ".metal" in row["instance_type"] and known != expected:  # younger metal types: dedicated tenancy again
            assert expected / known > Decimal("1.04"), key
            assert row["source"].startswith("karpenter"), key
            dedicated += 1
            continue
        assert abs(known - expected) <= ROUNDED, key
        compared += 1
    assert compared + dedicated == 16_206 - len(BETTER_KNOWN)
    assert dedicated < 80


def test_prices_before_the_june_2025_cut_are_kept(shared_data: Path) -> None:
    stated = 0
    for row in rows(shared_data / "prices" / "ec2_on_demand.csv"):
        match = re.match(r"was ([0-9.]+) on 2025-04-04", row["note"])
        if match is not None and row["region"] != "us-east-1":
            assert unit_price(row["region"], row["instance_type"], BEFORE_CUT) == Decimal(match[1])
            stated += 1
    assert stated == 23


def test_every_price_change_of_us_east_1_is_dated(shared_data: Path) -> None:
    changes = [
        row for row in rows(shared_data / "prices" / "ec2_price_changes_us_east_1.csv") if row["event"] == "changed"
    ]
    assert len(changes) == 9
    for row in changes:
        seen = date.fromisoformat(row["first_seen_or_change_table_date"])
        name = row["instance_type"]
        day_before = BEFORE_CUT if name.startswith("p") else date.fromordinal(seen.toordinal() - 1)
        assert unit_price("us-east-1", name, day_before) == Decimal(row["old_usd_per_hour"]), name
        assert unit_price("us-east-1", name, seen) == Decimal(row["new_usd_per_hour"]), name


def test_every_reserved_price_is_in_the_book_until_the_cut(shared_data: Path) -> None:
    names = {
        ("standard", "1", "No Upfront"): "reserved-1y-no-upfront",
        ("standard", "3", "No Upfront"): "reserved-3y-no-upfront",
        ("convertible", "1", "No Upfront"): "reserved-1y-no-upfront-convertible",
        ("convertible", "3", "No Upfront"): "reserved-3y-no-upfront-convertible",
    }
    compared = 0
    for row in rows(shared_data / "prices" / "ec2_reserved.csv"):
        purchase = names.get((row["offering_class"], row["term_years"], row["payment"]))
        if purchase is None:
            continue
        known = unit_price(row["region"], row["instance_type"], BEFORE_CUT, purchase)
        assert abs(known - Decimal(row["effective_usd_h"])) <= Decimal("0.0005")  # the study prints three decimals
        compared += 1
    assert compared > 2_000


def test_machines_with_gpus_have_reservations_in_nearly_every_region() -> None:
    """P5, P6, G7 and the retired ones had none in April 2025, some young regions sold no others."""
    book, reserved, places = load_book(), 0, set()
    for region in book.regions("AmazonEC2"):
        for usage_type, purchase in book.keys("AmazonEC2", region):
            machine = instances().get(usage_type.partition(":")[2])
            if purchase == "reserved-1y-no-upfront" and machine is not None and machine.gpu_count:
                reserved += 1
                places.add(region)
    assert reserved > 800
    assert len(places) >= 30


def test_no_floor_value_of_2023_is_a_spot_price() -> None:
    book = load_book()
    for price in book.prices(service="AmazonEC2", region="us-east-1"):
        if price.purchase == "spot" and price.as_of.year == 2023:
            on_demand = unit_price("us-east-1", price.usage_type.partition(":")[2], price.as_of)
            ratio = price.tiers[0].unit_price_usd / on_demand
            assert abs(ratio - Decimal("0.3")) > Decimal("0.0005"), price.usage_type


def test_machines_agree_with_the_study(shared_data: Path) -> None:
    cards = {
        row["instance"]: Fraction(Decimal(row["gpu_count"]))
        for row in rows(shared_data / "local" / "02_cloud_instance_gpus.csv")
        if row["cloud"] == "aws"
    }
    compared = 0
    for row in rows(shared_data / "prices" / "ec2_instance_specs.csv"):
        name = row["instance_type"]
        if row["sources"] == "sparecores" or not row["vcpu"]:
            assert name not in instances()
            continue
        machine = instance(name)
        stated = Fraction(row["gpu_count"] or row["accelerator_count"] or 0)
        assert machine.gpu_count == cards.get(name, stated), name
        if stated:
            assert machine.gpu_count == stated, name
        assert machine.vcpu == int(row["vcpu"])
        assert machine.memory_gib == float(row["memory_gib"])
        compared += 1
    assert compared == 1_389
    assert set(cards) - set(instances()) == {"p6e-gb200.36xlarge"}


def test_machine_with_gpus_has_a_name_for_them_and_a_cpu_type_has_none() -> None:
    for machine in instances().values():
        assert (machine.gpu_count > 0) == bool(machine.accelerator), machine.name
        assert machine.device is None or machine.gpu_count > 0, machine.name
        assert machine.vcpu > 0, machine.name
        assert machine.memory_gib > 0, machine.name
        assert machine.status_source, machine.name
        if machine.status in ("closed", "retired"):
            assert machine.status_from is not None, machine.name


def test_every_gpu_type_that_ec2_prices_is_a_known_machine() -> None:
    book = load_book()
    for name, _ in book.keys("AmazonEC2", "us-east-1"):
        kind, _, machine = name.partition(":")
        if kind == "BoxUsage":
            assert machine in instances(), machine


def test_every_gpu_of_a_machine_is_a_device_of_the_device_table() -> None:
    devices = {row["name"] for row in rows(DATA / "devices.csv")}
    assert {machine.device for machine in instances().values() if machine.device is not None} <= devices


def test_every_gpu_price_of_the_younger_list_is_in_the_book(shared_data: Path) -> None:
    """The newer source wins, and where both agree its day is the row's `confirmed_on`."""
    book, compared = load_book(), 0
    for row in rows(shared_data / "prices" / "ec2_gpu_2025-11.csv"):
        for purchase, column in (
            ("on-demand", "on_demand_usd"),
            ("reserved-1y-no-upfront", "reserved_1y_no_upfront_usd_per_hour"),
        ):
            if not row[column]:
                continue
            found = book.find(
                service="AmazonEC2",
                region=row["region"],
                usage_type=f"BoxUsage:{row['instance']}",
                purchase=purchase,
                on=TODAY,
            )
            stated = Decimal(row[column])
            assert abs(found.tiers[0].unit_price_usd - stated) <= Decimal("0.0006"), (row, purchase)
            assert found.last_seen >= date.fromisoformat(row["as_of"]), (row, purchase)
            compared += 1
    assert compared > 1_300


def test_every_machine_of_another_cloud_that_has_a_price_is_a_known_machine() -> None:
    book = load_book()
    for service in ("Lambda", "Paperspace", "RunPod"):
        for region in book.regions(service):
            for name, _ in book.keys(service, region):
                machine = instance(name)
                assert machine.provider == service.lower(), name
                assert machine.device is not None, name
                assert machine.gpu_count >= 1, name
