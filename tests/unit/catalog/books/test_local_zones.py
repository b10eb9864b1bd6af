"""Local zones: EC2 and EBS at prices of their own, traffic at the region's, and hints that name the region."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.catalog.aws.regions import find_zone, region, regions
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.books.query import list_prices
from cloudcost.catalog.books.usage_types import place_usage, strip_region_prefix
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.prices import PriceKey
from cloudcost.errors import PriceNotFoundError, UnknownRegionError
from cloudcost.options.kinds import kind_named

DAY = date(2026, 11, 1)
ROWS = read_table(DATA / "zones.csv", ("zone", "location", "kind"))
LOCAL = [name for name, _, kind in ROWS if kind == "local zone"]
TRAFFIC = ("DataTransfer-Out-Bytes", "DataTransfer-Regional-Bytes", "DataTransfer-In-Bytes", "EUC1-AWS-Out-Bytes")


def test_every_zone_belongs_to_a_region_by_its_name() -> None:
    assert len(LOCAL) > 30
    assert all(one < other for (one, *_), (other, *_) in pairwise(ROWS))
    for name, location, kind in ROWS:
        zone = find_zone(name)
        assert zone is not None
        assert zone.parent in regions()
        assert name.startswith(f"{zone.parent}-")
        assert zone.is_local == (kind == "local zone")
        assert zone.location == location


@given(st.sampled_from(LOCAL), st.sampled_from(["BoxUsage:t3.medium", "EBS:VolumeUsage.gp2", *TRAFFIC]), st.data())
def test_any_way_to_write_a_zones_usage_is_the_same_usage(name: str, usage_type: str, data: st.DataObject) -> None:
    zone = find_zone(name)
    assert zone is not None
    code = data.draw(st.sampled_from(["", *(f"{each}-" for each in zone.codes)]))
    places = [name, f"{name}a"] if not code else [name, zone.parent, ""]
    assert place_usage(data.draw(st.sampled_from(places)), code + usage_type) == (name, usage_type)


@given(st.sampled_from(sorted(regions())), st.sampled_from(["BoxUsage:t3.medium", "DataTransfer-Out-Bytes"]))
def test_usage_of_a_region_stays_in_it(place: str, usage_type: str) -> None:
    coded = f"{regions()[place].codes[0]}-{usage_type}"
    assert place_usage(place, coded) == (place, strip_region_prefix(place, coded)) == (place, usage_type)
    assert place_usage("", coded) == (place, usage_type)


def test_a_zones_code_in_another_region_is_refused() -> None:
    with pytest.raises(ValueError, match="is of us-west-2-lax-1 but the region is eu-west-1; make the two agree"):
        place_usage("eu-west-1", "LAX1-BoxUsage:t3.medium")


@pytest.mark.parametrize("name", LOCAL)
def test_traffic_costs_what_it_costs_in_the_region(name: str) -> None:
    book, zone = load_book(), find_zone(name)
    assert zone is not None
    for usage_type in TRAFFIC[:2]:
        here = book.price(PriceKey("AWSDataTransfer", name, usage_type), DAY)
        there = book.price(PriceKey("AWSDataTransfer", zone.parent, usage_type), DAY)
        assert here.tiers == there.tiers
        assert here.grade == "derived"
        assert zone.parent in here.note


def test_machines_and_disks_have_prices_of_their_own() -> None:
    book = load_book()
    for usage_type, usd in (("BoxUsage:g4dn.2xlarge", "0.902"), ("EBS:VolumeUsage.gp3", "0.096")):
        price = book.price(PriceKey("AmazonEC2", "us-west-2-lax-1", usage_type), DAY)
        assert str(price.tiers[0].unit_price_usd) == usd
        assert price.grade == "third-party"
    assert list_prices(book, region="us-west-2-lax-1", contains="g5.")


@pytest.mark.parametrize("place", ["us-west-2-lax-1", "us-west-2-abc-1", "us-west-2-wl1-las1"])
def test_what_a_zone_does_not_sell_names_the_region(place: str) -> None:
    with pytest.raises((PriceNotFoundError, UnknownRegionError), match=f"{place} is a .* zone of us-west-2; "):
        load_book().price(PriceKey("AmazonS3", place, "TimedStorage-ByteHrs"), DAY)
    with pytest.raises(UnknownRegionError, match="zone of us-west-2, take us-west-2"):
        region(place)


def test_a_choice_of_machines_leaves_zones_out() -> None:
    """A training's data set and SageMaker are in a region."""
    book = load_book()
    for kind in ("ec2", "sagemaker"):
        places = {row.region for row in kind_named(kind).book_rows(book, DAY)}
        assert places <= set(regions())
        assert len(places) > 25
