"""SageMaker: the real bill's prices, and derived prices against all that are stated."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.books.derived.sagemaker import SERVICE, multiple, volume_multiple
from cloudcost.catalog.tables import DATA, read_table, sources
from cloudcost.domain.prices import Price
from cloudcost.errors import PriceNotFoundError
from cloudcost.money import round_half_even

TODAY = date(2026, 11, 22)


def find(usage_type: str, region: str = "us-east-1", on: date = TODAY, purchase: str = "on-demand") -> Price:
    return load_book().find(service=SERVICE, region=region, usage_type=usage_type, purchase=purchase, on=on)


def usd(usage_type: str, region: str = "us-east-1", on: date = TODAY) -> str:
    return str(find(usage_type, region, on).tiers[0].unit_price_usd)


def test_all_26_lines_of_the_real_bill_reprice(shared_data: Path) -> None:
    with (shared_data / "bills" / "sagemaker_eu_west_1_2023-12.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 26
    for line in lines:
        price = load_book().find(
            service=SERVICE,
            region="eu-west-1",
            usage_type=line["usage_type"],
            operation=line["operation"],
            on=date(2023, 12, 31),
        )
        assert price.unit == line["unit"]
        assert price.tiers[0].unit_price_usd == Decimal(line["unit_price_usd"])
        exact = Fraction(line["quantity"]) * Fraction(price.tiers[0].unit_price_usd)
        assert round_half_even(exact, 2) == Decimal(line["cost_usd"]), line["usage_type"]


def test_derived_prices_are_close_to_all_stated_ones() -> None:
    """Within 4 permille (ml.inf2.xlarge is stated as 0.99), or what rounding to a thousandth of a dollar does."""
    compared = 0
    derive = load_book()
    for price in derive.prices(service=SERVICE):
        name = price.usage_type.rpartition("ml.")[2]
        if price.unit != "Hrs" or multiple(name, TODAY) is None:
            continue
        day = price.as_of if price.valid_until is None else min(price.as_of, price.valid_until - timedelta(days=1))
        box = derive.find(service="AmazonEC2", region=price.region, usage_type=f"BoxUsage:{name}", on=day)
        factor = multiple(name, day)
        assert factor is not None
        derived = Fraction(box.tiers[0].unit_price_usd) * Fraction(factor)
        stated = Fraction(price.tiers[0].unit_price_usd)
        assert abs(derived - stated) <= max(stated * Fraction(4, 1000), Fraction(1, 2000)), price.usage_type
        compared += 1
    assert compared > 190


@pytest.mark.parametrize(
    ("usage_type", "region", "on", "expected"),
    [
        ("Train:ml.g4dn.2xlarge", "us-east-1", TODAY, "0.94"),
        ("Train:ml.g4dn.2xlarge", "us-east-1", date(2020, 9, 1), "1.053"),
        ("Train:ml.p3.2xlarge", "us-east-1", date(2020, 9, 1), "4.284"),
        ("Train:ml.p4d.24xlarge", "us-east-1", TODAY, "25.251"),
        ("Train:ml.p5.48xlarge", "us-east-1", date(2025, 5, 31), "113.068"),
        ("Train:ml.p5.48xlarge", "us-west-2", TODAY, "63.296"),
        ("Train:ml.g5.xlarge", "us-east-1", TODAY, "1.408"),
        ("Notebk:ml.g5.xlarge", "us-east-1", TODAY, "1.41"),
        ("Train:ml.g6.24xlarge", "us-east-2", TODAY, "8.344"),
        ("Notebk:ml.t3.2xlarge", "us-east-2", TODAY, "0.399"),
        ("Studio:ml.g4dn.xlarge", "eu-west-1", TODAY, "0.8218"),
        ("Studio:ml.g4dn.xlarge", "us-east-1", TODAY, "0.7364"),
        ("Notebk:VolumeUsage.gp2", "us-east-1", TODAY, "0.14"),
        ("Train:VolumeUsage.gp2", "us-east-1", TODAY, "0.14"),
        ("Processing:VolumeUsage.gp2", "us-west-2", TODAY, "0.1"),
    ],
)
def test_published_and_derived_prices(usage_type: str, region: str, on: date, expected: str) -> None:
    assert usd(usage_type, region, on) == expected


def test_a_derived_price_says_from_what() -> None:
    price = find("Tsform:ml.g4dn.2xlarge", "eu-west-2")
    assert price.grade == "derived"
    assert price.note.startswith("1.25 x AmazonEC2/BoxUsage:g4dn.2xlarge ")


def test_managed_spot_follows_ec2_spot_high_and_low() -> None:
    price = find("TrSpt:ml.p3.8xlarge", purchase="spot")
    assert (price.grade, price.purchase) == ("derived", "spot")
    assert (str(price.tiers[0].unit_price_usd), str(price.low_usd)) == ("1.816", "1.695")
    assert find("Train:ml.p3.8xlarge", purchase="spot") == price


@pytest.mark.parametrize(
    "usage_type",
    [
        "Train:ml.inf1.6xlarge",
        "Train:ml.p6-b200.48xlarge",
        "TrSpt:ml.m5.large",
        "Train:ml.m5.metal",
        "Foo:ml.m5.large",
    ],
)
def test_what_no_rule_covers_is_not_found(usage_type: str) -> None:
    with pytest.raises(PriceNotFoundError, match="no price for AmazonSageMaker/"):
        find(usage_type)


def test_derivation_needs_the_ec2_row() -> None:
    with pytest.raises(PriceNotFoundError):
        find("Train:ml.g6e.xlarge", "mx-central-1")


def test_every_price_of_the_offer_file_of_2026_is_known_to_a_cent(shared_data: Path) -> None:
    """That table is printed to 2 to 4 decimals, and a type costs the same in every component to within a cent."""
    with (shared_data / "prices" / "sagemaker_prices_2026-09.csv").open(encoding="utf-8", newline="") as file:
        stated = list(csv.DictReader(file))
    kinds = {"any": ("Train", "Notebk", "Host"), "Training": ("Train",), "BatchTransform": ("Tsform",)}
    for row in stated:
        for kind in kinds[row["component"]]:
            found = find(f"{kind}:{row['instance_type']}", row["region"])
            assert abs(found.tiers[0].unit_price_usd - Decimal(row["usd_per_hour"])) <= Decimal("0.01"), row
    assert len(stated) > 150


@pytest.mark.parametrize(
    ("usage_type", "region", "expected"),
    [("Train:ml.t2.medium", "us-east-1", "0.0464"), ("Train:ml.p5.4xlarge", "us-west-2", "7.912")],
)
def test_types_whose_multiple_is_their_own(usage_type: str, region: str, expected: str) -> None:
    assert usd(usage_type, region) == expected


def test_multiples_are_one_a_size_and_have_sources() -> None:
    columns = ("what", "name", "size", "multiple", "valid_from", "as_of", "source", "note")
    rows = read_table(DATA / "sagemaker_multiples.csv", columns)
    assert len({(row[0], row[1], row[2]) for row in rows}) == len(rows)
    assert {row[0] for row in rows} == {"all", "family", "volume"}
    assert {row[6] for row in rows} <= set(sources())
    assert all(Decimal(1) <= Decimal(row[3]) <= Decimal("1.4") for row in rows)
    assert len({row[4] for row in rows if row[0] == "family"}) == 1


def test_a_machine_without_a_multiple_has_none() -> None:
    assert [multiple(name, TODAY) for name in ("inf1.xlarge", "m5.metal", "p3.4xlarge", "g7e.xlarge")] == [
        None,
        None,
        None,
        Decimal("1.40"),
    ]
    assert volume_multiple("Train", "gp3") is None
