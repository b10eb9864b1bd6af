"""Rules of AWS that are rows: billing by the second, volumes, reservations, bands; each with a known source and day."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import get_args

import pytest

from cloudcost.catalog.aws.allowances import transfer_out_allowance
from cloudcost.catalog.aws.commitments.reservations import priced_reservations, reservation, reservations
from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.aws.volumes import volume_facts
from cloudcost.catalog.billing_rules import billing_rule, free_if_interrupted_seconds
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.providers import is_aws
from cloudcost.catalog.spot.bands import band_shares
from cloudcost.catalog.tables import DATA, read_table, sources
from cloudcost.domain.kinds import KINDS
from cloudcost.domain.prices import PriceKey
from cloudcost.errors import CatalogError
from cloudcost.project.keys.option_table import OptionTable, Purchase
from cloudcost.units import BillingRule

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize("name", ["billing_rules", "volumes", "reservations", "spot_band_shares", "allowances"])
def test_every_row_has_a_known_source_and_no_later_day(name: str) -> None:
    header, *_ = (DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    columns = tuple(header.split(","))
    rows = [dict(zip(columns, row, strict=True)) for row in read_table(DATA / f"{name}.csv", columns)]
    assert {row["source"] for row in rows} <= set(sources())
    assert all(date.fromisoformat(row["as_of"]) <= TODAY for row in rows if "as_of" in columns)


def test_a_service_without_a_rule_is_billed_by_the_second() -> None:
    assert billing_rule("my own cloud") == BillingRule()
    assert free_if_interrupted_seconds("my own cloud") == 0
    assert billing_rule("AmazonEC2", "BoxUsage:g5.xlarge") == billing_rule("AmazonEC2")


def test_every_kind_in_aws_has_a_rule_of_its_service() -> None:
    columns = ("service", "usage_type", "granularity_seconds", "minimum_seconds", "free_if_interrupted_seconds",
               "as_of", "source", "note")  # fmt: skip
    services = {row[0] for row in read_table(DATA / "billing_rules.csv", columns)}
    assert services >= {facts.service for facts in KINDS.values() if facts.in_aws}
    assert all(is_aws(service) for service in services)


@pytest.mark.parametrize(
    "name", ["ec2-root", "ec2-data", "sagemaker-training", "sagemaker-warm-pool", "sagemaker-notebook"]
)
def test_a_volume_has_room_and_a_price(name: str) -> None:
    known = volume_facts(name)
    assert 0 <= known.taken_gib <= known.least_gib <= known.largest_gib
    service = "AmazonEC2" if name.startswith("ec2") else "AmazonSageMaker"
    assert load_book().price(PriceKey(service, "us-east-1", known.usage_type), TODAY).unit == "GB-Mo"


def test_every_kind_s_data_volume_is_known() -> None:
    for facts in KINDS.values():
        volume_facts(facts.volume)
    with pytest.raises(CatalogError, match=r"^volumes\.csv:ec3: no such volume, one of ec2-root, ec2-data, "):
        volume_facts("ec3")


def test_no_key_allows_a_volume_that_is_larger_than_all() -> None:
    [limit] = [
        each["maximum"]
        for each in OptionTable.model_json_schema()["properties"]["volume_gib"]["anyOf"]
        if "maximum" in each
    ]
    assert limit == max(volume_facts(facts.volume).largest_gib for facts in KINDS.values())


def test_a_project_file_may_reserve_as_the_table_says() -> None:
    assert [each for each in get_args(Purchase) if each.startswith("reserved")] == list(reservations())
    assert {each.years for each in reservations().values()} == {1, 3}
    assert all(f"-{each.years}y-{each.upfront}-upfront" in each.purchase for each in reservations().values())
    assert all(each.convertible == each.purchase.endswith("convertible") for each in reservations().values())
    with pytest.raises(
        CatalogError, match=r"^reservations\.csv:reserved-2y: no such way of reserving, one of reserved-1y"
    ):
        reservation("reserved-2y")


def test_reserved_prices_are_in_the_columns_of_the_table() -> None:
    for path in (DATA / "ec2" / "reserved").glob("*.csv"):
        assert read_table(path, ("instance_type", "block", *priced_reservations()))


def test_bands_follow_each_other_without_a_gap() -> None:
    shares = list(band_shares().values())
    assert shares[0][0] == 0.0
    assert all(before[1] == after[0] for before, after in pairwise(shares))
    assert all(low < high < 1 for low, high in shares)


def test_regions_outside_the_free_transfer_are_those_of_no_usual_account() -> None:
    outside = transfer_out_allowance(TODAY).not_in
    assert [name for name in ("us-gov-west-1", "cn-north-1", "us-iso-east-1") if not name.startswith(outside)] == []
    assert [name for name in regions() if name.startswith(outside) and not name.startswith("us-gov-")] == []
