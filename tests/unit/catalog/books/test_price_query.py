from __future__ import annotations

from datetime import date

import pytest

from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.books.query import list_prices, show
from cloudcost.errors import InputError, PriceNotFoundError, UnknownRegionError

TODAY = date(2026, 11, 22)


def test_list_narrows_by_service_region_text_and_day() -> None:
    book = load_book()
    rows = list_prices(book, service="AmazonEC2", region="us-east-1", contains="P4D.24", on=TODAY)
    assert {row.usage_type for row in rows} == {"BoxUsage:p4d.24xlarge", "SpotUsage:p4d.24xlarge"}
    assert [str(row.tiers[0].unit_price_usd) for row in rows if row.purchase == "on-demand"] == ["21.957642"]
    every_day = list_prices(book, service="AmazonEC2", region="us-east-1", contains="p4d.24")
    assert len(every_day) > len(rows)


def test_list_refuses_what_it_does_not_know() -> None:
    with pytest.raises(PriceNotFoundError, match=r"no prices of service 'AmazonEC3'.*did you mean AmazonEC2\?"):
        list_prices(load_book(), service="AmazonEC3")
    with pytest.raises(UnknownRegionError, match=r"no prices in region 'us-east-9'.*did you mean us-east-1\?"):
        list_prices(load_book(), region="us-east-9")


def test_show_gives_the_whole_history_of_a_key_with_its_sources() -> None:
    found = show(load_book(), "AmazonEC2/us-east-1/BoxUsage:p5.48xlarge/on-demand", on=TODAY)
    assert [str(price.tiers[0].unit_price_usd) for price in found.prices] == ["98.32", "55.04"]
    assert {source.key for source in found.sources} == {"aws-lists-2026-09", "karpenter-history"}
    assert found.machine is not None
    assert found.machine.device == "H100"
    assert found.startable is True


def test_show_takes_the_regions_code_off() -> None:
    with_code = show(load_book(), "AmazonEC2/eu-west-1/EU-BoxUsage:m5.large", on=TODAY)
    assert with_code.prices == show(load_book(), "AmazonEC2/eu-west-1/BoxUsage:m5.large", on=TODAY).prices
    assert show(load_book(), "USE1-BoxUsage:m5.large", on=TODAY).prices[0].region == "us-east-1"
    with pytest.raises(InputError, match="make the two agree"):
        show(load_book(), "AmazonEC2/us-east-1/EU-BoxUsage:m5.large", on=TODAY)
    with pytest.raises(InputError, match="make the two agree"):
        show(load_book(), "EU-BoxUsage:m5.large", on=TODAY)


def test_show_of_a_machine_gives_its_prices_in_a_region() -> None:
    found = show(load_book(), "p3.2xlarge", on=TODAY, region="eu-west-1")
    assert found.startable is False
    assert {price.region for price in found.prices} == {"eu-west-1"}
    other_cloud = show(load_book(), "Standard_NC4as_T4_v3", on=TODAY)
    assert len({price.region for price in other_cloud.prices}) == 17
    nowhere = show(load_book(), "p3.2xlarge", on=TODAY, region="mx-central-1")
    assert nowhere.prices == ()


def test_show_of_a_sagemaker_machine_adds_derived_prices() -> None:
    found = show(load_book(), "ml.g5.2xlarge", on=TODAY)
    grades = {price.usage_type: price.grade for price in found.prices}
    assert grades["Train:ml.g5.2xlarge"] == "official"
    assert grades["Notebk:ml.g5.2xlarge"] == "derived"


def test_show_of_a_derived_usage_type() -> None:
    found = show(load_book(), "Train:ml.g6e.4xlarge", on=TODAY, region="eu-central-1")
    assert [price.grade for price in found.prices] == ["derived"]
    by_key = show(load_book(), "AmazonSageMaker/eu-central-1/Train:ml.g6e.4xlarge", on=TODAY)
    assert by_key.prices == found.prices


@pytest.mark.parametrize("key", ["a/b", "a/b/c/d/e"])
def test_a_key_of_another_shape_is_refused(key: str) -> None:
    with pytest.raises(InputError, match=f"key:{key}: neither"):
        show(load_book(), key, on=TODAY)


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(PriceNotFoundError, match=r"no price for g4dn.xlage in us-east-1.*did you mean g4dn.xlarge or"):
        show(load_book(), "g4dn.xlage", on=TODAY)
