"""Bands of interruptions: of known types and regions, and what hazards they allow."""

from __future__ import annotations

import csv
import math
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.instances import instances
from cloudcost.catalog.spot.bands import (
    HAZARDS,
    LIFETIME_HOURS,
    band_shares,
    capacity_model,
    hazards_per_hour,
    spot_band,
    spot_bands,
)
from cloudcost.catalog.tables import COLUMNS as PRICE_COLUMNS
from cloudcost.catalog.tables import DATA, read_table, sources

BANDS = band_shares()
TODAY = date(2026, 11, 22)
EVERY = [band for bands in spot_bands().values() for band in bands]


def test_every_band_is_of_a_known_type_region_and_source() -> None:
    assert {band.instance_type for band in EVERY} <= set(instances())
    assert {band.region for band in EVERY} <= set(regions())
    assert {band.source for band in EVERY} <= set(sources())
    assert {band.label for band in EVERY} == set(BANDS)


def test_a_type_has_one_band_in_a_region_on_a_day() -> None:
    keys = [(band.instance_type, band.region, band.as_of) for band in EVERY]
    assert len(keys) == len(set(keys))


def test_the_bands_of_the_study_are_in_the_table(shared_data: Path) -> None:
    found = 0
    with (shared_data / "prices" / "spot_facts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            said = re.search(r"advisor: .*?(<5%|\d+-\d+%|>20%)", row["remark"])
            if said is None or row["date"] != "2026-09-25":
                continue
            band = spot_band(row["instance_type"], row["region"], TODAY)
            assert band is not None
            assert (band.label, band.as_of.isoformat()) == (said.group(1), row["date"])
            found += 1
    assert found == 10


@pytest.mark.parametrize("label", BANDS)
@pytest.mark.parametrize("count", [HAZARDS, 54])
def test_no_hazard_is_below_that_of_an_instance_that_lives_the_whole_month(label: str, count: int) -> None:
    band = next(band for band in EVERY if band.label == label)
    low, high = BANDS[label]
    hazards = hazards_per_hour(band, count)
    assert len(hazards) == count
    assert min(hazards) >= -math.log(1 - low) / 730
    assert max(hazards) <= -math.log(1 - high) / LIFETIME_HOURS[0]
    shares = [1 - math.exp(-hazard * 730) for hazard in hazards]
    assert all(share > low for share in shares), "over a month at least the band's share is reclaimed"
    shortest, longest = LIFETIME_HOURS
    mean_rate = (1 / shortest - 1 / longest) / math.log(longest / shortest)
    mean_log = sum(-math.log(1 - (low + (high - low) * (k + 0.5) / 1000)) for k in range(1000)) / 1000
    assert sum(hazards) / count == pytest.approx(mean_rate * mean_log, rel=0.12)


def test_a_band_of_a_higher_share_is_interrupted_more() -> None:
    means = []
    for label in BANDS:
        band = next(band for band in EVERY if band.label == label)
        means.append(sum(hazards_per_hour(band, HAZARDS)))
    assert means == sorted(means)


def test_the_band_seen_last_counts_and_the_first_one_before_it_was_seen() -> None:
    seen = [spot_band("g4dn.xlarge", "ap-south-1", day) for day in (date(2024, 1, 1), date(2026, 1, 1), TODAY)]
    assert [(band.label, band.as_of.year) for band in seen if band is not None] == [
        (">20%", 2025),
        (">20%", 2025),
        ("15-20%", 2026),
    ]


def test_a_known_band_is_named_with_its_type_region_share_and_day() -> None:
    model = capacity_model("g4dn.xlarge", "us-east-1", "T4", 1, TODAY)
    assert model.basis == "banded"
    assert model.interruptions == (
        "AWS's band for g4dn.xlarge in us-east-1, 10-15 % of instances a month (2026-09-25), taken to live 1 to 730 h"
    )
    assert model.waits == (
        "traces of AWS's CPU, K80 and V100 machines in us-east-1, us-east-2 and us-west-2, 2022-2023"
    )
    managed = capacity_model("ml.g4dn.xlarge", "us-east-1", "T4", 1, TODAY)
    assert managed.zones == model.zones
    assert "AWS's band for EC2's g4dn.xlarge" in managed.interruptions


@pytest.mark.parametrize(
    ("name", "region", "device", "said"),
    [
        ("g6.xlarge", "eu-west-1", "L4", r"CPU, K80 and V100 machines .* \(AWS's band for g6.xlarge is not known in "),
        ("m5.large", "us-east-1", None, r"AWS's CPU machines .* \(no band of interruptions is known for m5.large\)"),
        ("n1-standard-8", "us-central1", "V100", r"AWS's V100 machines .*no band of interruptions is known for n1-sta"),
    ],
)  # fmt: skip
def test_without_a_band_the_traces_are_named(name: str, region: str, device: str | None, said: str) -> None:
    model = capacity_model(name, region, device, 1, TODAY)
    assert model.basis in ("traced", "assumed")
    assert re.search(said, model.interruptions)
    assert "any" not in model.interruptions.split()


def test_a_mean_saving_is_taken_off_the_on_demand_price() -> None:
    book = load_book()
    for row in read_table(DATA / "prices" / "AmazonEC2-spot-advisor.csv", PRICE_COLUMNS):
        _, region, usage_type, _, _, _, usd, *_, note = row
        saved = re.search(r"less (\d+) % saved", note)
        assert saved is not None
        full = book.find(service="AmazonEC2", region=region, usage_type=usage_type.replace("Spot", "Box"), on=TODAY)
        share = Decimal(usd) / full.tiers[0].unit_price_usd
        assert abs(share - 1 + Decimal(saved.group(1)) / 100) < Decimal("0.005"), row


def test_spot_prices_of_gpu_families_are_known_where_people_use_them() -> None:
    """A mean saving off the on-demand price: never below a tenth of it, never above it."""
    book = load_book()
    for name in ("g4dn.xlarge", "g5.xlarge", "g6.xlarge"):
        for region in ("us-east-1", "us-east-2", "us-west-2", "eu-central-1", "ap-northeast-1", "ap-southeast-2"):
            spot = book.find(
                service="AmazonEC2", region=region, usage_type=f"SpotUsage:{name}", purchase="spot", on=TODAY
            )
            full = book.find(service="AmazonEC2", region=region, usage_type=f"BoxUsage:{name}", on=TODAY)
            ratio = spot.tiers[0].unit_price_usd / full.tiers[0].unit_price_usd
            assert 0.09 < ratio < 1, (name, region)
            assert spot.as_of >= date(2025, 6, 28)
